using System.Runtime.CompilerServices;
using Query.Events;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Query.Pasts;

/// <summary>Reads an asset's readings as of some time from the log.</summary>
sealed class PastReadings(LogReader log, LogLimits limits, TimeProvider time)
{
    /// <summary>Versions of which none is included.</summary>
    public static readonly IReadOnlyDictionary<string, long> Nothing = new Dictionary<string, long>();

    /// <summary>The asset's readings, event by event; the list is used again for the next.</summary>
    /// <param name="asset">The asset then.</param>
    /// <param name="after">Versions of day streams to begin after; days before the first of them are left out.</param>
    /// <param name="sensor">Only this sensor; null: all.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <exception cref="TooLargeException">Too many readings.</exception>
    public async IAsyncEnumerable<(LoggedBatch Batch, List<Reading> Readings)> Of(
        PastAsset asset, IReadOnlyDictionary<string, long> after, ushort? sensor, [EnumeratorCancellation] CancellationToken cancel)
    {
        var first = after.Keys.Min(StringComparer.Ordinal);
        var known = Streams.TelemetryBetween(asset.Id, asset.RegisteredAt, time.GetUtcNow().AddDays(1))
            .Where(day => first is null || string.CompareOrdinal(day, first) >= 0)
            .Select(day => (day, after.GetValueOrDefault(day))).ToList();
        var (last, count) = (Micros.From(asset.ValidAt), 0L);
        List<Reading> readings = [];
        await foreach (var batch in log.Between(known, asset.KnownAt, asset.Corrections, cancel))
        {
            var range = TelemetryCodec.SampleRange(batch.Batch);
            if (range.First > last) continue;
            readings.Clear();
            TelemetryCodec.Decode(batch.Batch, readings, sensor);
            if (range.Last > last) readings.RemoveAll(r => r.SampledAt > last);
            if ((count += readings.Count) > limits.Readings)
                throw new TooLargeException($"The history of {asset.Id} up to then", limits.Readings, "readings");
            yield return (batch, readings);
        }
    }
}
