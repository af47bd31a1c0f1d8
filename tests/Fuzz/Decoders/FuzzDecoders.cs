using System.Diagnostics;

namespace Fuzz.Decoders;

/// <summary>What a payload did that it must not.</summary>
/// <param name="Decoder">Name of the decoder.</param>
/// <param name="Number">Of the payload, with its seed.</param>
/// <param name="Payload">The payload.</param>
/// <param name="What">The exception, or what is wrong with the result.</param>
sealed record Fault(string Decoder, long Number, byte[] Payload, string What);

/// <summary>What a run of one decoder has measured.</summary>
sealed class FuzzRun
{
    public long Payloads { get; set; }

    public TimeSpan Longest { get; set; }

    public long MostAllocated { get; set; }

    /// <summary>The first of each kind.</summary>
    public List<Fault> Faults { get; } = [];
}

/// <summary>Feeds decoders with mutated payloads.</summary>
static class FuzzDecoders
{
    const int MostFaults = 20;
    static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(1);

    /// <summary>By name; made when they are needed.</summary>
    public static readonly IReadOnlyDictionary<string, Func<FuzzedDecoder>> All = new Dictionary<string, Func<FuzzedDecoder>>
    {
        ["senml"] = () => new FuzzedSenml(),
        ["sparkplug"] = () => new FuzzedSparkplug(),
        ["plain"] = () => new FuzzedPlain(),
        ["waveform"] = () => new FuzzedWaveform(),
        ["csv"] = () => new FuzzedCsv(),
        ["ndjson"] = () => new FuzzedNdjson(),
        ["parquet"] = () => new FuzzedParquet(),
        ["telemetry"] = () => new FuzzedTelemetry(),
        ["asset-model"] = () => new FuzzedAssetModel(),
    };

    /// <summary>Decodes the payloads of numbers 0 to <paramref name="count"/> - 1, until the time is over.</summary>
    /// <param name="decoder">The decoder.</param>
    /// <param name="seed">Decides, together with its number, what each payload is.</param>
    /// <param name="count">How many.</param>
    /// <param name="time">How long at most.</param>
    /// <param name="begins">Told each number before it is decoded, as a decoder may end the process.</param>
    public static FuzzRun Run(FuzzedDecoder decoder, ulong seed, long count, TimeSpan time, Action<long> begins)
    {
        var run = new FuzzRun();
        HashSet<string> kinds = [];
        var began = Stopwatch.GetTimestamp();
        for (long number = 0; number < count && Stopwatch.GetElapsedTime(began) < time; number++)
        {
            begins(number);
            var payload = decoder.Payload(seed, number);
            var (what, took, allocated) = Measured(decoder, payload);
            run.Payloads++;
            if (took > run.Longest) run.Longest = took;
            run.MostAllocated = Math.Max(run.MostAllocated, allocated);
            if (what is null || !kinds.Add(Kind(what))) continue;
            run.Faults.Add(new(decoder.Name, number, payload, what));
            if (run.Faults.Count == MostFaults) break;
        }
        return run;
    }

    /// <summary>Payloads that were faults once.</summary>
    public static IEnumerable<(string Decoder, byte[] Payload)> Found()
    {
        using var reader = new StreamReader(typeof(FuzzDecoders).Assembly.GetManifestResourceStream("found.txt")!);
        while (reader.ReadLine() is { } line)
            if (line.Length > 0 && line[0] != '#' && line.Split(' ') is [var decoder, var payload])
                yield return (decoder, Convert.FromBase64String(payload));
    }

    /// <summary>What a payload does that it must not; null if nothing.</summary>
    public static string? Try(FuzzedDecoder decoder, byte[] payload) => Measured(decoder, payload).What;

    static (string? What, TimeSpan Took, long Allocated) Measured(FuzzedDecoder decoder, byte[] payload)
    {
        var (what, took, allocated) = Once(decoder, payload);
        // The machine may have been busy with something else.
        for (var again = 0; again < 2 && took > LongestAnswer && what is null; again++)
        {
            var next = Once(decoder, payload);
            if (next.Took < took) took = next.Took;
        }
        if (what is null && took > LongestAnswer) what = FormattableString.Invariant($"took {took.TotalSeconds:N1} s");
        var most = decoder.MostAllocated + 400L * payload.Length;
        if (what is null && allocated > most) what = FormattableString.Invariant($"allocated {allocated} bytes, more than {most}");
        return (what, took, allocated);
    }

    static (string? What, TimeSpan Took, long Allocated) Once(FuzzedDecoder decoder, byte[] payload)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var began = Stopwatch.GetTimestamp();
        string? what;
        try
        {
            what = decoder.Decode(payload);
        }
        // Whatever it is, it is not the decoder's refusal.
        catch (Exception e)
        {
            what = $"{e.GetType().Name}: {e.Message}\n{string.Join('\n', (e.StackTrace ?? "").Split('\n').Take(8))}";
        }
        return (what, Stopwatch.GetElapsedTime(began), GC.GetAllocatedBytesForCurrentThread() - before);
    }

    // Numbers in the text differ from payload to payload.
    static string Kind(string what) => what.Contains('\n')
        ? $"{what.Split(':')[0]} {string.Join(' ', what.Split('\n').Skip(1).Take(4))}"
        : string.Concat(what.Where(c => !char.IsAsciiDigit(c)).Take(20));
}
