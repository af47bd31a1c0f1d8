using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using Contracts.Events;
using Contracts.Messages;
using Marten;
using Query.Estimates;
using Query.Events;
using Query.Pasts;
using ServiceDefaults;
using TwinModel.Telemetry;
using TwinModel.Twins;

namespace Query.Twins;

/// <summary>
/// Folds a twin as of some time from the log, with the function used for the live twin: the same readings give the same hash. The cost
/// grows with the asset's readings up to that time; at most two run at once.
/// </summary>
sealed class FoldTwin(
    IDocumentStore store, LogReader log, FindPast past, FoldPlaces places, FoldEstimate estimate, LogLimits limits, TimeProvider time,
    IMeterFactory meters)
{
    readonly Counter<long> folds = meters.Create("Pollux")
        .CreateCounter<long>("pollux.query.as_of_folds", "{fold}", "Twins computed as of a past time");

    /// <exception cref="NotFoundException">The asset was not known at that time.</exception>
    /// <exception cref="InvalidInputException">A time in the future.</exception>
    /// <exception cref="TooLargeException">Too many readings.</exception>
    /// <exception cref="BusyException">Too many twins are being folded.</exception>
    public async Task<TwinAnswer> Run(string assetId, DateTimeOffset? validAt, KnownAt? knownAt, CancellationToken cancel)
    {
        var asset = await past.Run(assetId, validAt, knownAt, cancel);
        using var place = await places.Enter(cancel);
        folds.Add(1);
        return await Fold(asset, cancel);
    }

    async Task<TwinAnswer> Fold(PastAsset asset, CancellationToken cancel)
    {
        var (validAt, position) = (asset.ValidAt, asset.KnownAt);
        var streams = Streams.TelemetryBetween(asset.Id, asset.RegisteredAt, time.GetUtcNow().AddDays(1));
        var (twin, effects) = (new Twin(asset.Model), new StepEffects());
        var newest = default(LoggedBatch);
        var count = 0L;
        await foreach (var (batch, readings) in Readings(streams, validAt, position, null, cancel))
        {
            if ((count += readings.Count) > limits.Readings)
                throw new TooLargeException($"The history of {asset.Id} up to then", limits.Readings, "readings");
            twin.Step(CollectionsMarshal.AsSpan(readings), effects);
            effects.Rollups.Clear();
            effects.Transitions.Clear();
            if (batch.Position > newest.Position) newest = batch;
        }
        // Imports may bring sample times from before the registration; without any, the asset was not known then.
        if (count == 0 && validAt < asset.RegisteredAt)
            throw new NotFoundException(
                "asset", FormattableString.Invariant($"{asset.Id} at {validAt.UtcDateTime:yyyy-MM-ddTHH:mm:ss.ffffffZ}"));
        foreach (var sensor in effects.MustRederive.Order().ToList())
            await Rederive(twin, sensor, streams, validAt, position, cancel);

        var alarms = AlarmBook.Empty;
        await using var session = store.QuerySession();
        foreach (var e in await session.Events.FetchStreamAsync(Streams.Twin(asset.Id), token: cancel))
        {
            if (e.Sequence <= position && HappenedAt(e.Data) <= validAt) alarms = alarms.Apply(e.Data);
        }
        var view = ViewTwin.Of(
            asset.Id, asset.Name, twin, alarms, newest.Position, 0, newest.Position == 0 ? null : newest.RecordedAt, null,
            newest.TraceParent, await estimate.Summary(asset, cancel));
        return TwinAnswer.Of(view, validAt, new(validAt, position, asset.KnownAtTime));
    }

    async Task Rederive(Twin twin, ushort sensor, string[] streams, DateTimeOffset validAt, long position, CancellationToken cancel)
    {
        List<Reading> history = [];
        await foreach (var (_, readings) in Readings(streams, validAt, position, sensor, cancel)) history.AddRange(readings);
        history.Sort((a, b) => a.SampledAt.CompareTo(b.SampledAt));
        twin.Sensor(sensor)?.Rederive(history, new());
    }

    async IAsyncEnumerable<(LoggedBatch Batch, List<Reading> Readings)> Readings(
        string[] streams, DateTimeOffset validAt, long position, ushort? sensor,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var last = Micros.From(validAt);
        List<Reading> readings = [];
        await foreach (var batch in log.UpTo(streams, position, cancel))
        {
            var range = TelemetryCodec.SampleRange(batch.Batch);
            if (range.First > last) continue;
            readings.Clear();
            TelemetryCodec.Decode(batch.Batch, readings, sensor);
            if (range.Last > last) readings.RemoveAll(r => r.SampledAt > last);
            yield return (batch, readings);
        }
    }

    static DateTimeOffset HappenedAt(object e) => e switch
    {
        AlarmRaised raised => raised.RaisedAt,
        AlarmAcknowledged acknowledged => acknowledged.AcknowledgedAt,
        AlarmCleared cleared => cleared.ClearedAt,
        _ => DateTimeOffset.MaxValue,
    };
}
