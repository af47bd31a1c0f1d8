using Microsoft.Extensions.Options;
using ServiceDefaults;
using TwinState.Twins;

namespace TwinState.Checks;

/// <summary>
/// Compares the twins of this replica with the log, one after the other, while they live: the same versions of the streams, folded again,
/// must give the same hash. The twin itself is asked only for what it includes; the rest is done beside it.
/// </summary>
sealed partial class CheckTwins(
    ActiveTwins active, IGrainFactory grains, AssetRegistry registry, ReplayClaim replay, TimeProvider time,
    IOptions<TwinStateSettings> settings, ILogger<CheckTwins> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken cancel)
    {
        Measures.BeginAtZero();
        if (settings.Value.CheckEverySeconds == 0) return;
        var asset = "";
        while (!cancel.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromSeconds(settings.Value.CheckEverySeconds), time, cancel);
            if (DecideCheck.Next(active.Assets, asset) is not { } next) continue;
            asset = next;
            try
            {
                await Check(asset, cancel);
            }
            catch (Exception e) when (!cancel.IsCancellationRequested)
            {
                LogNotChecked(asset, StoreFaults.Reason(e));
            }
        }
    }

    async Task Check(string assetId, CancellationToken cancel)
    {
        // The claim is of one moment, the replay takes longer: a twin with another model is another twin.
        if (await grains.GetGrain<ITwinGrain>(assetId).Claim() is not { } claim || registry.Find(assetId) is not { } asset
            || asset.Model.Hash != claim.ModelHash) return;
        if (await replay.Hash(asset, claim, cancel) is not { } replayed)
        {
            LogTooLarge(assetId, claim.Readings);
            return;
        }
        Measures.Checks.Add(1, new KeyValuePair<string, object?>("equal", replayed == claim.Hash));
        if (replayed != claim.Hash) LogDiffers(assetId, claim.Position, claim.Hash, replayed);
    }

    [LoggerMessage(Level = LogLevel.Error,
        Message = "The twin of {AssetId} at position {Position} is not what the log gives: {LiveHash} live, {ReplayedHash} folded again")]
    partial void LogDiffers(string assetId, long position, string liveHash, string replayedHash);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The twin of {AssetId} has too many readings ({Readings}) to be folded again here")]
    partial void LogTooLarge(string assetId, long readings);

    [LoggerMessage(Level = LogLevel.Information, Message = "The twin of {AssetId} could not be compared with the log: {Reason}")]
    partial void LogNotChecked(string assetId, string reason);
}
