using Contracts.Events;
using TwinModel.Twins;

namespace TwinState.Alarms;

/// <summary>Decides whether an alarm becomes acknowledged. Pure.</summary>
static class DecideAcknowledgement
{
    /// <summary>The event; null if the alarm is not open or is acknowledged already, e.g. when the command comes again.</summary>
    public static AlarmAcknowledged? Of(AlarmBook alarms, Contracts.Messages.AcknowledgeAlarm command, DateTimeOffset now) =>
        alarms.Open.TryGetValue(command.AlarmId, out var alarm) && alarm.AcknowledgedAt is null
            ? new(command.AlarmId, command.AcknowledgedBy, command.Comment, now)
            : null;
}
