using Npgsql;

namespace ServiceDefaults;

/// <summary>
/// The highest log position below which no event can still appear. Positions are taken from a sequence before their transactions commit, so
/// an event may become visible below one that is already visible; a reader that continues from the highest visible one would miss it for
/// good.
/// </summary>
/// <remarks>
/// Any position up to the sequence's last value belongs to a transaction that had begun when the value was read. Each appending transaction
/// reads or writes <c>mt_streams</c> before it takes a position, and holds that table lock until it ends. So: read the last value, then
/// list the holders of such a lock; once all of them have ended, the value is safe. Backups hold the lock for hours without writing and are
/// ignored.
/// </remarks>
sealed class SafePosition(NpgsqlDataSource source)
{
    static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(5);
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The highest position that was taken.</summary>
    public const string LastValue = "select case when is_called then last_value else 0 end from events.mt_events_sequence";
    const string Appending = """
        select distinct l.virtualtransaction from pg_locks l join pg_stat_activity a on a.pid = l.pid
        where l.relation = 'events.mt_streams'::regclass and l.database = (select oid from pg_database where datname = current_database())
          and l.pid <> pg_backend_pid() and a.application_name not in ('pg_dump', 'pg_restore')
        """;

    readonly SemaphoreSlim gate = new(1);
    (long LastValue, HashSet<string> Open)? barrier;
    long? safe;

    /// <summary>Never decreases. While a transaction stays open, returns the position that was safe before it.</summary>
    /// <exception cref="UnavailableException">No position is known yet: a transaction has been open since this process started.</exception>
    public async Task<long> Read(CancellationToken cancel)
    {
        await gate.WaitAsync(cancel);
        try
        {
            // The caller expects everything committed before its call; a barrier left by an earlier call is too old.
            var asked = barrier is null;
            for (var waited = TimeSpan.Zero; ; waited += LookAgain)
            {
                var (last, open) = await Look(cancel);
                if (barrier is { } known)
                {
                    known.Open.IntersectWith(open);
                    if (known.Open.Count == 0)
                    {
                        safe = known.LastValue;
                        barrier = null;
                        if (asked) return safe.Value;
                    }
                }
                if (barrier is null)
                {
                    asked = true;
                    if (open.Count == 0) return (safe = last).Value;
                    barrier = (last, open);
                }
                if (waited >= Patience)
                    return safe ?? throw new UnavailableException(
                        "A transaction on the event log was open before this service started and has not ended yet.");
                await Task.Delay(LookAgain, cancel);
            }
        }
        finally
        {
            gate.Release();
        }
    }

    async Task<(long LastValue, HashSet<string> Open)> Look(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        // In this order: a transaction that took a position before the value was read and is missing from the list has ended.
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new(LastValue), new(Appending) } };
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        var last = reader.GetInt64(0);
        await reader.NextResultAsync(cancel);
        HashSet<string> open = [];
        while (await reader.ReadAsync(cancel)) open.Add(reader.GetString(0));
        return (last, open);
    }
}
