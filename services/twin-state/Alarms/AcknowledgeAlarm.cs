using ServiceDefaults;
using TwinState.Twins;

namespace TwinState.Alarms;

/// <summary>Acknowledges an open alarm.</summary>
sealed class AcknowledgeAlarm(TimeProvider time)
{
    public async Task Acknowledge(
        TwinOwner owner, Contracts.Messages.AcknowledgeAlarm command, Caller caller, CancellationToken cancel)
    {
        var twin = await owner.Load(cancel);
        if (DecideAcknowledgement.Of(twin.Alarms, command, time.GetUtcNow()) is { } acknowledged)
            await owner.Append(twin, [acknowledged], cancel, caller);
    }
}
