namespace Contracts.Events;

/// <summary>A calibration could not be answered. In stream <c>calibration/{asset}</c>. Written by simulation only.</summary>
/// <param name="CalibrationId">The calibration.</param>
/// <param name="AssetId">The asset.</param>
/// <param name="Cause">Stable code: <c>invalid</c>, <c>solver</c> or <c>internal</c>.</param>
/// <param name="Reason">Human-readable reason.</param>
/// <param name="FailedAt">When, by simulation's clock.</param>
public sealed record CalibrationFailed(string CalibrationId, string AssetId, string Cause, string Reason, DateTimeOffset FailedAt);
