using System.Runtime.CompilerServices;
using System.Text.Json;
using Contracts.Events;
using Npgsql;
using TwinModel.Telemetry;

namespace ServiceDefaults.Seals;

/// <summary>A seal of a day, and where it is in the log.</summary>
/// <param name="Seal">The seal.</param>
/// <param name="Version">Version in the day's stream of seals.</param>
/// <param name="Position">Log position.</param>
public sealed record StoredSeal(LogSealed Seal, long Version, long Position);

/// <summary>A seal of a stream, and where it is in the log.</summary>
/// <param name="Closed">The seal; null when it can not be read.</param>
/// <param name="Version">Version in the day's stream of seals.</param>
/// <param name="Position">Log position.</param>
public sealed record StoredClosed(DayClosed? Closed, long Version, long Position);

/// <summary>A log with seals: the database, or an export of it.</summary>
public interface ISealedLog
{
    /// <summary>True if the log begins with its first event; false for an export of some days.</summary>
    bool IsWhole { get; }

    /// <summary>The seals of days, oldest first. Those that can not be read are left out, as if they were missing.</summary>
    Task<IReadOnlyList<StoredSeal>> Seals(CancellationToken cancel);

    /// <summary>The seals of streams of a day, in the order of the log.</summary>
    IAsyncEnumerable<StoredClosed> Closed(DateOnly day, CancellationToken cancel);

    /// <summary>The events of a day in the order of the log.</summary>
    /// <param name="seal">The day's seal.</param>
    /// <param name="asset">Only streams of this asset; null: all.</param>
    /// <param name="cancel">Stops reading.</param>
    IAsyncEnumerable<LoggedEvent> Events(LogSealed seal, string? asset, CancellationToken cancel);

    /// <summary>The events of one stream that are in a day or have one of the given versions, in the order of the log.</summary>
    IAsyncEnumerable<LoggedEvent> EventsOf(LogSealed seal, string stream, long firstVersion, long lastVersion, CancellationToken cancel);

    /// <summary>Number of events above a position.</summary>
    Task<long> After(long position, CancellationToken cancel);
}

/// <summary>Seals and events in the database.</summary>
/// <param name="source">The database.</param>
/// <param name="time">Today's seals are the newest.</param>
public sealed class SealedLog(NpgsqlDataSource source, TimeProvider time) : ISealedLog
{
    const string Columns = "seq_id, version, timestamp, id, stream_id, type, tenant_id, headers::text, data::text, bdata";

    // The first day that this code could have closed.
    static readonly DateOnly First = new(2026, 1, 1);

    /// <inheritdoc/>
    public bool IsWhole => true;

    /// <summary>The newest day that was closed or is being closed; null when there is none.</summary>
    public async Task<DateOnly?> NewestDay(CancellationToken cancel)
    {
        await using var command = source.CreateCommand("select max(id collate \"C\") from events.mt_streams where id = any($1)");
        command.Parameters.Add(new() { Value = Days().Select(Streams.Seal).ToArray() });
        return await command.ExecuteScalarAsync(cancel) is string stream ? DateOnly.Parse(
            stream.AsSpan(stream.IndexOf('/', StringComparison.Ordinal) + 1), System.Globalization.CultureInfo.InvariantCulture) : null;
    }

