using Contracts.Events;
using Contracts.Messages;
using ServiceDefaults;
using TwinModel.Twins;

namespace TwinState.Alarms;

/// <summary>Decides what follows from a command about an open alarm. Pure.</summary>
static class DecideHandling
{
    // Every view of the twin carries them.
    const int MostComments = 20;

    /// <summary>The event; null if nothing would change, e.g. when the command comes again.</summary>
    /// <exception cref="RuleViolationException">The alarm is not open, or has too many comments.</exception>
    public static object? Of(AlarmBook alarms, Contracts.Messages.HandleAlarm command, DateTimeOffset now)
    {
        if (!alarms.Open.TryGetValue(command.AlarmId, out var alarm))
            throw new RuleViolationException(
                $"Alarm '{command.AlarmId}' is closed; only open alarms can be shelved, commented or assigned.");
        switch (command.Action)
        {
            case "shelve" when alarm.Shelf?.Until != command.Until || alarm.Shelf?.Reason != command.Text:
                return new AlarmShelved(alarm.Id, alarm.LimitId, command.By, command.Text!, command.Until!.Value, now);
            case "unshelve" when alarm.Shelf is not null:
                return new AlarmUnshelved(alarm.Id, alarm.LimitId, command.By, now);
            case "assign" when alarm.AssignedTo != command.AssignedTo:
                return new AlarmAssigned(alarm.Id, command.AssignedTo, command.By, now);
            case "comment" when Has(alarm, command) is false:
                return alarm.Comments?.Count >= MostComments
                    ? throw new RuleViolationException($"Alarm '{alarm.Id}' has {MostComments} comments already, which is the most.")
                    : new AlarmCommented(alarm.Id, command.By, command.Text!, now);
            default:
                return null;
        }
    }

    static bool Has(AlarmView alarm, Contracts.Messages.HandleAlarm command) =>
        alarm.Comments?.Any(c => c.By == command.By && c.Text == command.Text) == true;
}
