using ServiceDefaults;
using TwinModel.Telemetry;
using TwinModel.Twins;

namespace TwinState.Twins;

/// <summary>Folds again, from the whole log, the limits of sensors whose late readings may have changed them.</summary>
sealed class RederiveLimits(LogReader log, TimeProvider time)
{
    /// <param name="owner">Owns the twin.</param>
    /// <param name="twin">The twin that is in memory, or the one that will replace it.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task Rederive(TwinOwner owner, OwnedTwin twin, CancellationToken cancel)
    {
        if (twin.MustRederive.Count == 0) return;
        await owner.AllOrForget(async () => await owner.Conclude(twin, await Rederive(twin, cancel), cancel));
    }

    /// <summary>The same in memory only; returns what changed.</summary>
    public async Task<IReadOnlyList<LimitTransition>> Rederive(OwnedTwin twin, CancellationToken cancel)
    {
        List<LimitTransition> transitions = [];
        foreach (var sensor in twin.MustRederive) transitions.AddRange(twin.Rederive(sensor, await History(twin, sensor, cancel)));
        twin.MustRederive.Clear();
        return transitions;
    }

    /// <summary>All readings of a sensor, as they count, in sample-time order.</summary>
    public async Task<List<Reading>> History(OwnedTwin twin, ushort sensor, CancellationToken cancel)
    {
        List<Reading> history = [];
        await foreach (var batch in log.WholeHistory(twin.Asset, time.GetUtcNow(), cancel))
            TelemetryCodec.Decode(batch.Batch, history, sensor);
        twin.Corrections.Apply(history);
        history.Sort((a, b) => a.SampledAt.CompareTo(b.SampledAt));
        return history;
    }
}