    // By name, because no index finds the streams of one kind; a look-up takes microseconds. Some clocks are ahead.
    IEnumerable<DateOnly> Days() =>
        Enumerable.Range(0, Streams.DayOf(time.GetUtcNow()).DayNumber - First.DayNumber + 3).Select(First.AddDays);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<StoredSeal>> Seals(CancellationToken cancel)
    {
        // Not by the version of the stream, which could have been changed, too.
        await using var command = source.CreateCommand("""
            select e.data, e.version, e.seq_id from unnest($1::text[]) as day (id), lateral (
                select data, version, seq_id from events.mt_events where stream_id = day.id and type = 'log_sealed'
                order by version desc limit 1) as e
            order by e.seq_id
            """);
        command.Parameters.Add(new() { Value = Days().Select(Streams.Seal).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<StoredSeal> seals = [];
        while (await reader.ReadAsync(cancel))
            if (SealJson.Read<LogSealed>(reader.GetString(0)) is { } seal) seals.Add(new(seal, reader.GetInt64(1), reader.GetInt64(2)));
        return seals;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredClosed> Closed(DateOnly day, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            "select data, version, seq_id from events.mt_events where stream_id = $1 and type = 'day_closed' order by version");
        command.Parameters.Add(new() { Value = Streams.Seal(day) });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            yield return new(SealJson.Read<DayClosed>(reader.GetString(0)), reader.GetInt64(1), reader.GetInt64(2));
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<LoggedEvent> Events(LogSealed seal, string? asset, CancellationToken cancel) =>
        Events(seal.After, seal.UpTo, asset, cancel);

    /// <summary>The events above a position and up to another, in order.</summary>
    public IAsyncEnumerable<LoggedEvent> Events(long after, long upTo, string? asset, CancellationToken cancel) => asset is null
        ? Read("seq_id > $1 and seq_id <= $2", cancel, after, upTo)
        : Read("seq_id > $1 and seq_id <= $2 and split_part(stream_id, '/', 2) = $3", cancel, after, upTo, asset);

    /// <inheritdoc/>
    public IAsyncEnumerable<LoggedEvent> EventsOf(
        LogSealed seal, string stream, long firstVersion, long lastVersion, CancellationToken cancel) =>
        Read("stream_id = $1 and (version between $2 and $3 or seq_id > $4 and seq_id <= $5)", cancel, stream, firstVersion, lastVersion,
            seal.After, seal.UpTo);

    /// <summary>The given versions of a stream that exist, in the order of the log.</summary>
    public IAsyncEnumerable<LoggedEvent> Versions(string stream, long first, long last, CancellationToken cancel) =>
        Read("stream_id = $1 and version between $2 and $3", cancel, stream, first, last);

    async IAsyncEnumerable<LoggedEvent> Read(string where, [EnumeratorCancellation] CancellationToken cancel, params object[] parameters)
    {
        await using var command = source.CreateCommand($"select {Columns} from events.mt_events where {where} order by seq_id");
        foreach (var value in parameters) command.Parameters.Add(new() { Value = value });
        // A day may take minutes.
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            yield return new(
                reader.GetInt64(0), reader.GetInt64(1), Micros.From(new DateTimeOffset(reader.GetDateTime(2))), reader.GetGuid(3),
                reader.GetString(4), reader.GetString(5), reader.GetString(6), reader.IsDBNull(7) ? null : reader.GetString(7),
                reader.GetString(8), reader.IsDBNull(9) ? null : reader.GetFieldValue<byte[]>(9));
        }
    }

    /// <inheritdoc/>
    public async Task<long> After(long position, CancellationToken cancel)
    {
        await using var command = source.CreateCommand("select count(*) from events.mt_events where seq_id > $1");
        command.Parameters.Add(new() { Value = position });
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }
}

/// <summary>Seals as JSON.</summary>
public static class SealJson
{
    /// <summary>Reads a seal; null when it is not one.</summary>
    public static T? Read<T>(string json)
        where T : class
    {
        try
        {
            var seal = JsonSerializer.Deserialize<T>(json, JsonSerializerOptions.Web);
            // Throws when a hash in it is not one.
            if (seal is DayClosed closed) new CanonicalBytes().Hash(closed);
            if (seal is LogSealed day) new CanonicalBytes().Of(day);
            if (seal is DayClosed { Stream: null } or LogSealed { KeyId: null } or LogSealed { Signature: null }) return null;
            return seal;
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentNullException or NullReferenceException)
        {
            return null;
        }
    }
}
