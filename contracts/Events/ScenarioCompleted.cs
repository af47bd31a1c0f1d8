using Contracts.Scenarios;

namespace Contracts.Events;

/// <summary>
/// The question is answered. In stream <c>scenario/{id}</c>. Written by simulation only. The whole result is kept for some time beside the
/// log; the same request brings it back to the byte.
/// </summary>
/// <param name="ScenarioId">The scenario.</param>
/// <param name="ContentHash">The result is kept under this hash.</param>
/// <param name="LogPosition">Nothing recorded later was used.</param>
/// <param name="ModelHash">SHA-256 of the model's text.</param>
/// <param name="Kpis">The answer in short.</param>
/// <param name="Warnings">What the reader must know about the result.</param>
/// <param name="WasStored">An earlier scenario had the same content: nothing was computed.</param>
/// <param name="RunSeconds">From the start to the result.</param>
/// <param name="CompletedAt">Simulation's clock.</param>
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
