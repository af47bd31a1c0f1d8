using Fuzz.Decoders;
using Fuzz.Mutations;
using Fuzz.Requests;

namespace Ingest.Tests;

/// <summary>
/// Mutated payloads for every decoder, and those that were faults once. <c>./pollux fuzz all</c> tries a million of each.
/// </summary>
public class FuzzTests
{
    const ulong Seed = 20261130;
    static readonly TimeSpan Time = TimeSpan.FromSeconds(0.3);

    public static TheoryData<string> Decoders => [.. FuzzDecoders.All.Keys];

    [Theory, MemberData(nameof(Decoders))]
    public void Mutated_payloads_are_decoded_or_refused(string decoder)
    {
        var run = FuzzDecoders.Run(FuzzDecoders.All[decoder](), Seed, 50_000, Time, _ => { });
        Assert.Equal("", string.Join('\n', run.Faults.Select(f =>
            $"number {f.Number}: {f.What}\n{Convert.ToBase64String(f.Payload)[..Math.Min(2000, f.Payload.Length)]}")));
        Assert.True(run.Payloads > 0);
    }

    [Fact]
    public void What_was_a_fault_once_is_none()
    {
        var decoders = FuzzDecoders.All.ToDictionary(d => d.Key, d => new Lazy<FuzzedDecoder>(d.Value));
        var found = FuzzDecoders.Found().ToList();
        Assert.NotEmpty(found);
        Assert.Equal([], found.Select(f => (f.Decoder, FuzzDecoders.Try(decoders[f.Decoder].Value, f.Payload))).Where(f =>
            f.Item2 is not null));
    }

    [Theory, MemberData(nameof(Decoders))]
    public void Examples_are_no_faults_and_payloads_follow_from_seed_and_number(string decoder)
    {
        var fuzzed = FuzzDecoders.All[decoder]();
        Assert.All(fuzzed.Examples, example => Assert.Null(FuzzDecoders.Try(fuzzed, example)));
        // The same number and seed are the same payload.
        Assert.Equal(fuzzed.Payload(Seed, 7), fuzzed.Payload(Seed, 7));
        Assert.NotEqual(fuzzed.Payload(Seed, 7), fuzzed.Payload(Seed + 1, 7));
    }

    [Fact]
    public void A_call_can_be_made_of_every_number()
    {
        var calls = new GenerateCalls();
        for (var number = 0; number < 10_000; number++) Assert.NotNull(calls.Make(Seed, number, out _));
    }

    [Fact]
    public void An_empty_message_can_be_mutated()
    {
        byte[] field = [8, 1];
        for (var number = 0; number < 100; number++)
            foreach (var mutation in MutateProtobuf.All)
                Assert.NotNull(mutation(field, new(Seed, number), [[]]));
    }
}
