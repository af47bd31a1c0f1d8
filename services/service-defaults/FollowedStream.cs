using Npgsql;

namespace ServiceDefaults;

/// <summary>
/// What one stream adds up to, in memory. <see cref="Refresh"/> reads what was appended since the last call. The versions of one stream are
/// appended one after the other, so that none can appear below one that was read.
/// </summary>
/// <param name="source">The log.</param>
/// <param name="stream">The stream.</param>
/// <param name="empty">What it adds up to before its first event.</param>
/// <param name="apply">That and one more event at its log position.</param>
public abstract class FollowedStream<T>(NpgsqlDataSource source, string stream, T empty, Func<T, object, long, T> apply)
    where T : class
{
    readonly SemaphoreSlim refreshing = new(1);
    volatile ReadStream<T> now = new(empty, 0);

    /// <summary>True after the first successful <see cref="Refresh"/>.</summary>
    public bool IsLoaded { get; private set; }

    /// <summary>What was read.</summary>
    public ReadStream<T> Now => now;

    /// <summary>Reads on from the log, and returns what there is then.</summary>
    public async Task<ReadStream<T>> Refresh(CancellationToken cancel)
    {
        await refreshing.WaitAsync(cancel);
        try
        {
            var (book, version) = now;
            await using var command = source.CreateCommand(
                "select version, seq_id, type, data from events.mt_events where stream_id = $1 and version > $2 order by version");
            command.Parameters.AddRange((NpgsqlParameter[])[new() { Value = stream }, new() { Value = version }]);
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                version = reader.GetInt64(0);
                book = apply(book, EventLog.Read(reader.GetString(2), reader.GetString(3)), reader.GetInt64(1));
            }
            if (version > now.Version) now = new(book, version);
            IsLoaded = true;
            return now;
        }
        finally
        {
            refreshing.Release();
        }
    }
}

/// <summary>What a stream adds up to.</summary>
/// <param name="Book">Up to this version.</param>
/// <param name="Version">The version; 0 when there are no events.</param>
public sealed record ReadStream<T>(T Book, long Version);
