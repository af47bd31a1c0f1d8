using Contracts.Calibrations;

namespace Contracts.Events;

/// <summary>A calibration was answered. In stream <c>calibration/{asset}</c>. Written by simulation only.</summary>
/// <param name="CalibrationId">The calibration.</param>
/// <param name="AssetId">The asset.</param>
/// <param name="Result">What was found.</param>
/// <param name="ProposedAt">When, by simulation's clock.</param>
public sealed record CalibrationProposed(string CalibrationId, string AssetId, CalibrationResult Result, DateTimeOffset ProposedAt);
