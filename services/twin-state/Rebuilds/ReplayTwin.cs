using ServiceDefaults;
using TwinModel.Telemetry;
using TwinState.Twins;

namespace TwinState.Rebuilds;

/// <summary>Folds a twin again from the whole log, up to the position of the live one, which it can replace.</summary>
sealed class ReplayTwin(LoadTwins loadTwins, LogReader log, TimeProvider time)
{
    /// <param name="live">The live twin, up to date.</param>
    /// <param name="corrections">The corrections with which readings count.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<OwnedTwin> Replay(OwnedTwin live, Corrections corrections, CancellationToken cancel)
    {
        var replayed = DecideRebuild.Begin(live, corrections, (await loadTwins.Events(live.Asset.Id, cancel)).Select(e => e.Data));
        await foreach (var batch in log.WholeHistory(live.Asset, time.GetUtcNow(), cancel))
        {
            if (batch.Position <= live.Position) replayed.Apply(batch);
        }
        TelemetryDays.ForgetClosed(replayed);
        return replayed;
    }
}
