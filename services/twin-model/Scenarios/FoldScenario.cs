using Contracts.Events;
using Contracts.Scenarios;

namespace TwinModel.Scenarios;

/// <summary>Folds a scenario from its events. Pure.</summary>
public static class FoldScenario
{
    /// <summary>State of a scenario that waits.</summary>
    public const string Requested = "requested";

    /// <summary>State of a scenario at work.</summary>
    public const string Running = "running";

    /// <summary>State of a scenario with an answer.</summary>
    public const string Completed = "completed";

    /// <summary>State of a scenario that has none.</summary>
    public const string Failed = "failed";

    /// <summary>State of a scenario that nobody wants any more.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>True if the scenario will not change any more.</summary>
    public static bool IsFinal(this ScenarioView scenario) => scenario.State is Completed or Failed or Cancelled;

    /// <summary>The scenario after one more event of its stream.</summary>
    /// <exception cref="InvalidOperationException">The stream does not begin with the request.</exception>
    public static ScenarioView Apply(ScenarioView? scenario, object e) => (e, scenario) switch
    {
        (ScenarioRequested r, _) => new(
            r.ScenarioId, r.AssetId, r.Name, r.ModelId, r.ModelHash, r.Definition, Requested, 0, 1, r.RequestedAt, null, null, null, null,
            false, null, null, [], []),
        (_, null) => throw new InvalidOperationException($"A scenario's stream begins with {e.GetType().Name}."),
        _ => Next(scenario, e) with { Version = scenario.Version + 1 },
    };

    static ScenarioView Next(ScenarioView scenario, object e) => e switch
    {
        ScenarioStarted s => scenario with { State = Running, StartedAt = s.StartedAt, ContentHash = s.ContentHash },
        ScenarioProgressed p => scenario with { Progress = p.Progress },
        ScenarioCompleted c => scenario with
        {
            State = Completed,
            Progress = 1,
            FinishedAt = c.CompletedAt,
            RunSeconds = c.RunSeconds,
            ContentHash = c.ContentHash,
            WasStored = c.WasStored,
            Kpis = c.Kpis,
            Warnings = c.Warnings,
        },
        ScenarioFailed f => scenario with { State = Failed, FinishedAt = f.FailedAt, Cause = f.Cause, Reason = f.Reason },
        ScenarioCancelled c => scenario with { State = Cancelled, Progress = c.Progress, FinishedAt = c.CancelledAt },
        _ => scenario,
    };
}
