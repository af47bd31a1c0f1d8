using Contracts.Events;

namespace Contracts.Messages;

/// <summary>
/// Command: record that values were wrong. Sent by query, handled by one ingest; ends in the event <c>readings_corrected</c>, or is refused
/// if one of the readings does not exist. Idempotent by its id.
/// </summary>
/// <param name="AssetId">The asset.</param>
/// <param name="Correction">What to record.</param>
public sealed record CorrectReadings(string AssetId, ReadingsCorrected Correction);

/// <summary>
/// Command: retract readings. Sent by query, handled by one ingest, which counts them; ends in the event <c>readings_retracted</c>, or is
/// refused if there are none. Idempotent by its id.
/// </summary>
/// <param name="AssetId">The asset.</param>
/// <param name="Retraction">What to record.</param>
public sealed record RetractReadings(string AssetId, ReadingsRetracted Retraction);

/// <summary>
/// Command: withdraw a correction. Sent by query, handled by one ingest; ends in the event <c>correction_withdrawn</c>. Idempotent.
/// </summary>
/// <param name="AssetId">The asset.</param>
/// <param name="Withdrawal">What to record.</param>
public sealed record WithdrawCorrection(string AssetId, CorrectionWithdrawn Withdrawal);
