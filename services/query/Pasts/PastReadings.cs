using System.Runtime.CompilerServices;
using Query.Events;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Query.Pasts;

/// <summary>Reads an asset's readings as of some time from the log.</summary>
sealed class PastReadings(LogReader log, LogLimits limits)
{
    /// <summary>All readings of the asset, event by event; the list is used again for the next.</summary>
    /// <param name="asset">The asset then.</param>
    /// <param name="sensor">Only this sensor; null: all.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <exception cref="TooLargeException">Too many readings.</exception>
    public async IAsyncEnumerable<(LoggedBatch Batch, List<Reading> Readings)> Of(
        PastAsset asset, ushort? sensor, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var (_, batch, readings) in OfAll([(asset, [LogSpan.Whole])], sensor, cancel)) yield return (batch, readings);
    }

    /// <summary>
    /// The readings of several assets of one moment, asset by asset and event by event; the list is used again for the next event.
    /// </summary>
    /// <param name="assets">The assets then, each with the spans to read.</param>
    /// <param name="sensor">Only this sensor; null: all.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <exception cref="TooLargeException">Too many readings of one of them.</exception>
    public async IAsyncEnumerable<(int Number, LoggedBatch Batch, List<Reading> Readings)> OfAll(
        IReadOnlyList<(PastAsset Asset, IReadOnlyList<LogSpan> Spans)> assets, ushort? sensor,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        if (assets.Count == 0) yield break;
        var ranges = assets.SelectMany(a => Ranges(a.Asset, a.Spans)).ToList();
        var (number, count, last) = (0, 0L, Micros.From(assets[0].Asset.Moment.SampledUpTo));
        List<Reading> readings = [];
        await foreach (var recorded in log.Between(ranges, assets[0].Asset.KnownAt, Corrections.None, cancel))
        {
            var id = Streams.AssetOf(recorded.Stream);
            while (assets[number].Asset.Id != id) (number, count) = (number + 1, 0);
            var asset = assets[number].Asset;
            var batch = recorded with { Batch = asset.Corrections.Apply(recorded.Batch) };
            var range = TelemetryCodec.SampleRange(batch.Batch);
            if (range.First > last) continue;
            readings.Clear();
            TelemetryCodec.Decode(batch.Batch, readings, sensor);
            if (range.Last > last) readings.RemoveAll(r => r.SampledAt > last);
            if ((count += readings.Count) > limits.Readings)
                throw new TooLargeException($"The history of {asset.Id} up to then", limits.Readings, "readings");
            yield return (number, batch, readings);
        }
    }

    static IEnumerable<VersionRange> Ranges(PastAsset asset, IReadOnlyList<LogSpan> spans)
    {
        // By the clock of ingest, which may be ahead of the log's.
        var days = Streams.TelemetryBetween(asset.Id, asset.RegisteredAt, asset.KnownAtTime.AddDays(1));
        return spans.SelectMany(span => span.Of(days));
    }
}
