using ServiceDefaults;
using TwinModel.Telemetry;
using TwinState.Twins;

namespace TwinState.Rebuilds;

/// <summary>Folds a twin again from the log, beside the live one, which it can replace.</summary>
sealed class ReplayTwin(LoadTwins loadTwins, LogReader log, TimeProvider time)
{
    /// <summary>The whole history, up to the position of the live twin.</summary>
    /// <param name="live">The live twin, up to date.</param>
    /// <param name="corrections">The corrections with which readings count.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<OwnedTwin> Replay(OwnedTwin live, Corrections corrections, CancellationToken cancel)
    {
        var replayed = await Begin(live, corrections, cancel);
        await ReadOn(replayed, live.Position, cancel);
        return replayed;
    }

    /// <summary>A twin without readings, with the events about it.</summary>
    public async Task<OwnedTwin> Begin(OwnedTwin live, Corrections corrections, CancellationToken cancel) =>
        DecideRebuild.Begin(live, corrections, (await loadTwins.Events(live.Asset.Id, cancel)).Select(e => e.Data));

    /// <summary>Folds in what it lacks, up to a log position.</summary>
    public async Task ReadOn(OwnedTwin replayed, long upTo, CancellationToken cancel)
    {
        foreach (var day in TelemetryDays.Open(replayed, time.GetUtcNow()))
        {
            await foreach (var batch in log.After(day, replayed.Versions.GetValueOrDefault(day), cancel))
            {
                if (batch.Position <= upTo) replayed.Apply(batch);
            }
        }
        TelemetryDays.ForgetClosed(replayed);
    }
}
