using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using Contracts.Events;
using Contracts.Messages;
using Marten;
using Query.Api;
using Query.Assets;
using Query.Events;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Telemetry;
using TwinModel.Twins;

namespace Query.Twins;

/// <summary>
/// Folds a twin as of some time from the log, with the function used for the live twin: the same readings give the same hash. The cost
/// grows with the asset's readings up to that time; at most two run at once.
/// </summary>
sealed class FoldTwin(
    IDocumentStore store, LogReader log, FindPosition find, KnownAssets registry, LogLimits limits, TimeProvider time, IMeterFactory meters)
{
    const int AtOnce = 2;
    static readonly TimeSpan LongestQueueing = TimeSpan.FromSeconds(10);

    readonly SemaphoreSlim places = new(AtOnce);
    readonly Counter<long> folds = meters.Create("Pollux")
        .CreateCounter<long>("pollux.query.as_of_folds", "{fold}", "Twins computed as of a past time");

    /// <exception cref="NotFoundException">The asset was not known at that time.</exception>
    /// <exception cref="InvalidInputException">A time in the future.</exception>
    /// <exception cref="TooLargeException">Too many readings.</exception>
    /// <exception cref="BusyException">Too many twins are being folded.</exception>
    public async Task<TwinAnswer> Run(string assetId, DateTimeOffset? validAt, KnownAt? knownAt, CancellationToken cancel)
    {
        var asset = registry.Get(assetId);
        if (validAt is { } at) Input.NotAfter("validAt", at, time.GetUtcNow(), Input.SamplesAhead);
        if (!await places.WaitAsync(LongestQueueing, cancel))
            throw new BusyException("Too many past twins are being computed from the log; try again.", LongestQueueing);
        try
        {
            folds.Add(1);
            var known = await find.Run(knownAt, cancel);
            return await Fold(asset, validAt ?? (knownAt is null ? time.GetUtcNow() : known.Time), known, cancel);
        }
        finally
        {
            places.Release();
        }
    }

    async Task<TwinAnswer> Fold(
        RegisteredAsset asset, DateTimeOffset validAt, (long Position, DateTimeOffset Time) known, CancellationToken cancel)
    {
        var assetId = asset.Id;
        await using var session = store.QuerySession();
        var registrations = (await session.Events.FetchStreamAsync(Streams.Asset(assetId), token: cancel))
            .Where(e => e.Sequence <= known.Position).Select(e => e.Data).OfType<AssetRegistered>().ToList();
        if (registrations.Count == 0) throw new NotFoundException("asset", $"{assetId} at log position {known.Position}");
        var model = ModelOf(asset, registrations);

        var streams = Streams.TelemetryBetween(assetId, registrations[0].RegisteredAt, time.GetUtcNow().AddDays(1));
        var (twin, effects) = (new Twin(model), new StepEffects());
        var newest = default(LoggedBatch);
        var count = 0L;
        await foreach (var (batch, readings) in Readings(streams, validAt, known.Position, null, cancel))
        {
            if ((count += readings.Count) > limits.Readings)
                throw new TooLargeException($"The history of {assetId} up to then", limits.Readings, "readings");
            twin.Step(CollectionsMarshal.AsSpan(readings), effects);
            effects.Rollups.Clear();
            effects.Transitions.Clear();
            if (batch.Position > newest.Position) newest = batch;
        }
        // Imports may bring sample times from before the registration; without any, the asset was not known then.
        if (count == 0 && validAt < registrations[0].RegisteredAt)
            throw new NotFoundException(
                "asset", FormattableString.Invariant($"{assetId} at {validAt.UtcDateTime:yyyy-MM-ddTHH:mm:ss.ffffffZ}"));
        foreach (var sensor in effects.MustRederive.Order().ToList())
            await Rederive(twin, sensor, streams, validAt, known.Position, cancel);

        var alarms = AlarmBook.Empty;
        foreach (var e in await session.Events.FetchStreamAsync(Streams.Twin(assetId), token: cancel))
        {
            if (e.Sequence <= known.Position && HappenedAt(e.Data) <= validAt) alarms = alarms.Apply(e.Data);
        }
        var view = ViewTwin.Of(
            assetId, registrations[^1].Name, twin, alarms, newest.Position, 0, newest.Position == 0 ? null : newest.RecordedAt, null,
            newest.TraceParent);
        return TwinAnswer.Of(view, validAt, new(validAt, known.Position, known.Time));
    }

    // The newest readable model, as for the live twin.
    AssetModel ModelOf(RegisteredAsset asset, List<AssetRegistered> registrations)
    {
        Exception? refused = null;
        foreach (var registered in Enumerable.Reverse(registrations))
        {
            try
            {
                return registered.ModelHash == asset.Model.Hash
                    ? asset.Model
                    : registry.ModelOf(registered);
            }
            catch (InvalidModelException e)
            {
                refused ??= e;
            }
        }
        throw new RuleViolationException($"The model that {asset.Id} had at that time can no longer be read: {refused!.Message}");
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
