using Fuzz.Decoders;

namespace Fuzz;

static class Program
{
    const long PayloadsOfEach = 1_000_000;
    const int MostShown = 4000;

    public static async Task<int> Main(string[] args)
    {
        try
        {
            return args switch
            {
                ["one", var decoder, var place, .. var rest] => RunInOwnProcess.Run(decoder, place, FuzzSettings.Of(rest, PayloadsOfEach)),
                ["requests", .. var rest] => await Requests.FuzzRequests.Run(FuzzSettings.Of(rest, Requests.FuzzRequests.Count)),
                ["all", .. var rest] => await Decoders([.. FuzzDecoders.All.Keys], FuzzSettings.Of(rest, PayloadsOfEach)),
                [var decoder, .. var rest] when FuzzDecoders.All.ContainsKey(decoder) =>
                    await Decoders([decoder], FuzzSettings.Of(rest, PayloadsOfEach)),
                _ => throw new ArgumentException(
                    $"'{args.FirstOrDefault()}' cannot be fuzzed; allowed: all, requests, {string.Join(", ", FuzzDecoders.All.Keys)}; then "
                        + $"{FuzzSettings.Usage}."),
            };
        }
        // Not those that derive from it, which are faults of this program.
        catch (ArgumentException e) when (e.GetType() == typeof(ArgumentException))
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 2;
        }
    }

    static async Task<int> Decoders(IReadOnlyList<string> decoders, FuzzSettings settings)
    {
        var isGood = true;
        foreach (var name in decoders)
        {
            if (settings.Number is not { } number)
            {
                isGood &= await RunInOwnProcess.Start(name, settings);
                continue;
            }
            var decoder = FuzzDecoders.All[name]();
            var payload = decoder.Payload(settings.Seed, number);
            Print(payload);
            var what = FuzzDecoders.Try(decoder, payload);
            Console.WriteLine($"{name}: number {number} of seed {settings.Seed}: {what ?? "no fault"}");
            isGood &= what is null;
        }
        return isGood ? 0 : 1;
    }

    /// <summary>A payload in a form that a test can keep.</summary>
    public static void Print(byte[] payload)
    {
        var text = Convert.ToBase64String(payload);
        Console.WriteLine($"  {payload.Length} bytes: {(text.Length > MostShown ? $"{text[..MostShown]}…" : text)}");
    }
}
