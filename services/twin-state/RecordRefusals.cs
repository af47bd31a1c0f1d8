using Contracts.Events;
using Marten;
using MassTransit;
using ServiceDefaults;
using TwinModel.Assets;

namespace TwinState;

/// <summary>
/// Records why a command was refused for whose outcome nobody waits any more: its sender was answered 202 and would never know.
/// </summary>
sealed class RecordRefusals(IDocumentStore store, TimeProvider time)
{
    const int MostAttempts = 5;

    // query waits for 5 s; an answer that comes just in time may be recorded as well.
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>Records the refusal of the message that is being consumed.</summary>
    /// <param name="context">The message.</param>
    /// <param name="assetId">The asset that it is about; null: none.</param>
    /// <param name="command">Name of the command.</param>
    /// <param name="refusal">Why it was refused; null: it was not.</param>
    public async Task IfLate(ConsumeContext context, string? assetId, string command, string? refusal)
    {
        var now = time.GetUtcNow();
        if (refusal is null || context.SentTime is not { } sent || !IsLate(sent, now)) return;
        CommandRefused refused = new(assetId ?? AssetId.Reserved, command, refusal, sent, now);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var session = store.LightweightSession();
                session.Stamp(context.SentBy());
                session.Events.Append(Streams.Refused(refused.AssetId), refused);
                await session.SaveChangesAsync(context.CancellationToken);
                return;
            }
            catch (Exception e) when (attempt < MostAttempts && StoreFaults.IsConflict(e))
            {
                // Another command about the asset was refused at the same time.
            }
        }
    }

    /// <summary>Whether nobody waits any more for what was sent at a time.</summary>
    internal static bool IsLate(DateTimeOffset sentAt, DateTimeOffset now) => now - sentAt > Patience;
}
