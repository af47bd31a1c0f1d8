namespace Contracts.Events;

/// <summary>
/// A part has failed: its life is over, and what was predicted of it can be scored. In stream <c>twin/{asset}</c>. Written by twin-state
/// only.
/// </summary>
/// <param name="AssetId">The asset.</param>
/// <param name="Component">The part.</param>
/// <param name="RecordedBy">Who says so.</param>
/// <param name="Comment">Free text, or null.</param>
/// <param name="FailedAt">When.</param>
public sealed record FailureOccurred(string AssetId, string Component, string RecordedBy, string? Comment, DateTimeOffset FailedAt);
