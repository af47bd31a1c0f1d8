using Contracts.Events;
using Ingest.Recording;
using ServiceDefaults;
using TwinModel.Telemetry;
using static Ingest.Tests.Given;

namespace Ingest.Tests.Recording;

public class DeduplicateTests
{
    static readonly RegisteredAsset Line = new("line-1", "Line 1", Extruder, DateTimeOffset.UnixEpoch, 1, 1);

    readonly AssetLedger ledger = new("line-1", Line, new DateOnly(2023, 11, 14), new KnownReadings(completeFrom: At(0)));
    readonly Dictionary<Submission, Outcome> outcomes = [];
    readonly List<Reading> log = [];
    readonly List<Reading> lookedUp = [];
    RejectionQuota quota = new(1_000, 1_000_000);

    static long At(int second) => Now + second * TwinModel.Telemetry.Micros.PerSecond;

    static Reading Sampled(int second, double value = 200) => new(Melt.Number, At(second), value);

    static Submission Message(params IEnumerable<Reading> readings) =>
        new("line-1", Line, [.. readings], null, new("pollux/line-1/senml", "[]"u8.ToArray()), null, _ => { });

    Task<Additions> Flush(params Submission[] submissions) => Deduplicate.Apply(
        submissions, ledger, quota,
        late =>
        {
            lookedUp.AddRange(late);
            return Task.FromResult(log.DistinctBy(r => (r.Sensor, r.SampledAt)).ToDictionary(r => (r.Sensor, r.SampledAt), r => r.Value));
        },
        DateTimeOffset.UnixEpoch, outcomes);

    async Task Stored(IEnumerable<Reading> readings)
    {
        var additions = await Flush(Message(readings));
        log.AddRange(additions.Readings);
    }

    static IEnumerable<Reading> Seconds(int from, int count) => Enumerable.Range(from, count).Select(s => Sampled(s));

    [Fact]
    public async Task A_contradiction_is_rejected_with_the_time_of_its_receipt_which_a_replay_takes_for_missing_ones()
    {
        await Stored(Seconds(1, 1));
        var received = DateTimeOffset.UnixEpoch.AddDays(1);
        var additions = await Flush(Message(Sampled(1, 7)) with { ReceivedAt = received });
        Assert.Equal(received, Assert.Single(additions.Rejections).RejectedAt);
    }

    [Fact]
    public async Task A_replay_that_still_contradicts_is_rejected_with_the_reason_and_no_second_rejection()
    {
        await Stored(Seconds(1, 1));
        await Flush(Message(Sampled(1, 7)));
        var replay = Message(Sampled(1, 7), Sampled(1), Sampled(2)) with { IsReplay = true };
        Assert.Empty((await Flush(replay)).Rejections);
        var outcome = outcomes[replay];
        Assert.Equal((1, 1, 1), (outcome.Stored, outcome.Duplicates, outcome.Rejected));
        Assert.Equal("conflicting-value", Assert.Single(outcome.Reasons!).Code);
    }

    [Fact]
    public async Task What_memory_holds_is_a_duplicate_without_asking_the_log()
    {
        await Stored(Seconds(1, 10));
        var again = Message(Seconds(1, 12));
        var additions = await Flush(again);
        Assert.Equal(Seconds(11, 2), additions.Readings);
        Assert.Equal(new Outcome(Stored: 2, Duplicates: 10, Rejected: 0, Position: 0), outcomes[again]);
        Assert.Empty(lookedUp);
    }

    [Fact]
    public async Task A_repetition_behind_many_new_readings_of_the_same_flush_is_a_duplicate()
    {
        await Stored(Seconds(1, KnownReadings.Capacity));
        // The new readings push the old ones out of memory before the repetition is checked.
        var additions = await Flush(Message(Seconds(1000, 2 * KnownReadings.Capacity)), Message(Seconds(1, KnownReadings.Capacity)));
        Assert.Equal(Seconds(1000, 2 * KnownReadings.Capacity), additions.Readings);
        Assert.Equal(KnownReadings.Capacity, additions.Duplicates);
    }

