using System.Runtime.CompilerServices;
using Query.Events;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Query.Pasts;

/// <summary>Reads an asset's readings as of some time from the log.</summary>
sealed class PastReadings(LogReader log, LogLimits limits)
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
        await foreach (var (_, batch, readings) in OfAll([(asset, after)], sensor, cancel)) yield return (batch, readings);
    }

    /// <summary>
    /// The readings of several assets of one moment, asset by asset and event by event; the list is used again for the next event.
    /// </summary>
    /// <param name="assets">The assets then, each with the versions of day streams to begin after.</param>
    /// <param name="sensor">Only this sensor; null: all.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <exception cref="TooLargeException">Too many readings of one of them.</exception>
    public async IAsyncEnumerable<(int Number, LoggedBatch Batch, List<Reading> Readings)> OfAll(
        IReadOnlyList<(PastAsset Asset, IReadOnlyDictionary<string, long> After)> assets, ushort? sensor,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        if (assets.Count == 0) yield break;
        var known = assets.SelectMany(a => Days(a.Asset, a.After).Select(day => (day, a.After.GetValueOrDefault(day)))).ToList();
        var (number, count, last) = (0, 0L, Micros.From(assets[0].Asset.ValidAt));
        List<Reading> readings = [];
        await foreach (var recorded in log.Between(known, assets[0].Asset.KnownAt, Corrections.None, cancel))
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

    static IEnumerable<string> Days(PastAsset asset, IReadOnlyDictionary<string, long> after)
    {
        var first = after.Keys.Min(StringComparer.Ordinal);
        // By the clock of ingest, which may be ahead of the log's.
        return Streams.TelemetryBetween(asset.Id, asset.RegisteredAt, asset.KnownAtTime.AddDays(1))
            .Where(day => first is null || string.CompareOrdinal(day, first) >= 0);
    }
}
