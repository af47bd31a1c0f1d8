using Contracts.Calibrations;

namespace Contracts.Events;

/// <summary>
/// The asset has the parameters again that it had before a calibration was adopted. In stream <c>calibration/{asset}</c>. Written by
/// simulation only.
/// </summary>
/// <param name="CalibrationId">The calibration that was in force.</param>
/// <param name="AssetId">The asset.</param>
/// <param name="RestoredId">The calibration that is in force again; null: the model's own values.</param>
/// <param name="Parameters">Its parameters; null: the model's own values.</param>
/// <param name="RolledBackBy">Who decided.</param>
/// <param name="Comment">Why; null when not told.</param>
/// <param name="RolledBackAt">When.</param>
public sealed record CalibrationRolledBack(
    string CalibrationId, string AssetId, string? RestoredId, ParameterSet? Parameters, string RolledBackBy, string? Comment,
    DateTimeOffset RolledBackAt);
