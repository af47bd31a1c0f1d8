namespace Contracts.Events;

/// <summary>
/// A part failed: its life is over, and the predictions about it can be scored. In stream <c>twin/{asset}</c>. Written by twin-state
/// only.
/// </summary>
/// <param name="AssetId">The asset.</param>
/// <param name="Component">The part.</param>
/// <param name="RecordedBy">Who recorded it.</param>
/// <param name="Comment">Free text, or null.</param>
/// <param name="FailedAt">When it failed.</param>
public sealed record FailureOccurred(string AssetId, string Component, string RecordedBy, string? Comment, DateTimeOffset FailedAt);
