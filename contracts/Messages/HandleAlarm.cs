namespace Contracts.Messages;

/// <summary>Command: shelve an open alarm, take it off the shelf, comment it or make it somebody's work. Sent by query, handled by the
/// twin's owner in twin-state. Idempotent.</summary>
/// <param name="AssetId">The asset.</param>
/// <param name="AlarmId">The alarm.</param>
/// <param name="Action">shelve, unshelve, comment or assign.</param>
/// <param name="By">Who does it.</param>
/// <param name="Text">The reason of shelve, the text of comment; otherwise null.</param>
/// <param name="Until">End of shelve; otherwise null.</param>
/// <param name="AssignedTo">Of assign: whose work it is, null for nobody's.</param>
public sealed record HandleAlarm(
    string AssetId, string AlarmId, string Action, string By, string? Text, DateTimeOffset? Until, string? AssignedTo);
