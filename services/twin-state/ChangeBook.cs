using JasperFx.Events;
using Marten;
using ServiceDefaults;

namespace TwinState;

/// <summary>
/// Appends what is decided about something whose rules concern all of it. It is in one stream, so its expected version makes the rules
/// exact however many decide at the same time.
/// </summary>
/// <param name="book">The stream.</param>
/// <param name="stream">Its name.</param>
/// <param name="store">The log.</param>
/// <param name="time">The clock of what is recorded.</param>
sealed class ChangeBook<T>(FollowedStream<T> book, string stream, IDocumentStore store, TimeProvider time)
    where T : class
{
    const int MostAttempts = 5;

    // In this process one decides after the other: they would only be in each other's way.
    readonly SemaphoreSlim deciding = new(1);

    /// <summary>Why a rule forbids it, or null, and the log position of the newest event that was appended, or 0.</summary>
    /// <param name="decide">Decides on the newest state, at the present time in whole microseconds. Pure.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<(string? Refusal, long Position)> Run(
        Func<T, DateTimeOffset, (IReadOnlyList<object> Events, string? Refusal)> decide, Caller caller, CancellationToken cancel)
    {
        await deciding.WaitAsync(cancel);
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    return await Append(decide, caller, cancel);
                }
                catch (Exception e) when (attempt < MostAttempts && StoreFaults.IsConflict(e))
                {
                    // Another replica was first: decide again.
                }
            }
        }
        finally
        {
            deciding.Release();
        }
    }

    async Task<(string? Refusal, long Position)> Append(
        Func<T, DateTimeOffset, (IReadOnlyList<object> Events, string? Refusal)> decide, Caller caller, CancellationToken cancel)
    {
        var (state, version) = await book.Refresh(cancel);
        var now = time.GetUtcNow();
        var (events, refusal) = decide(state, now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond)));
        if (events.Count == 0) return (refusal, 0);
        await using var session = store.LightweightSession();
        session.Stamp(caller);
        List<IEvent> built = [.. events.Select(session.Events.BuildEvent)];
        session.Events.Append(stream, version + built.Count, [.. built.Cast<object>()]);
        await session.SaveChangesAsync(cancel);
        return (null, built.Max(e => e.Sequence));
    }
}
