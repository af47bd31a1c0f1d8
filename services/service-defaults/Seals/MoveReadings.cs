using System.Runtime.CompilerServices;
using Contracts.Events;
using Npgsql;
using NpgsqlTypes;
using TwinModel.Telemetry;

namespace ServiceDefaults.Seals;

/// <summary>What was moved between the event table and the archive.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Events">Events.</param>
/// <param name="Readings">Readings in them.</param>
/// <param name="BlockBytes">Size of the block.</param>
public sealed record MovedReadings(string Stream, long Events, long Readings, long BlockBytes);

/// <summary>
/// Moves readings of a sealed day between the event table and the archive, one seal of a stream per transaction: whatever ends it, each
/// event is in one of the two places. A block is read back from the database and compared with the seal before the rows are deleted.
/// </summary>
public sealed class MoveReadings(NpgsqlDataSource source, SealedLog log)
{
    static readonly string ReadingsType = EventLog.EventNames[typeof(ReadingsRecorded)];

    /// <summary>Whether readings of a day are in the event table.</summary>
    public async Task<bool> HasRows(LogSealed seal, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            "select exists (select from events.mt_events where seq_id > $1 and seq_id <= $2 and type = $3)");
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = seal.After }, new() { Value = seal.UpTo }, new() { Value = ReadingsType },
        });
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>Archives what is not archived yet.</summary>
    /// <param name="seal">The day.</param>
    /// <param name="isDry">Only packs.</param>
    /// <param name="cancel">Stops between two blocks.</param>
    /// <exception cref="InvalidDataException">Events are not as they were sealed; nothing of them was moved.</exception>
    public async IAsyncEnumerable<MovedReadings> ToArchive(
        LogSealed seal, bool isDry, [EnumeratorCancellation] CancellationToken cancel)
    {
        var archived = new HashSet<(string, long)>();
        await foreach (var (stream, first, _, _) in Blocks(seal.Day, cancel)) archived.Add((stream, first));
        await foreach (var (closed, _, _) in log.Closed(seal.Day, cancel))
        {
            if (closed is null || !Streams.IsTelemetry(closed.Stream) || archived.Contains((closed.Stream, closed.FirstVersion))) continue;
            var events = await log.Versions(closed.Stream, closed.FirstVersion, closed.LastVersion, cancel).ToListAsync(cancel);
            if (events.Exists(e => e.Type != ReadingsType || e.Bytes is null)) continue;
            Check(closed, events);
            var block = ArchiveBlock.Pack(events);
            var readings = events.Sum(e => (long)ArchiveBlock.ReadingsIn(e.Bytes!));
            if (!isDry) await Archive(closed, events, readings, block, cancel);
            else Check(closed, ArchiveBlock.Unpack(block));
            yield return new(closed.Stream, events.Count, readings, block.Length);
        }
    }

    async Task Archive(DayClosed closed, List<LoggedEvent> events, long readings, byte[] block, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var insert = new NpgsqlCommand(
            $"insert into {Seals.Archive.Table} (stream_id, first_version, last_version, first_position, last_position, first_recorded_at, "
                + "last_recorded_at, day, readings, actors, block) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)", connection);
        insert.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = closed.Stream }, new() { Value = closed.FirstVersion }, new() { Value = closed.LastVersion },
            new() { Value = closed.FirstPosition }, new() { Value = closed.LastPosition },
            new() { Value = Micros.ToTime(events.Min(e => e.RecordedAt)).UtcDateTime },
            new() { Value = Micros.ToTime(events.Max(e => e.RecordedAt)).UtcDateTime },
            new() { Value = closed.Day }, new() { Value = readings },
            new() { Value = events.Select(ReadEvents.ActorOf).OfType<string>().Distinct().ToArray() }, new() { Value = block },
        });
        await insert.ExecuteNonQueryAsync(cancel);
        await using var written = new NpgsqlCommand(
            $"select block from {Seals.Archive.Table} where stream_id = $1 and first_version = $2", connection);
        written.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = closed.Stream }, new() { Value = closed.FirstVersion } });
        Check(closed, ArchiveBlock.Unpack((byte[])(await written.ExecuteScalarAsync(cancel))!));
        await using var delete = new NpgsqlCommand(
            "delete from events.mt_events where stream_id = $1 and version between $2 and $3 and seq_id between $4 and $5", connection);
        delete.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = closed.Stream }, new() { Value = closed.FirstVersion }, new() { Value = closed.LastVersion },
            new() { Value = closed.FirstPosition }, new() { Value = closed.LastPosition },
        });
        if (await delete.ExecuteNonQueryAsync(cancel) != closed.Count)
            throw new InvalidDataException($"{closed.Stream} was changed while it was being archived; nothing of it was moved.");
        await transaction.CommitAsync(cancel);
    }

    /// <summary>Brings archived readings of a day back into the event table.</summary>
    /// <exception cref="DamagedArchiveException">A block cannot be read; it stays where it is.</exception>
    public async IAsyncEnumerable<MovedReadings> FromArchive(LogSealed seal, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var (stream, first, last, block) in Blocks(seal.Day, cancel))
        {
            if (block is null) continue;
            var events = Seals.Archive.Unpack(stream, first, last, block);
            await using var connection = await source.OpenConnectionAsync(cancel);
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            await RemoveBlock(connection, stream, first, cancel);
            await Insert(connection, events, cancel);
            await transaction.CommitAsync(cancel);
            yield return new(stream, events.Length, events.Sum(e => (long)ArchiveBlock.ReadingsIn(e.Bytes!)), block.Length);
        }
    }

    /// <summary>
    /// Puts events of a sealed day that are missing into the event table, in one transaction; blocks that were dropped or are damaged make
    /// room for them.
    /// </summary>
    /// <returns>How many were missing.</returns>
    public async Task<long> Import(LogSealed seal, IAsyncEnumerable<LoggedEvent> events, CancellationToken cancel)
    {
        var (present, useless) = (new HashSet<long>(), new List<(string Stream, long First)>());
        await foreach (var (stream, first, last, block) in Blocks(seal.Day, cancel))
        {
            try
            {
                present.UnionWith(Seals.Archive.Unpack(stream, first, last, block).Select(e => e.Position));
            }
            catch (Exception e) when (e is DroppedReadingsException or DamagedArchiveException)
            {
                useless.Add((stream, first));
            }
        }
        await using (var rows = source.CreateCommand("select seq_id from events.mt_events where seq_id > $1 and seq_id <= $2"))
        {
            rows.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = seal.After }, new() { Value = seal.UpTo } });
            await using var reader = await rows.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel)) present.Add(reader.GetInt64(0));
        }
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        foreach (var (stream, first) in useless) await RemoveBlock(connection, stream, first, cancel);
        var (missing, inserted) = (new List<LoggedEvent>(), 0L);
        await foreach (var e in events)
        {
            if (present.Contains(e.Position)) continue;
            missing.Add(e);
            if (missing.Count < CloseDay.MostEvents) continue;
            inserted += await Insert(connection, missing, cancel);
            missing.Clear();
        }
        inserted += await Insert(connection, missing, cancel);
        await using var next = new NpgsqlCommand(
            "select setval('events.mt_events_sequence', greatest($1, (select last_value from events.mt_events_sequence)))", connection);
        next.Parameters.Add(new() { Value = seal.UpTo });
        if (inserted > 0) await next.ExecuteScalarAsync(cancel);
        await transaction.CommitAsync(cancel);
        return inserted;
    }

    async IAsyncEnumerable<(string Stream, long First, long Last, byte[]? Block)> Blocks(
        DateOnly day, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            $"select stream_id, first_version, last_version, block from {Seals.Archive.Table} where day = $1");
        command.Parameters.Add(new() { Value = day });
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            yield return (
                reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.IsDBNull(3) ? null : reader.GetFieldValue<byte[]>(3));
    }

    static async Task RemoveBlock(NpgsqlConnection connection, string stream, long firstVersion, CancellationToken cancel)
    {
        await using var remove = new NpgsqlCommand(
            $"delete from {Seals.Archive.Table} where stream_id = $1 and first_version = $2", connection);
        remove.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = stream }, new() { Value = firstVersion } });
        await remove.ExecuteNonQueryAsync(cancel);
    }

    // Classes are found by the name of the type; their names, which no seal covers, are those of today.
    static async Task<int> Insert(NpgsqlConnection connection, IReadOnlyList<LoggedEvent> events, CancellationToken cancel)
    {
        if (events.Count == 0) return 0;
        await using var streams = new NpgsqlCommand(
            "insert into events.mt_streams (id, version, timestamp, created, tenant_id, is_archived) "
                + "select id, version, at, at, tenant, false from unnest($1::text[], $2::bigint[], $3::timestamptz[], $4::text[]) "
                + "as s (id, version, at, tenant) on conflict (id) do update set version = greatest(mt_streams.version, excluded.version)",
            connection);
        var newest = events.GroupBy(e => e.Stream).Select(s => s.MaxBy(e => e.Version)!).ToList();
        streams.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = newest.Select(e => e.Stream).ToArray() }, new() { Value = newest.Select(e => e.Version).ToArray() },
            new() { Value = newest.Select(e => Micros.ToTime(e.RecordedAt).UtcDateTime).ToArray() },
            new() { Value = newest.Select(e => e.Tenant).ToArray() },
        });
        await streams.ExecuteNonQueryAsync(cancel);
        await using var import = await connection.BeginBinaryImportAsync(
            "copy events.mt_events (seq_id, id, stream_id, version, data, bdata, type, timestamp, tenant_id, mt_dotnet_type, headers, "
                + "is_archived) from stdin (format binary)", cancel);
        foreach (var e in events)
        {
            await import.StartRowAsync(cancel);
            await import.WriteAsync(e.Position, NpgsqlDbType.Bigint, cancel);
            await import.WriteAsync(e.Id, NpgsqlDbType.Uuid, cancel);
            await import.WriteAsync(e.Stream, NpgsqlDbType.Varchar, cancel);
            await import.WriteAsync(e.Version, NpgsqlDbType.Bigint, cancel);
            await import.WriteAsync(e.Data, NpgsqlDbType.Jsonb, cancel);
            await WriteOrNull(e.Bytes, NpgsqlDbType.Bytea);
            await import.WriteAsync(e.Type, NpgsqlDbType.Varchar, cancel);
            await import.WriteAsync(Micros.ToTime(e.RecordedAt).UtcDateTime, NpgsqlDbType.TimestampTz, cancel);
            await import.WriteAsync(e.Tenant, NpgsqlDbType.Varchar, cancel);
            await WriteOrNull(ClassOf.GetValueOrDefault(e.Type), NpgsqlDbType.Varchar);
            await WriteOrNull(e.Headers, NpgsqlDbType.Jsonb);
            await import.WriteAsync(false, NpgsqlDbType.Boolean, cancel);
        }
        await import.CompleteAsync(cancel);
        return events.Count;

        Task WriteOrNull<T>(T? value, NpgsqlDbType type)
            where T : class => value is null ? import.WriteNullAsync(cancel) : import.WriteAsync(value, type, cancel);
    }

    static readonly Dictionary<string, string> ClassOf = EventLog.EventNames.ToDictionary(
        n => n.Value, n => $"{n.Key.FullName}, {n.Key.Assembly.GetName().Name}");

    /// <summary>The events are those of the seal.</summary>
    static void Check(DayClosed closed, IReadOnlyList<LoggedEvent> events)
    {
        var (canonical, head, tree) = (new CanonicalBytes(), Convert.FromHexString(closed.Previous), new MerkleTree());
        Span<byte> hash = stackalloc byte[CanonicalBytes.HashBytes];
        Span<byte> fingerprint = stackalloc byte[CanonicalBytes.FingerprintBytes];
        foreach (var e in events)
        {
            canonical.Hash(e, hash, fingerprint);
            CanonicalBytes.Chain(head, hash, head);
            tree.Add(hash);
        }
        if (events.Count != closed.Count || Convert.ToHexStringLower(head) != closed.Head
            || Convert.ToHexStringLower(tree.Root()) != closed.Root)
            throw new InvalidDataException(
                $"{closed.Stream} is not as it was sealed on {CanonicalBytes.Shown(closed.Day)}; nothing of it was moved. ./pollux verify "
                    + "names the first bad event.");
    }
}
