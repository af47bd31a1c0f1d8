using Contracts.Calibrations;

namespace Contracts.Events;

/// <summary>A calibration was asked for. In stream <c>calibration/{asset}</c>. Written by simulation only.</summary>
/// <param name="CalibrationId">UUID version 7.</param>
/// <param name="AssetId">The asset.</param>
/// <param name="ModelId">The asset's model.</param>
/// <param name="ModelHash">SHA-256 of the model text.</param>
/// <param name="Definition">The full question.</param>
/// <param name="RequestedBy">Who asked.</param>
/// <param name="RequestedAt">When.</param>
public sealed record CalibrationRequested(
    string CalibrationId, string AssetId, string ModelId, string ModelHash, CalibrationDefinition Definition, string RequestedBy,
    DateTimeOffset RequestedAt);
