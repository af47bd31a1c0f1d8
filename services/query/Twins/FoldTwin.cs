using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using Query.Estimates;
using Query.Events;
using Query.Pasts;
using ServiceDefaults;
using TwinModel.Telemetry;
using TwinModel.Twins;

namespace Query.Twins;

/// <summary>
/// Folds a twin as of some time from the log, with the function used for the live twin: the same readings give the same hash. It begins at
/// the newest checkpoint that holds nothing else, an hour earlier as a rule; at most two run at once.
/// </summary>
sealed class FoldTwin(
    LogReader log, PastReadings readings, PastAlarms alarms, FindPast past, TwinCheckpoints checkpoints, FoldPlaces places,
    FoldEstimate estimate, IMeterFactory meters)
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
        if (asset.Model.IsPlace) throw new NotFoundException("twin", assetId, "it is a place");
        using var place = await places.Enter(cancel);
        return await Fold(asset, withEstimate: true, cancel);
    }

    /// <summary>The twin of an asset that was found; the caller has a place.</summary>
    /// <exception cref="NotFoundException">Nothing was known of it at that time.</exception>
    /// <exception cref="TooLargeException">Too many readings.</exception>
    public async Task<TwinAnswer> Fold(PastAsset asset, bool withEstimate, CancellationToken cancel)
    {
        folds.Add(1);
        var (validAt, position) = (asset.ValidAt, asset.KnownAt);
        var begin = await checkpoints.Newest(asset, cancel);
        var (twin, effects) = (begin.Twin, new StepEffects { WithoutHistory = true });
        var newest = begin.Position == 0 ? default : await log.At(begin.Position, cancel);
        await foreach (var (batch, since) in readings.Of(asset, begin.Versions, null, cancel))
        {
            twin.Step(CollectionsMarshal.AsSpan(since), effects);
            effects.Transitions.Clear();
            if (batch.Position > newest.Position) newest = batch;
        }
        // Imports may bring sample times from before the registration; without any, the asset was not known then.
        if (newest.Position == 0 && validAt < asset.RegisteredAt)
            throw new NotFoundException(
                "asset", FormattableString.Invariant($"{asset.Id} at {validAt.UtcDateTime:yyyy-MM-ddTHH:mm:ss.ffffffZ}"));
        foreach (var sensor in effects.MustRederive.Order().ToList())
            await Rederive(twin, sensor, asset, cancel);

        var open = await alarms.Open(asset.Id, asset.Moment, cancel);
        var newestPosition = newest.Position == 0 ? 0 : Math.Max(newest.Position, asset.Corrections.Position);
        var view = ViewTwin.Of(
            asset.Id, asset.Name, twin, open, newestPosition, 0, newest.Position == 0 ? null : newest.RecordedAt, null,
            newest.TraceParent, withEstimate ? await estimate.Summary(asset, cancel) : null);
        return TwinAnswer.Of(view, validAt, new(validAt, position, asset.KnownAtTime));
    }

    async Task Rederive(Twin twin, ushort sensor, PastAsset asset, CancellationToken cancel)
    {
        List<Reading> history = [];
        await foreach (var (_, more) in readings.Of(asset, PastReadings.Nothing, sensor, cancel)) history.AddRange(more);
        history.Sort((a, b) => a.SampledAt.CompareTo(b.SampledAt));
        twin.Sensor(sensor)?.Rederive(history, new());
    }
}
