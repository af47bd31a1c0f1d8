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
/// the newest checkpoint that holds nothing else; at most two run at once.
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
    public async Task<TwinAnswer> Fold(PastAsset asset, bool withEstimate, CancellationToken cancel) =>
        (await FoldAll([asset], withEstimate, cancel))[0] ?? throw NotYet.Asset(asset);

    /// <summary>
    /// The twins of assets of one moment, in their order; null for one of which nothing was known at that time. The caller has a place.
    /// </summary>
    /// <exception cref="TooLargeException">Too many readings of one of them.</exception>
    public async Task<IReadOnlyList<TwinAnswer?>> FoldAll(IReadOnlyList<PastAsset> assets, bool withEstimate, CancellationToken cancel)
    {
        if (assets.Count == 0) return [];
        folds.Add(assets.Count);
        var moment = assets[0].Moment;
        var begins = await checkpoints.Newest(assets, moment, cancel);
        var begun = await log.At([.. begins.Select(b => b.Position)], cancel);
        var newest = begins.Select(b => begun.GetValueOrDefault(b.Position)).ToList();
        // A checkpoint after a correction ends with that, and not with readings.
        for (var i = 0; i < begins.Count; i++)
            if (begins[i].Position > 0 && newest[i].Position == 0) newest[i] = await NewestUpTo(assets[i], begins[i].Position, cancel);
        var (twins, effects) = (begins.Select(b => b.Twin).ToList(), new StepEffects { WithoutHistory = true });
        List<(int Number, ushort Sensor)> mustRederive = [];
        await foreach (var (number, batch, since) in readings.OfAll([.. assets.Zip(begins, (a, b) => (a, b.Lacks))], null, cancel))
        {
            twins[number].Step(CollectionsMarshal.AsSpan(since), effects);
            foreach (var sensor in effects.MustRederive.Order()) mustRederive.Add((number, sensor));
            effects.Clear();
            if (batch.Position > newest[number].Position) newest[number] = batch;
        }
        foreach (var (number, sensor) in mustRederive.Distinct()) await Rederive(twins[number], sensor, assets[number], cancel);

        var open = await alarms.Open(assets.Select(a => a.Id), moment, cancel);
        List<TwinAnswer?> answers = [];
        foreach (var ((asset, twin), last) in assets.Zip(twins).Zip(newest))
        {
            // Imports may bring sample times from before the registration; without any, the asset was not known then.
            var isUnknown = last.Position == 0 && moment.ValidAt < asset.RegisteredAt;
            answers.Add(isUnknown ? null : await Answer(asset, twin, last, open.GetValueOrDefault(asset.Id), withEstimate, cancel));
        }
        return answers;
    }

    async Task<LoggedBatch> NewestUpTo(PastAsset asset, long position, CancellationToken cancel)
    {
        foreach (var stream in Streams.TelemetryBetween(asset.Id, asset.RegisteredAt, asset.KnownAtTime.AddDays(1)).Reverse())
            await foreach (var batch in log.NewestFirst(stream, cancel))
                if (batch.Position <= position) return batch;
        return default;
    }

    async Task<TwinAnswer> Answer(
        PastAsset asset, Twin twin, LoggedBatch newest, AlarmBook? open, bool withEstimate, CancellationToken cancel)
    {
        var position = newest.Position == 0 ? 0 : Math.Max(newest.Position, asset.Corrections.Position);
        var view = ViewTwin.Of(
            asset.Id, asset.Name, twin, open ?? AlarmBook.Empty, position, 0, newest.Position == 0 ? null : newest.RecordedAt, null,
            newest.TraceParent, withEstimate ? await estimate.Summary(asset, cancel) : null);
        return TwinAnswer.Of(view, asset.ValidAt, new(asset.ValidAt, asset.KnownAt, asset.KnownAtTime));
    }

    async Task Rederive(Twin twin, ushort sensor, PastAsset asset, CancellationToken cancel)
    {
        List<Reading> history = [];
        await foreach (var (_, more) in readings.Of(asset, sensor, cancel)) history.AddRange(more);
        history.Sort((a, b) => a.SampledAt.CompareTo(b.SampledAt));
        twin.Sensor(sensor)?.Rederive(history, new());
    }
}
