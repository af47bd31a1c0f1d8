using System.Runtime.CompilerServices;
using Query.Events;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Query.Pasts;

/// <summary>Reads an asset's readings as of some time from the log.</summary>
sealed class PastReadings(LogReader log, LogLimits limits, TimeProvider time)
{
    /// <summary>All readings of the asset, event by event.</summary>
    /// <exception cref="TooLargeException">Too many readings.</exception>
    public IAsyncEnumerable<(LoggedBatch Batch, List<Reading> Readings)> All(
        PastAsset asset, ushort? sensor = null, CancellationToken cancel = default)
    {
        var days = Streams.TelemetryBetween(asset.Id, asset.RegisteredAt, time.GetUtcNow().AddDays(1));
        return After(asset, [.. days.Select(day => (day, 0L))], sensor, cancel);
    }

    /// <summary>The readings that came after versions of day streams, event by event; the list is used again for the next.</summary>
    /// <exception cref="TooLargeException">Too many readings.</exception>
    public async IAsyncEnumerable<(LoggedBatch Batch, List<Reading> Readings)> After(
        PastAsset asset, IReadOnlyList<(string Stream, long Version)> known, ushort? sensor,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        var (last, count) = (Micros.From(asset.ValidAt), 0L);
        List<Reading> readings = [];
        await foreach (var batch in log.Between(known, asset.KnownAt, cancel))
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
