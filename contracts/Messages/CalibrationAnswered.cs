using Contracts.Calibrations;
using Contracts.Decisions;

namespace Contracts.Messages;

/// <summary>
/// Answer to <see cref="RequestCalibration"/>, <see cref="AdoptCalibration"/> and <see cref="RollBackCalibration"/>: the calibration
/// afterwards, or why the request was refused.
/// </summary>
/// <param name="Calibration">The calibration; null when refused.</param>
/// <param name="Refusal">Why it was refused; null when it was not.</param>
public sealed record CalibrationAnswered(CalibrationView? Calibration, Refusal? Refusal);
