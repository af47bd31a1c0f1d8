using Npgsql;
using TwinModel.Graphs;

namespace ServiceDefaults;

/// <summary>
/// The relationships in the log, in memory. <see cref="Refresh"/> reads what was appended since the last call. The versions of one stream
/// are appended one after the other, so that none can appear below one that was read.
/// </summary>
public sealed class TwinGraph(NpgsqlDataSource source)
{
    readonly SemaphoreSlim refreshing = new(1);
    volatile ReadGraph now = new(RelationshipBook.Empty, 0);

    /// <summary>True after the first successful <see cref="Refresh"/>.</summary>
    public bool IsLoaded { get; private set; }

    /// <summary>What was read.</summary>
    public ReadGraph Now => now;

    /// <summary>Reads on from the log, and returns what there is then.</summary>
    public async Task<ReadGraph> Refresh(CancellationToken cancel)
    {
        await refreshing.WaitAsync(cancel);
        try
        {
            var (book, version) = now;
            await using var command = source.CreateCommand(
                "select version, seq_id, type, data from events.mt_events where stream_id = $1 and version > $2 order by version");
            command.Parameters.AddRange((NpgsqlParameter[])[new() { Value = Streams.Graph }, new() { Value = version }]);
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                version = reader.GetInt64(0);
                var e = EventLog.Read(reader.GetString(2), reader.GetString(3));
                book = book.Apply(e, reader.GetInt64(1));
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

/// <summary>The relationships up to a version of the stream.</summary>
/// <param name="Book">The relationships.</param>
/// <param name="Version">The version; 0 when there are none.</param>
public sealed record ReadGraph(RelationshipBook Book, long Version);
