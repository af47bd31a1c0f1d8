using Npgsql;

namespace ServiceDefaults.Seals;

/// <summary>Of the commands that move, drop or restore sealed days one works at a time; when its process ends, so does the lock.</summary>
public sealed class ArchiveLock : IAsyncDisposable
{
    // Any number that nothing else locks.
    const long Key = 0x706F6C6C7578;

    readonly NpgsqlConnection connection;

    ArchiveLock(NpgsqlConnection connection) => this.connection = connection;

    /// <summary>Takes the lock.</summary>
    /// <exception cref="RuleViolationException">Another command has it.</exception>
    public static async Task<ArchiveLock> Take(NpgsqlDataSource source, CancellationToken cancel)
    {
        var connection = await source.OpenConnectionAsync(cancel);
        await using var command = new NpgsqlCommand($"select pg_try_advisory_lock({Key})", connection);
        if ((bool)(await command.ExecuteScalarAsync(cancel))!) return new(connection);
        await connection.DisposeAsync();
        throw new RuleViolationException("Another archive, forget or restore-days is at work on this log; wait until it has ended.");
    }

    /// <summary>Ends the lock with its session.</summary>
    public async ValueTask DisposeAsync()
    {
        await using var command = new NpgsqlCommand($"select pg_advisory_unlock({Key})", connection);
        await command.ExecuteScalarAsync();
        await connection.DisposeAsync();
    }
}
