namespace Contracts.Scenarios;

/// <summary>A scenario and where it is in its life, as APIs show it.</summary>
/// <param name="Id">UUID version 7.</param>
/// <param name="AssetId">The asset.</param>
/// <param name="Name">For people, or null.</param>
/// <param name="ModelId">The asset's model.</param>
/// <param name="ModelHash">SHA-256 of the model's text.</param>
/// <param name="Definition">All of the question.</param>
/// <param name="State">requested, running, completed, failed or cancelled; the last three are final.</param>
/// <param name="Progress">0 to 1.</param>
/// <param name="Version">Version of the stream <c>scenario/{id}</c>; 0 before simulation has taken the request.</param>
/// <param name="RequestedAt">When it was asked.</param>
/// <param name="StartedAt">Null before.</param>
/// <param name="FinishedAt">Null before a final state.</param>
/// <param name="RunSeconds">From the start to the result; null without a result.</param>
/// <param name="ContentHash">SHA-256 over definition, model and recorded inputs; null before the start.</param>
/// <param name="WasStored">An earlier scenario had the same content: nothing was computed.</param>
/// <param name="Cause">Of a failure: invalid, solver, time-limit or internal; else null.</param>
/// <param name="Reason">Of a failure, for people; else null.</param>
/// <param name="Kpis">The answer in short; empty without a result.</param>
/// <param name="Warnings">What the reader must know about the result.</param>
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

/// <summary>A signal at the end of the run in five numbers.</summary>
/// <param name="Id">Signal id of the asset model.</param>
/// <param name="Unit">Of all numbers; the difference of temperatures in K.</param>
/// <param name="Baseline">Median without the interventions.</param>
/// <param name="Scenario">Median with them.</param>
/// <param name="DifferenceP5">5 % of the differences, member by member, are smaller.</param>
/// <param name="DifferenceP50">Median of the differences.</param>
/// <param name="DifferenceP95">95 % of them are smaller.</param>
public sealed record KpiSummary(
    string Id, string Unit, double Baseline, double Scenario, double DifferenceP5, double DifferenceP50, double DifferenceP95);
