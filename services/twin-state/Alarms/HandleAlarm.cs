using ServiceDefaults;
using TwinState.Twins;

namespace TwinState.Alarms;

/// <summary>Shelves, comments and assigns open alarms.</summary>
sealed class HandleAlarm(TimeProvider time)
{
    public async Task Handle(TwinOwner owner, Contracts.Messages.HandleAlarm command, Caller caller, CancellationToken cancel)
    {
        var twin = await owner.Load(cancel);
        if (DecideHandling.Of(twin.Alarms, command, time.GetUtcNow()) is { } happened)
            await owner.Append(twin, [happened], cancel, caller);
    }
}
