using Contracts.Calibrations;

namespace Contracts.Events;

/// <summary>
/// The parameters of a calibration are those of the asset from now on. In stream <c>calibration/{asset}</c>. Written by simulation only.
/// </summary>
/// <param name="CalibrationId">The calibration.</param>
/// <param name="AssetId">The asset.</param>
/// <param name="Parameters">The identified parameters, and those of the calibration before it that were not learned again.</param>
/// <param name="ReplacedId">The calibration that was in force before; null: the model's own values.</param>
/// <param name="AdoptedBy">Who decided.</param>
/// <param name="Comment">Why; null when not told.</param>
/// <param name="AdoptedAt">When.</param>
public sealed record CalibrationAdopted(
    string CalibrationId, string AssetId, ParameterSet Parameters, string? ReplacedId, string AdoptedBy, string? Comment,
    DateTimeOffset AdoptedAt);
