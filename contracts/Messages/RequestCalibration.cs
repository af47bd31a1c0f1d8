using Contracts.Calibrations;

namespace Contracts.Messages;

/// <summary>
/// Request: learn parameters from a part of the history. Sent by query; simulation answers with <see cref="CalibrationAnswered"/> when it
/// has been recorded, and works on it afterwards. Idempotent.
/// </summary>
/// <param name="CalibrationId">UUID version 7.</param>
/// <param name="ModelId">The asset's model.</param>
/// <param name="ModelHash">SHA-256 of the model text.</param>
/// <param name="Definition">The full question.</param>
/// <param name="RequestedBy">Who asks.</param>
/// <param name="RequestedAt">When.</param>
public sealed record RequestCalibration(
    string CalibrationId, string ModelId, string ModelHash, CalibrationDefinition Definition, string RequestedBy,
    DateTimeOffset RequestedAt);
