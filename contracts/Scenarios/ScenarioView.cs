namespace Contracts.Scenarios;

/// <summary>A scenario and its current state, as the APIs show it.</summary>
/// <param name="Id">UUID version 7.</param>
/// <param name="AssetId">The asset.</param>
/// <param name="Name">Display name, or null.</param>
/// <param name="ModelId">The asset's model.</param>
/// <param name="ModelHash">SHA-256 of the model text.</param>
/// <param name="Definition">The full question.</param>
/// <param name="State">requested, running, completed, failed or cancelled; the last three are final.</param>
/// <param name="Progress">0 to 1.</param>
/// <param name="Version">Version of the stream <c>scenario/{id}</c>; 0 before simulation has accepted the request.</param>
/// <param name="RequestedAt">When it was requested.</param>
/// <param name="StartedAt">When work on it began; null until then.</param>
/// <param name="FinishedAt">When it reached a final state; null until then.</param>
/// <param name="RunSeconds">Seconds from the start to the result; null without a result.</param>
/// <param name="ContentHash">SHA-256 over definition, model, recorded inputs and estimate; null before the start.</param>
/// <param name="WasStored">True when an earlier scenario had the same content and nothing was computed.</param>
/// <param name="Cause">Cause of a failure: invalid, solver, time-limit or internal; otherwise null.</param>
/// <param name="Reason">Human-readable reason of a failure; otherwise null.</param>
/// <param name="Kpis">Summary of the answer; empty without a result.</param>
/// <param name="Warnings">Caveats about the result.</param>
public sealed record ScenarioView(
    string Id,
    string AssetId,
    string? Name,
    string ModelId,
    string ModelHash,
    ScenarioDefinition Definition,
    string State,
    double Progress,
    long Version,
    DateTimeOffset RequestedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    double? RunSeconds,
    string? ContentHash,
    bool WasStored,
    string? Cause,
    string? Reason,
    IReadOnlyList<KpiSummary> Kpis,
    IReadOnlyList<string> Warnings);

/// <summary>Five-number summary of a signal at the end of the run.</summary>
/// <param name="Id">Signal id of the asset model.</param>
/// <param name="Unit">Unit of all numbers; temperature differences are in K.</param>
/// <param name="Baseline">Median without the interventions.</param>
/// <param name="Scenario">Median with the interventions.</param>
/// <param name="DifferenceP5">5 % quantile of the differences, member by member.</param>
/// <param name="DifferenceP50">Median of the differences.</param>
/// <param name="DifferenceP95">95 % quantile of the differences.</param>
public sealed record KpiSummary(
    string Id, string Unit, double Baseline, double Scenario, double DifferenceP5, double DifferenceP50, double DifferenceP95);
