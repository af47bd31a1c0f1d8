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

/// <summary>Readings of a day that were dropped by retention.</summary>
/// <param name="What">What was dropped.</param>
/// <param name="At">When.</param>
/// <param name="Actor">By whom; null when nobody said.</param>
/// <param name="Reason">Why.</param>
public sealed record DroppedDay(ReadingsDropped What, DateTimeOffset At, string? Actor, string? Reason);

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

    /// <summary>The announcement that the readings of a day were dropped; null when there is none.</summary>
    Task<DroppedDay?> Dropped(DateOnly day, CancellationToken cancel);

    /// <summary>Number of events above a position.</summary>
    Task<long> After(long position, CancellationToken cancel);
}

/// <summary>Seals and events in the database.</summary>
/// <param name="source">The database.</param>
/// <param name="time">Today's seals are the newest.</param>
public sealed class SealedLog(NpgsqlDataSource source, TimeProvider time) : ISealedLog
{
    readonly ReadEvents events = new(source);

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

    /// <summary>The events above a position and up to another that were not dropped, in order.</summary>
    public IAsyncEnumerable<LoggedEvent> Events(long after, long upTo, string? asset, CancellationToken cancel) =>
        events.Run(new(after, upTo) { Asset = asset, WithoutDropped = true }, cancel: cancel);

    /// <inheritdoc/>
    public async IAsyncEnumerable<LoggedEvent> EventsOf(
        LogSealed seal, string stream, long firstVersion, long lastVersion, [EnumeratorCancellation] CancellationToken cancel)
    {
        // Those with these versions are usually those of the day.
        List<LoggedEvent> found = [];
        EventFilter ofStream = new() { Streams = [stream], WithoutDropped = true };
        await foreach (var e in events.Run(ofStream with { Versions = (firstVersion, lastVersion) }, cancel: cancel)) found.Add(e);
        await foreach (var e in events.Run(ofStream with { After = seal.After, UpTo = seal.UpTo }, cancel: cancel))
            if (e.Version < firstVersion || e.Version > lastVersion) found.Add(e);
        foreach (var e in found.OrderBy(e => e.Position)) yield return e;
    }

    /// <summary>The given versions of a stream that exist, in the order of the log.</summary>
    /// <exception cref="DroppedReadingsException">They were dropped.</exception>
    public IAsyncEnumerable<LoggedEvent> Versions(string stream, long first, long last, CancellationToken cancel) =>
        events.Run(new() { Streams = [stream], Versions = (first, last) }, cancel: cancel);

    /// <summary>The event at a position; null when there is none.</summary>
    /// <exception cref="DroppedReadingsException">It may have been there, but was dropped.</exception>
    public async Task<LoggedEvent?> At(long position, CancellationToken cancel)
    {
        EventFilter at = new(position - 1, position);
        // Dropped readings around it do not matter if it is there.
        await foreach (var e in events.Run(at with { WithoutDropped = true }, cancel: cancel)) return e;
        await foreach (var e in events.Run(at, cancel: cancel)) return e;
        return null;
    }

    /// <inheritdoc/>
    public async Task<DroppedDay?> Dropped(DateOnly day, CancellationToken cancel)
    {
        DroppedDay? newest = null;
        await foreach (var e in events.Run(new() { Streams = [Streams.Retention(day)], Types = [DroppedType] }, cancel: cancel))
        {
            var headers = System.Text.Json.Nodes.JsonNode.Parse(e.Headers ?? "{}")!;
            newest = new(
                JsonSerializer.Deserialize<ReadingsDropped>(e.Data, JsonSerializerOptions.Web)!, Micros.ToTime(e.RecordedAt),
                headers[CallerMetadata.Actor]?.ToString(), headers[CallerMetadata.Reason]?.ToString());
        }
        return newest;
    }

    static readonly string DroppedType = EventLog.EventNames[typeof(ReadingsDropped)];

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
