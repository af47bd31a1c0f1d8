namespace Contracts.Messages;

/// <summary>
/// Request: give an asset the parameters that it had before the calibration in force. Sent by query, answered by one simulation with
/// <see cref="CalibrationAnswered"/>. Idempotent.
/// </summary>
/// <param name="AssetId">The asset.</param>
/// <param name="CalibrationId">The calibration.</param>
/// <param name="By">Who decides.</param>
/// <param name="Comment">Why, or null.</param>
public sealed record RollBackCalibration(string AssetId, string CalibrationId, string By, string? Comment);
