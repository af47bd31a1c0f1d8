namespace Contracts.Messages;

/// <summary>Command: acknowledge an alarm. Sent by query, handled by the twin's owner in twin-state. Idempotent.</summary>
/// <param name="AssetId">The asset.</param>
/// <param name="AlarmId">The alarm.</param>
/// <param name="AcknowledgedBy">Who acknowledges it.</param>
/// <param name="Comment">Free text, at most 1000 characters, or null.</param>
public sealed record AcknowledgeAlarm(string AssetId, string AlarmId, string AcknowledgedBy, string? Comment);
