using Contracts.Messages;
using MassTransit;
using ServiceDefaults;

namespace TwinState.Twins;

/// <summary>Sends the clock to the owners of all slots, wherever they are.</summary>
sealed partial class TickSlots(IBus bus, TimeProvider time, AssetRegistry registry, ILogger<TickSlots> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            var now = time.GetUtcNow();
            try
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                limit.CancelAfter(TimeSpan.FromSeconds(2));
                foreach (var slot in registry.All.Select(a => Slots.Of(a.Id)).Distinct())
                    await bus.SendToSlot(slot, new SlotTicked(slot, now), limit.Token, timeToLive: TimeSpan.FromSeconds(3));
            }
            catch (Exception e) when (!cancel.IsCancellationRequested)
            {
                LogNoTick(e.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Slots could not be ticked: {Reason}")]
    partial void LogNoTick(string reason);
}
