using Npgsql;

namespace Ingest.Recording;

/// <summary>
/// Lets replicas that write the same assets do so one after the other instead of colliding: an advisory lock of PostgreSQL per slot of
/// assets, held around reading what the others appended, and the own append. It saves work only; what keeps the log right is the expected
/// version of each stream.
/// </summary>
sealed class TakeTurns(NpgsqlDataSource source)
{
    // Any number that no other use of advisory locks in this database has.
    const int Class = 0x1A6E57;

    /// <summary>Waits for the turn; it ends when the result is disposed, or with the connection.</summary>
    public async Task<IAsyncDisposable> Take(IEnumerable<int> slots, CancellationToken cancel)
    {
        var connection = await source.OpenConnectionAsync(cancel);
        try
        {
            await using var batch = new NpgsqlBatch(connection);
            batch.BatchCommands.Add(new("begin"));
            // A replica that froze or lost its network would hold the others up until TCP notices.
            batch.BatchCommands.Add(new("set local idle_in_transaction_session_timeout = '10s'"));
            // In ascending order, so that two replicas never wait for each other.
            batch.BatchCommands.Add(new("select pg_advisory_xact_lock($1, slot) from unnest($2) as slot")
            {
                Parameters = { new() { Value = Class }, new() { Value = slots.Distinct().Order().ToArray() } },
            });
            await batch.ExecuteNonQueryAsync(cancel);
            return new Turn(connection);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    // Back in the pool, the connection is reset, which ends the transaction with its locks; said at once, others need not wait for that.
    // What was appended is committed by now, so that nothing may fail here.
    sealed class Turn(NpgsqlConnection connection) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            try
            {
                await using var command = new NpgsqlCommand("rollback", connection) { CommandTimeout = 5 };
                await command.ExecuteNonQueryAsync();
            }
            catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
            {
                // Then the server has ended it, or will when it misses the connection.
            }
            await connection.DisposeAsync();
        }
    }
}
