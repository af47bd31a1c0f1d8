using Query.Api;
using Query.Events;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Query.Histories;

/// <summary>
/// Reads the readings of a range of sample times from the log, in one pass that keeps only the buckets. Reads everything recorded since the
/// start of the range, because late data may be anywhere after it.
/// </summary>
sealed class ReadRaw(LogReader log, LogLimits limits, TimeProvider time)
{
    const int MostEvents = 5_000_000;

    /// <param name="asset">The asset.</param>
    /// <param name="from">First sample time, microseconds.</param>
    /// <param name="to">End of sample times, exclusive, microseconds.</param>
    /// <param name="sensors">Buckets to add to, by sensor number.</param>
    /// <param name="corrections">The corrections with which readings count.</param>
    /// <param name="known">The last position to read and when it was appended; null: no limit.</param>
    /// <param name="cancel">Cancels reading.</param>
    /// <exception cref="TooLargeException">Too many events recorded since, or too many readings in the range.</exception>
    public async Task Run(
        RegisteredAsset asset, long from, long to, IReadOnlyDictionary<ushort, Downsample> sensors, Corrections corrections,
        (long Position, DateTimeOffset Time)? known, CancellationToken cancel)
    {
        // A sample may be recorded before its own sample time.
        var earliest = Micros.ToTime(from) - Input.SamplesAhead;
        if (earliest < asset.RegisteredAt) earliest = asset.RegisteredAt;
        var only = sensors.Count == 1 ? sensors.Keys.First() : (ushort?)null;
        List<Reading> scratch = [];
        var (events, readings) = (0, 0L);
        // One extra day, since process clocks differ and positions around midnight need not follow the days of streams.
        var streams = Streams.TelemetryBetween(asset.Id, earliest, (known?.Time ?? time.GetUtcNow()).AddDays(1));
        await foreach (var e in log.UpTo(streams, known?.Position ?? long.MaxValue, earliest, corrections, cancel))
        {
            if (++events > MostEvents) throw TooLarge("What was recorded", MostEvents, "events");
            readings += Add(e.Batch, from, to, sensors, only, scratch);
            if (readings > limits.Readings) throw TooLarge("What is read", limits.Readings, "readings");
        }

        TooLargeException TooLarge(string what, long limit, string unit)
        {
            var until = known is { } k ? FormattableString.Invariant($" and known at position {k.Position}") : "";
            return new(FormattableString.Invariant($"{what} from {Micros.ToTime(from):O} on{until}"), limit, unit, "from");
        }
    }

    /// <summary>Adds the readings of a batch that lie in the range; a batch outside it is skipped without decoding.</summary>
    /// <returns>Number of decoded readings in the range, of any sensor.</returns>
    public static int Add(
        byte[] batch, long from, long to, IReadOnlyDictionary<ushort, Downsample> sensors, ushort? only, List<Reading> scratch)
    {
        var range = TelemetryCodec.SampleRange(batch);
        if (range.Last < from || range.First >= to) return 0;
        scratch.Clear();
        TelemetryCodec.Decode(batch, scratch, only);
        var counted = 0;
        foreach (var reading in scratch)
        {
            if (reading.SampledAt < from || reading.SampledAt >= to) continue;
            counted++;
            if (sensors.TryGetValue(reading.Sensor, out var history)) history.Add(reading);
        }
        return counted;
    }
}
