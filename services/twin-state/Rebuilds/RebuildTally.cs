using Contracts.Events;
using TwinState.Twins;

namespace TwinState.Rebuilds;

/// <summary>What a rebuild of several twins has come to. Pure; several may add to it at the same time.</summary>
/// <param name="rebuildId">The rebuild.</param>
/// <param name="begunAt">When this replica began to carry it out.</param>
sealed class RebuildTally(string rebuildId, DateTimeOffset begunAt)
{
    const int MostProblems = 1000;

    const string Different = "different", Failed = "failed";

    static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(1);

    // A rebuild of hours leaves a few hundred reports in the log.
    const int ReportsPerDuration = 50;

    readonly Lock gate = new();
    readonly SortedDictionary<string, RebuildProblem?> outcomes = new(StringComparer.Ordinal);
    DateTimeOffset? reportedAt;

    /// <summary>True if the twin was rebuilt, or could not be.</summary>
    public bool Has(string assetId)
    {
        lock (gate) return outcomes.ContainsKey(assetId);
    }

    /// <summary>A twin was rebuilt.</summary>
    public void Add(string assetId, RebuildOutcome outcome) => Set(
        assetId, (outcome.LiveHash == outcome.RebuiltHash, outcome.HealthDiffers) switch
        {
            (true, false) => null,
            (true, true) => new(assetId, Different, "the condition of its parts"),
            _ => new(assetId, Different, $"{outcome.LiveHash} live, {outcome.RebuiltHash} rebuilt"),
        });

    /// <summary>A twin could not be rebuilt.</summary>
    public void AddFailure(string assetId, string reason) => Set(assetId, new(assetId, Failed, reason));

    /// <summary>A report, if one is due.</summary>
    public RebuildProgressed? ProgressIfDue(DateTimeOffset now)
    {
        lock (gate)
        {
            var pause = (now - begunAt) / ReportsPerDuration;
            if (now - (reportedAt ?? begunAt) < (pause > ReportEvery ? pause : ReportEvery)) return null;
            reportedAt = now;
            return new(rebuildId, Count(null), Count(Different), Count(Failed), now);
        }
    }

    /// <summary>The outcome.</summary>
    public RebuildFinished Finish(DateTimeOffset now)
    {
        lock (gate)
            return new(
                rebuildId, Count(null), Count(Different), Count(Failed),
                [.. outcomes.Values.OfType<RebuildProblem>().Take(MostProblems)], now);
    }

    void Set(string assetId, RebuildProblem? problem)
    {
        lock (gate) outcomes[assetId] = problem;
    }

    int Count(string? outcome) => outcomes.Values.Count(p => p?.Outcome == outcome);
}
