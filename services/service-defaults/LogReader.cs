using System.Runtime.CompilerServices;
using System.Text.Json;
using Contracts.Messages;
using Npgsql;
using ServiceDefaults.Seals;
using TwinModel.Assets;
using TwinModel.Telemetry;

namespace ServiceDefaults;

/// <summary>One <c>readings_recorded</c> event as stored in the log.</summary>
/// <param name="Stream">Day stream.</param>
/// <param name="Version">Version in the stream.</param>
/// <param name="Position">Log position.</param>
/// <param name="RecordedAt">Server time of the append.</param>
/// <param name="Batch">The encoded batch.</param>
/// <param name="TraceParent">W3C trace context of the message that brought the first reading, or null.</param>
public readonly record struct LoggedBatch(
    string Stream, long Version, long Position, DateTimeOffset RecordedAt, byte[] Batch, string? TraceParent);

/// <summary>Some events of a stream.</summary>
/// <param name="Stream">Id of the stream.</param>
/// <param name="After">The version before the first of them.</param>
/// <param name="UpTo">Highest version.</param>
public readonly record struct VersionRange(string Stream, long After, long UpTo = long.MaxValue);

/// <summary>
/// Reads telemetry straight from Marten's event table: only the columns that a fold needs, streamed without buffering. The cost is
/// proportional to the rows read (index on stream and version); memory is constant. Archived events come from their blocks
/// (<see cref="Archive"/>), in the same statement, so that one that is archived meanwhile is found in one of the two places; of a stream,
/// the versions of a block are between those of rows. Where corrections are asked for, readings come as they count with them, else as they
/// were recorded.
/// </summary>
public sealed class LogReader(NpgsqlDataSource source)
{
    const string Columns = "stream_id, version, seq_id, timestamp, bdata, headers ->> 'traceparent'";

    // In place of an event: where a block begins, the block, and where it ends.
    const string Hot = $"select {Columns}, null::bigint as last_version from events.mt_events where";
    const string Cold =
        $"select stream_id, first_version, first_position, first_recorded_at, block, null, last_version from {Archive.Table} where";

    readonly SafePosition safe = new(source);

