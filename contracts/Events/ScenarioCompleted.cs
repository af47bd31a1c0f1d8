using Contracts.Scenarios;

namespace Contracts.Events;

/// <summary>
/// A scenario was answered. In stream <c>scenario/{id}</c>. Written by simulation only. The full result is kept for some time outside the
/// log; the same request reproduces it byte for byte.
/// </summary>
/// <param name="ScenarioId">The scenario.</param>
/// <param name="ContentHash">Hash under which the result is stored.</param>
/// <param name="LogPosition">Highest log position that was used.</param>
/// <param name="ModelHash">SHA-256 of the model text.</param>
/// <param name="Kpis">Summary of the answer.</param>
/// <param name="Warnings">Caveats about the result.</param>
/// <param name="WasStored">True when an earlier scenario had the same content and nothing was computed.</param>
/// <param name="RunSeconds">Seconds from the start to the result.</param>
/// <param name="CompletedAt">When, by simulation's clock.</param>
public sealed record ScenarioCompleted(
    string ScenarioId,
    string ContentHash,
    long LogPosition,
    string ModelHash,
    IReadOnlyList<KpiSummary> Kpis,
    IReadOnlyList<string> Warnings,
    bool WasStored,
    double RunSeconds,
    DateTimeOffset CompletedAt);
