using System.Globalization;
using System.Runtime.CompilerServices;
using Contracts.Estimates;
using Npgsql;
using Query.Events;
using Query.Pasts;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Estimation;
using TwinModel.Telemetry;

namespace Query.Estimates;

/// <summary>
/// Makes the estimate of a machine as of some time again from the log, from the newest checkpoint that holds nothing else: the same
/// readings give the same hash as the live estimate had. From another beginning, because checkpoints are thinned out with age and replaced
/// by an adopted calibration, it comes to the same estimate but not to the same bits.
/// </summary>
sealed partial class FoldEstimate(
    FindPast past, FoldPlaces places, StoredCheckpoints checkpoints, LogReader log, NpgsqlDataSource source, ILogger<FoldEstimate> logger)
{
    // Of the last two days every hour has a checkpoint.
    static readonly TimeSpan MostWithTwin = TimeSpan.FromMinutes(75);

    // Compiling one takes many milliseconds.
    static readonly ConditionalWeakTable<AssetModel, EstimationSetup> Setups = [];

    // A whole day takes half a minute. The other place is left to twins.
    readonly FoldPlaces alone = new(1);

    /// <exception cref="NotFoundException">The asset was not known, has no estimates, or had none yet.</exception>
    /// <exception cref="InvalidInputException">A time in the future, or a position after the end of the log.</exception>
    /// <exception cref="BusyException">Too many are being computed.</exception>
    public async Task<EstimateView> Run(string assetId, DateTimeOffset? validAt, KnownAt? knownAt, CancellationToken cancel)
    {
        var asset = await past.Run(assetId, validAt, knownAt, cancel);
        if (!asset.Model.HasEstimate) throw GetEstimate.HasNone(asset.Id, asset.Model);
        using var one = await alone.Enter(cancel);
        using var place = await places.Enter(cancel);
        var estimate = await Read(asset, cancel);
        return estimate.Make(asset.Id, cancel) ?? throw await NoneYet(asset, cancel);
    }

    /// <summary>The estimates of all ticks that end after one time, and at most at the moment of an asset, oldest first.</summary>
    /// <exception cref="BusyException">Too many are being computed.</exception>
    public async Task<IReadOnlyList<EstimateView>> Each(PastAsset asset, DateTimeOffset after, CancellationToken cancel)
    {
        using var one = await alone.Enter(cancel);
        using var place = await places.Enter(cancel);
        var estimate = await Read(asset, cancel, after);
        return [.. estimate.MakeEach(asset.Id, after, cancel)];
    }

    /// <summary>
    /// The part that is shown with a twin; null when there is none, or it would take much longer than the twin. The caller has a place.
    /// </summary>
    public async Task<EstimateSummary?> Summary(PastAsset asset, CancellationToken cancel)
    {
        if (!asset.Model.HasEstimate) return null;
        try
        {
            var estimate = await Read(asset, cancel);
            return estimate.Ticks * asset.Model.Tick <= MostWithTwin && estimate.Make(asset.Id, cancel) is { } view
                ? ShowEstimate.SummaryOf(view)
                : null;
        }
        catch (Exception e) when (StoreFaults.IsPermanent(e))
        {
            // Like the live twin, one whose physics fails is shown without an estimate.
            LogFailed(e, asset.Id, asset.ValidAt);
            return null;
        }
    }

    async Task<PastEstimate> Read(PastAsset asset, CancellationToken cancel, DateTimeOffset? after = null)
    {
        var setup = Setups.GetValue(CalibratedModels.Of(asset.Model, asset.Parameters), model => new(model));
        var next = setup.TickOf(Micros.From(asset.ValidAt));
        for (var upTo = after is { } at ? Math.Min(next, setup.TickOf(Micros.From(at))) : next; ;)
        {
            var stored = await checkpoints.Newest(
                asset.Id, setup.Fingerprint, upTo, asset.Corrections, setup.TickMicros, asset.KnownAt, cancel);
            var estimate = await Read(asset, new(setup, next - 1, stored), stored, cancel);
            // The live one begins anew, too, when it has this much left.
            if (stored is not null && estimate.Ticks * asset.Model.Tick.Ticks > 2 * StoredCheckpoints.Reach * TimeSpan.TicksPerMicrosecond)
                estimate = await Read(asset, new(setup, next - 1, null), null, cancel);
            if (estimate.LateAt is not { } lateAt) return estimate;
            upTo = setup.TickOf(lateAt);
        }
    }

    async Task<PastEstimate> Read(PastAsset asset, PastEstimate estimate, StoredCheckpoint? stored, CancellationToken cancel)
    {
        // Streams begin with the registration.
        var from = Math.Max(estimate.ReadsFrom, Micros.From(asset.RegisteredAt));
        var streams = Streams.TelemetryBetween(asset.Id, Micros.ToTime(from) - Streams.ClocksApart, asset.KnownAtTime.AddDays(1));
        var ranges = streams.Select(s => new VersionRange(s, stored?.Versions.From.GetValueOrDefault(s) ?? 0)).ToList();
        await foreach (var batch in log.Between(ranges, asset.KnownAt, asset.Corrections, cancel))
        {
            estimate.Add(batch);
            if (estimate.IsComplete) break;
        }
        return estimate;
    }

    async Task<NotFoundException> NoneYet(PastAsset asset, CancellationToken cancel)
    {
        await using var command = source.CreateCommand($"select min(at) from {ReadModels.EstimateHistory} where asset_id = $1");
        command.Parameters.Add(new() { Value = asset.Id });
        return new("estimate of", asset.Id, await command.ExecuteScalarAsync(cancel) is DateTime first && first > asset.ValidAt.UtcDateTime
            ? string.Create(CultureInfo.InvariantCulture,
                $"there is none at {asset.ValidAt.UtcDateTime:yyyy-MM-ddTHH:mm:ss.FFFFFFFZ}; "
                    + $"allowed: times from {first:yyyy-MM-ddTHH:mm:ssZ}")
            : string.Create(CultureInfo.InvariantCulture,
                $"{GetEstimate.Begins(asset.Model)}, and up to log position {asset.KnownAt} there are not enough of them"));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The estimate of {AssetId} at {ValidAt} failed; its twin is shown without it")]
    partial void LogFailed(Exception exception, string assetId, DateTimeOffset validAt);
}