    [Fact]
    public async Task A_repetition_behind_a_flush_that_pushed_it_out_is_looked_up_in_the_log()
    {
        await Stored(Seconds(1, KnownReadings.Capacity));
        await Stored(Seconds(1000, 2 * KnownReadings.Capacity));
        var additions = await Flush(Message(Sampled(1)), Message(Sampled(2, value: 3)));
        Assert.Equal([Sampled(1), Sampled(2, value: 3)], lookedUp);
        Assert.Empty(additions.Readings);
        Assert.Equal(1, additions.Duplicates);
        Assert.Equal("conflicting-value", Assert.Single(Assert.Single(additions.Rejections).Reasons).Code);
    }

    [Fact]
    public async Task What_was_sampled_before_the_ledger_began_is_looked_up()
    {
        log.Add(Sampled(-5));
        var additions = await Flush(Message(Sampled(-5), Sampled(-4)));
        Assert.Equal([Sampled(-4)], additions.Readings);
        Assert.Equal(1, additions.Duplicates);
    }

    [Fact]
    public async Task Within_a_flush_the_first_one_counts()
    {
        var (first, second, third) = (Message(Sampled(1)), Message(Sampled(1)), Message(Sampled(1, value: 3)));
        var additions = await Flush(first, second, third);
        Assert.Equal([Sampled(1)], additions.Readings);
        Assert.Equal((1, 1, 1), (outcomes[first].Stored, outcomes[second].Duplicates, outcomes[third].Rejected));
    }

    [Fact]
    public async Task The_same_also_holds_for_readings_that_nobody_remembers()
    {
        var additions = await Flush(Message(Sampled(-1)), Message(Sampled(-1)), Message(Sampled(-1, value: 3)));
        Assert.Equal(Sampled(-1), Assert.Single(additions.Readings));
        Assert.Equal((1, 1), (additions.Duplicates, additions.Rejections.Count));
    }

    [Fact]
    public async Task A_payload_rejected_again_is_a_duplicate()
    {
        var (first, again, other) = (Message() with
        {
            Rejection = Refused("a"),
        }, Message() with { Rejection = Refused("a") }, Message() with { Rejection = Refused("b") });
        var additions = await Flush(first, again, other);
        Assert.Equal(["a", "b"], additions.Rejections.Select(r => System.Text.Encoding.UTF8.GetString(r.Payload)));
        Assert.Equal((2, 0, 2), (outcomes[first].Rejected, outcomes[again].Rejected, outcomes[again].Duplicates));
    }

    [Fact]
    public async Task Rejections_over_the_quota_of_the_day_are_counted_and_said_ever_more_rarely()
    {
        quota = new(3, 1_000);
        var number = 0;
        List<(int Kept, long? Said)> flushes = [];
        foreach (var count in new[] { 3, 1, 8, 1, 89, 1 })
        {
            var sent = Enumerable.Range(0, count).Select(_ => Message() with { Rejection = Refused($"{number++}") }).ToArray();
            var additions = await Flush(sent);
            Assert.All(sent, s => Assert.Equal(2, outcomes[s].Rejected));
            Assert.Equal(count, additions.Rejections.Count + additions.OverQuota);
            flushes.Add((additions.Rejections.Count, additions.NotKept?.Rejections));
            if (additions.NotKept is { } notKept) Assert.Equal(("line-1", 2 * notKept.Rejections), (notKept.AssetId, notKept.Readings));
        }
        Assert.Equal([(3, null), (0, 1), (0, null), (0, 10), (0, null), (0, 100)], flushes);
        // Good readings are none the worse for it.
        Assert.Single((await Flush(Message(Sampled(1)))).Readings);
    }

    [Fact]
    public async Task Large_rejections_are_kept_up_to_as_many_bytes()
    {
        quota = new(1_000, 25);
        string[] payloads = ["0123456789", "abcdefghij", "ABCDEFGHIJ", "xyz"];
        var additions = await Flush([.. payloads.Select(p => Message() with { Rejection = Refused(p) })]);
        Assert.Equal((3, 1), (additions.Rejections.Count, additions.OverQuota));
    }

    static ReadingsRejected Refused(string payload) => Rejections.Of(
        "line-1", "pollux/line-1/senml", System.Text.Encoding.UTF8.GetBytes(payload), 2, [new("malformed-json", "?")],
        DateTimeOffset.UnixEpoch);
}
