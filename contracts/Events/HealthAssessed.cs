using Contracts.Health;

namespace Contracts.Events;

/// <summary>
/// An assessment of a part's remaining life. In stream <c>twin/{asset}</c>. Written by twin-state only; kept so that it can be scored once
/// the part has failed.
/// </summary>
/// <param name="AssetId">The asset.</param>
/// <param name="Component">The part.</param>
/// <param name="Level">Condition level of the part.</param>
/// <param name="AgeDays">Age of the part, days.</param>
/// <param name="Position">Log position of the newest reading taken into account.</param>
/// <param name="QuantileDays">Days by which 1, 5, 10, 15 … 95, 99 % of such parts will have failed; null from the point where that never
/// happens; empty when no assessment is possible.</param>
/// <param name="Models">The models behind the assessment, with weights.</param>
/// <param name="CannotSay">Why no assessment is possible yet; null when there is one.</param>
/// <param name="AssessedAt">Sample time: end of the newest window.</param>
public sealed record HealthAssessed(
    string AssetId,
    string Component,
    string Level,
    double AgeDays,
    long Position,
    IReadOnlyList<double?> QuantileDays,
    IReadOnlyList<ModelShare> Models,
    string? CannotSay,
    DateTimeOffset AssessedAt);
