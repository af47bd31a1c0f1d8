using Npgsql;

namespace Ingest.Recording;

/// <summary>
/// Makes replicas that write the same assets take turns instead of colliding: a PostgreSQL advisory lock per slot, held while reading what
/// the others appended and appending. This only saves work; correctness rests on each stream's expected version.
/// </summary>
sealed class TakeTurns(NpgsqlDataSource source)
{
    // An arbitrary number not used by other advisory locks in this database.
    const int Class = 0x1A6E57;

    /// <summary>Waits for the turn; it ends when the result is disposed or the connection closes.</summary>
    public async Task<IAsyncDisposable> Take(IEnumerable<int> slots, CancellationToken cancel)
    {
        var connection = await source.OpenConnectionAsync(cancel);
        try
        {
            await using var batch = new NpgsqlBatch(connection);
            batch.BatchCommands.Add(new("begin"));
            // A replica that freezes or loses its network would otherwise block the others until TCP notices.
            batch.BatchCommands.Add(new("set local idle_in_transaction_session_timeout = '10s'"));
            // In ascending order, to prevent deadlocks between replicas.
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

    // Returning the connection to the pool resets it, which ends the transaction and its locks; an explicit rollback releases them at once.
    // The append has been committed by now, so nothing may fail here.
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
                // The server has ended the transaction already, or will when it notices the lost connection.
            }
            await connection.DisposeAsync();
        }
    }
}
