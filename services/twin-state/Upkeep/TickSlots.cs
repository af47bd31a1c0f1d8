using Contracts.Messages;
using MassTransit;
using ServiceDefaults;

namespace TwinState.Upkeep;

/// <summary>Sends a clock tick to the owner of each slot once a second, on whichever replica it runs.</summary>
sealed partial class TickSlots(IBus bus, TimeProvider time, AssetRegistry registry, ILogger<TickSlots> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken cancel)
    {
        // Slots tick one after the other within the second, so that saving does not delay the news of all assets at once.
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1) / Slots.Count, time);
        var (occupied, changes) = (new HashSet<int>(), 0);
        for (var slot = 0; await timer.WaitForNextTickAsync(cancel); slot = (slot + 1) % Slots.Count)
        {
            if (changes != registry.Changes)
                (changes, occupied) = (registry.Changes, [.. registry.All.Select(a => Slots.Of(a.Id))]);
            if (!occupied.Contains(slot)) continue;
            try
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                limit.CancelAfter(TimeSpan.FromSeconds(2));
                await bus.SendToSlot(slot, new SlotTicked(slot, time.GetUtcNow()), limit.Token, timeToLive: TimeSpan.FromSeconds(3));
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
