using Contracts.Health;

namespace Contracts.Events;

/// <summary>
/// What could be said of a part's remaining life. In stream <c>twin/{asset}</c>. Written by twin-state only; kept to be scored when the
/// part has failed.
/// </summary>
/// <param name="AssetId">The asset.</param>
/// <param name="Component">The part.</param>
/// <param name="Level">Level of the part.</param>
/// <param name="AgeDays">Its age.</param>
/// <param name="Position">Log position of the newest reading folded in.</param>
/// <param name="QuantileDays">Days by which 1, 5, 10, 15 … 95, 99 % have failed; null from where that never happens; empty when nothing can
/// be said.</param>
/// <param name="Models">Where it comes from.</param>
/// <param name="CannotSay">Why nothing can be said yet; null when something can.</param>
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
