namespace Contracts.Events;

/// <summary>A part was replaced: a new life begins. In stream <c>twin/{asset}</c>. Written by twin-state only.</summary>
/// <param name="AssetId">The asset.</param>
/// <param name="Component">The part.</param>
/// <param name="RecordedBy">Who recorded it.</param>
/// <param name="Comment">Free text, or null.</param>
/// <param name="ReplacedAt">When it was replaced.</param>
public sealed record ComponentReplaced(string AssetId, string Component, string RecordedBy, string? Comment, DateTimeOffset ReplacedAt);
