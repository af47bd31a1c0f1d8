using Contracts.Messages;
using MassTransit;
using ServiceDefaults;

namespace Query;

/// <summary>Tells simulation about a part's new maintenance record, so that decisions about it get their outcome at once.</summary>
sealed class Outcomes(IBus bus)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Best effort: simulation also looks for outcomes periodically.</summary>
    public async Task Observe(string assetId, string component, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Patience);
        try
        {
            await bus.SendTo(QueueNames.Decisions, new ObserveOutcomes(assetId, component), limit.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // The broker is unreachable.
        }
    }
}