    /// <summary>
    /// The highest <see cref="SafePosition">safe</see> position of an event: the log up to there never changes. 0 when the log is empty.
    /// </summary>
    public async Task<long> Position(CancellationToken cancel = default)
    {
        var limit = await safe.Read(cancel);
        await using var command = source.CreateCommand("select coalesce(max(seq_id), 0) from events.mt_events where seq_id <= $1");
        command.Parameters.Add(new() { Value = limit });
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>The position up to which the log never changes, whether an event has it or not.</summary>
    public Task<long> Safe(CancellationToken cancel = default) => safe.Read(cancel);

    /// <summary>The highest position that an event has taken, whether it is visible yet or not. Nobody knows a higher one.</summary>
    public async Task<long> LastTaken(CancellationToken cancel = default)
    {
        await using var command = source.CreateCommand(SafePosition.LastValue);
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>Current versions of streams; streams that do not exist are left out.</summary>
    public async Task<Dictionary<string, long>> Versions(string[] streams, CancellationToken cancel = default)
    {
        await using var command = source.CreateCommand("select id, version from events.mt_streams where id = any($1)");
        command.Parameters.Add(new() { Value = streams });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        Dictionary<string, long> versions = [];
        while (await reader.ReadAsync(cancel)) versions[reader.GetString(0)] = reader.GetInt64(1);
        return versions;
    }

    /// <summary>The assets with telemetry.</summary>
    public async Task<List<string>> AssetsWithTelemetry(CancellationToken cancel = default)
    {
        await using var command = source.CreateCommand(
            "select distinct split_part(id, '/', 2) from events.mt_streams where id like 'telemetry/%'");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<string> assets = [];
        while (await reader.ReadAsync(cancel)) assets.Add(reader.GetString(0));
        return assets;
    }

    /// <summary>
    /// The newest version, without its readings, of every stream of readings or corrections that grew after a position and up to another.
    /// </summary>
    public async Task<List<AnnouncedBatch>> Grown(long after, long upTo, CancellationToken cancel = default)
    {
        await using var command = source.CreateCommand(
            "select stream_id, max(version), max(seq_id), max(timestamp) from events.mt_events where seq_id > $1 and seq_id <= $2 and "
                + "(stream_id like 'telemetry/%' or stream_id like 'correction/%') group by stream_id "
                + "union all select stream_id, max(last_version), max(last_position), max(last_recorded_at) "
                + $"from {Archive.Table} where last_position > $1 and last_position <= $2 group by stream_id");
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = after }, new() { Value = upTo } });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<AnnouncedBatch> grown = [];
        while (await reader.ReadAsync(cancel))
        {
            var (stream, recordedAt) = (reader.GetString(0), DateTime.SpecifyKind(reader.GetDateTime(3), DateTimeKind.Utc));
            grown.Add(new(Streams.AssetOf(stream), stream, reader.GetInt64(1), reader.GetInt64(2), recordedAt, null, null));
        }
        return grown;
    }

    /// <summary>The events of one stream after a version, in order.</summary>
    public IAsyncEnumerable<LoggedBatch> After(string stream, long version, CancellationToken cancel = default) =>
        Read($"{Hot} stream_id = $1 and version > $2 union all {Cold} stream_id = $1 and last_version > $2 order by 2",
            [new() { Value = stream }, new() { Value = version }], cancel, isWanted: e => e.Version > version);

    /// <summary>The events of several streams, each after its own version, in order.</summary>
    public IAsyncEnumerable<LoggedBatch> After(IReadOnlyList<(string Stream, long Version)> known, CancellationToken cancel = default) =>
        Read(Each("", "true", "true"), EachParameters([.. known.Select(k => new VersionRange(k.Stream, k.Version))]), cancel);

    /// <summary>The first events of several streams, each after its own version, in order.</summary>
    public IAsyncEnumerable<LoggedBatch> After(
        IReadOnlyList<(string Stream, long Version)> known, int most, Corrections corrections, CancellationToken cancel = default) =>
        Read(
            $"{Each("", "true", "true")} limit $4",
            [.. EachParameters([.. known.Select(k => new VersionRange(k.Stream, k.Version))]), new() { Value = most }], cancel, corrections)
            .Take(most);

    /// <summary>
    /// The events of several ranges up to a log position, in order. Positions rise with versions, so bisection finds where each range
    /// ends: nothing beyond the position is read.
    /// </summary>
    public IAsyncEnumerable<LoggedBatch> Between(
        IReadOnlyList<VersionRange> ranges, long knownAt, Corrections corrections, CancellationToken cancel = default) =>
        Read(
            Each("""
                lateral (
                    with recursive search (low, high) as (
                        select after, greatest(
                            after, (select max(version) from events.mt_events where stream_id = stream and version <= up_to))
                        union all
                        select case when e.seq_id > $4 then low else middle end, case when e.seq_id > $4 then e.version - 1 else high end
                        from (select low, high, low + (high - low + 1) / 2 as middle from search where low < high) s left join lateral (
                            select seq_id, version from events.mt_events where stream_id = stream and version <= middle
                            order by version desc limit 1) e on true)
                    select low as last from search where low >= high limit 1) as found,
                """, "version <= last", "first_version <= up_to and first_position <= $4"),
            [.. EachParameters(ranges), new() { Value = knownAt }], cancel, corrections, e => e.Position <= knownAt);

    // Ranges in the given order; parameters are streams, versions before and highest versions. The last two columns are for the events in
    // blocks. offset 0 keeps the planner from joining the whole table: one index lookup per range.
    static string Each(string more, string hot, string cold) => $"""
        select e.*, after, up_to from unnest($1::text[], $2::bigint[], $3::bigint[]) as known (stream, after, up_to), {more} lateral (
            {Hot} stream_id = stream and version > after and {hot}
            union all {Cold} stream_id = stream and last_version > after and {cold}
            order by 2 offset 0) as e
        """;

    static NpgsqlParameter[] EachParameters(IReadOnlyList<VersionRange> ranges) =>
    [
        new() { Value = ranges.Select(r => r.Stream).ToArray() }, new() { Value = ranges.Select(r => r.After).ToArray() },
        new() { Value = ranges.Select(r => r.UpTo).ToArray() },
    ];

    /// <summary>
    /// From-clause for the events of several streams, each after its own version; two parameters, streams and versions. <c>offset 0</c>
    /// keeps the planner from joining the whole table: one index lookup per stream.
    /// </summary>
    public const string AfterEach =
        "unnest($1::text[], $2::bigint[]) as known (id, at), lateral (select * from events.mt_events where stream_id = known.id and "
            + "version > known.at order by version offset 0) as e";

    /// <summary>The parameters of <see cref="AfterEach"/>.</summary>
    public static NpgsqlParameter[] AfterEachParameters(IReadOnlyList<(string Stream, long Version)> known) =>
        [new() { Value = known.Select(k => k.Stream).ToArray() }, new() { Value = known.Select(k => k.Version).ToArray() }];

    /// <summary>The events of several streams up to a log position, stream by stream in the given order.</summary>
    /// <param name="streams">Day streams.</param>
    /// <param name="knownAt">Highest position read.</param>
    /// <param name="corrections">Corrections known at the position.</param>
    /// <param name="cancel">Stops reading.</param>
    public async IAsyncEnumerable<LoggedBatch> UpTo(
        string[] streams, long knownAt, Corrections corrections, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        foreach (var stream in streams)
        {
            var events = Read(
                $"{Hot} stream_id = $1 and seq_id <= $2 union all {Cold} stream_id = $1 and first_position <= $2 order by 2",
                [new() { Value = stream }, new() { Value = knownAt }],
                cancel, corrections, e => e.Position <= knownAt);
            await foreach (var e in events) yield return e;
        }
    }

    /// <summary>
    /// Like <see cref="UpTo(string[], long, Corrections, CancellationToken)"/>, but only events appended at or after a time.
    /// </summary>
    /// <param name="streams">Day streams.</param>
    /// <param name="knownAt">Highest position read.</param>
    /// <param name="recordedFrom">Earliest time of append.</param>
    /// <param name="corrections">Corrections known at the position.</param>
    /// <param name="cancel">Stops reading.</param>
    public async IAsyncEnumerable<LoggedBatch> UpTo(
        string[] streams, long knownAt, DateTimeOffset recordedFrom, Corrections corrections,
        [EnumeratorCancellation] CancellationToken cancel = default)
    {
        foreach (var stream in streams)
        {
            var events = Read(
                $"{Hot} stream_id = $1 and seq_id <= $2 and timestamp >= $3 "
                    + $"union all {Cold} stream_id = $1 and first_position <= $2 and last_recorded_at >= $3 order by 2",
                [new() { Value = stream }, new() { Value = knownAt }, new() { Value = recordedFrom.UtcDateTime }],
                cancel, corrections, e => e.Position <= knownAt && e.RecordedAt >= recordedFrom);
            await foreach (var e in events) yield return e;
        }
    }

    /// <summary>The readings recorded at log positions, by position; positions of other events are left out.</summary>
    public async Task<Dictionary<long, LoggedBatch>> At(long[] positions, CancellationToken cancel = default)
    {
        Dictionary<long, LoggedBatch> found = [];
        await foreach (var batch in Read(
            $"{Hot} seq_id = any($1) and bdata is not null union all {Cold} last_position >= (select min(p) from unnest($1) p) "
                + "and exists (select from unnest($1) p where p between first_position and last_position)",
            [new() { Value = positions }], cancel, isWanted: e => positions.Contains(e.Position), positions: positions))
            found[batch.Position] = batch;
        return found;
    }

    /// <summary>The events of one stream, newest first; the caller stops reading when they are old enough.</summary>
    public IAsyncEnumerable<LoggedBatch> NewestFirst(string stream, CancellationToken cancel = default) =>
        Read($"{Hot} stream_id = $1 union all {Cold} stream_id = $1 order by 2 desc", [new() { Value = stream }], cancel,
            isNewestFirst: true);

    /// <summary>Sample-time ranges of a stream's events after a version, without decoding their columns.</summary>
    public async IAsyncEnumerable<(long Version, long First, long Last)> Ranges(
        string stream, long version, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        await foreach (var range in Ranges(stream, version, long.MaxValue, long.MaxValue, cancel))
            yield return (range.Version, range.First, range.Last);
    }

    /// <summary>Sample-time ranges of a stream's events from one version to another that were known at a position.</summary>
    public async IAsyncEnumerable<(long Version, long Position, long First, long Last)> Ranges(
        string stream, long after, long last, long knownAt, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        // The first 18 bytes of a batch hold its range; see TelemetryCodec.SampleRange.
        var events = Read(
            "select stream_id, version, seq_id, timestamp, "
                + "case when length(bdata) >= 18 then substring(bdata from 1 for 18) else bdata end, "
                + "null, null::bigint from events.mt_events where stream_id = $1 and version > $2 and version <= $3 and seq_id <= $4 "
                + $"union all {Cold} stream_id = $1 and last_version > $2 and first_version <= $3 and first_position <= $4 order by 2",
            [new() { Value = stream }, new() { Value = after }, new() { Value = last }, new() { Value = knownAt }], cancel,
            isWanted: e => e.Version > after && e.Version <= last && e.Position <= knownAt);
        await foreach (var e in events)
        {
            var range = TelemetryCodec.SampleRange(e.Batch);
            yield return (e.Version, e.Position, range.First, range.Last);
        }
    }

    /// <summary>The given versions of one stream, in no particular order.</summary>
    public IAsyncEnumerable<LoggedBatch> Some(string stream, long[] versions, CancellationToken cancel = default) =>
        Read($"{Hot} stream_id = $1 and version = any($2) union all {Cold} stream_id = $1 and exists (select from unnest($2) v where v "
            + "between first_version and last_version)", [new() { Value = stream }, new() { Value = versions }], cancel,
            isWanted: e => versions.Contains(e.Version));

    /// <summary>The corrections of an asset's readings that were known at a log position.</summary>
    public async Task<Corrections> CorrectionsOf(
        string assetId, AssetModel model, long knownAt = long.MaxValue, CancellationToken cancel = default) =>
        await CorrectionsOf([assetId], knownAt, cancel) is { Count: > 0 } events ? new(model, events[assetId]) : Corrections.None;

    /// <summary>The corrections of assets, made or withdrawn up to a log position, in order; assets without any are left out.</summary>
    public async Task<Dictionary<string, List<LoggedCorrection>>> CorrectionsOf(
        string[] assetIds, long knownAt = long.MaxValue, CancellationToken cancel = default)
    {
        await using var command = source.CreateCommand(
            "select split_part(stream_id, '/', 2), version, seq_id, type, data from events.mt_events "
                + "where stream_id = any($1) and seq_id <= $2 order by stream_id, version");
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = assetIds.Select(Streams.Correction).ToArray() }, new() { Value = knownAt },
        });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        Dictionary<string, List<LoggedCorrection>> found = [];
        while (await reader.ReadAsync(cancel))
        {
            var data = EventLog.Read(reader.GetString(3), reader.GetString(4));
            if (!found.TryGetValue(reader.GetString(0), out var events)) found[reader.GetString(0)] = events = [];
            events.Add(new(reader.GetInt64(1), reader.GetInt64(2), data));
        }
        return found;
    }

    async IAsyncEnumerable<LoggedBatch> Read(
        string sql, NpgsqlParameter[] parameters, [EnumeratorCancellation] CancellationToken cancel = default,
        Corrections? corrections = null, Func<LoggedBatch, bool>? isWanted = null, bool isNewestFirst = false, long[]? positions = null)
    {
        await using var command = source.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            if (!reader.IsDBNull(6))
            {
                var (after, upTo) = reader.FieldCount > 7 ? (reader.GetInt64(7), reader.GetInt64(8)) : (long.MinValue, long.MaxValue);
                foreach (var e in Unpacked(reader, isNewestFirst, positions))
                {
                    if (e.Version > after && e.Version <= upTo && (isWanted?.Invoke(e) ?? true))
                        yield return e with { Batch = (corrections ?? Corrections.None).Apply(e.Batch) };
                }
                continue;
            }
            yield return new(
                reader.GetString(0),
                reader.GetInt64(1),
                reader.GetInt64(2),
                new DateTimeOffset(DateTime.SpecifyKind(reader.GetDateTime(3), DateTimeKind.Utc)),
                (corrections ?? Corrections.None).Apply(reader.GetFieldValue<byte[]>(4)),
                reader.IsDBNull(5) ? null : reader.GetString(5));
        }
    }

    static IEnumerable<LoggedBatch> Unpacked(NpgsqlDataReader reader, bool isNewestFirst, long[]? positions)
    {
        var (stream, first, last) = (reader.GetString(0), reader.GetInt64(1), reader.GetInt64(6));
        var block = reader.IsDBNull(4) ? null : reader.GetFieldValue<byte[]>(4);
        // Positions alternate between streams: most blocks around a single one do not have it.
        if (positions is not null && block is not null
            && !Archive.Times(stream, first, last, block).Positions.Intersect(positions).Any()) return [];
        var events = Archive.Unpack(stream, first, last, block);
        if (isNewestFirst) Array.Reverse(events);
        return events.Select(e => new LoggedBatch(
            e.Stream, e.Version, e.Position, Micros.ToTime(e.RecordedAt), e.Bytes!, TraceParentOf(e.Headers)));
    }

    static string? TraceParentOf(string? headers)
    {
        if (headers is null) return null;
        using var json = JsonDocument.Parse(headers);
        return json.RootElement.TryGetProperty("traceparent", out var trace) ? trace.ToString() : null;
    }
}
