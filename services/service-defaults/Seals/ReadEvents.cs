using System.Globalization;
using System.Runtime.CompilerServices;
using Npgsql;
using TwinModel.Telemetry;

namespace ServiceDefaults.Seals;

/// <summary>Conditions on events of the log, in SQL; null: not asked for.</summary>
/// <param name="After">Log positions above this one.</param>
/// <param name="UpTo">Log positions up to this one.</param>
public sealed record EventFilter(long After = 0, long UpTo = long.MaxValue)
{
    /// <summary>Streams.</summary>
    public IReadOnlyList<string>? Streams { get; init; }

    /// <summary>The beginning of a stream's name.</summary>
    public string? StreamPrefix { get; init; }

    /// <summary>The asset that a stream belongs to.</summary>
    public string? Asset { get; init; }

    /// <summary>Of the stream of relationships only those of this asset; with <see cref="Asset"/>, they belong to it too.</summary>
    public string? RelatedTo { get; init; }

    /// <summary>Versions, of one stream.</summary>
    public (long First, long Last)? Versions { get; init; }

    /// <summary>Names of types.</summary>
    public IReadOnlyList<string>? Types { get; init; }

    /// <summary>Who asked for them.</summary>
    public string? Actor { get; init; }

    /// <summary>Instead of a position above <see cref="After"/>, a time of append after this one will do.</summary>
    public DateTimeOffset? OrRecordedAfter { get; init; }

    /// <summary>Whether dropped readings are left out; else they are refused.</summary>
    public bool WithoutDropped { get; init; }
}

/// <summary>
/// Reads events of any type in the order of the log, whether their rows are in the event table or they are archived. Both are read in one
/// statement, so that an event that is archived meanwhile is found in one of the two places. Memory: of each stream the block that is
/// being read.
/// </summary>
public sealed class ReadEvents(NpgsqlDataSource source)
{
    const int FewPositions = 1000;

    const string Hot =
        "seq_id, version, timestamp, id, stream_id, type, tenant_id, headers::text, data::text, bdata, null::bigint as last_version";

    const string IsRelationship = $"stream_id = '{Streams.Graph}'";

    const string Cold =
        "first_position, first_version, first_recorded_at, null::uuid, stream_id, null, null, null, null, block, last_version";

    /// <summary>The events that meet all conditions.</summary>
    /// <param name="filter">The conditions.</param>
    /// <param name="most">Not more than these; null: all.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <exception cref="DroppedReadingsException">Some were dropped.</exception>
    /// <exception cref="DamagedArchiveException">Some cannot be read.</exception>
    public async IAsyncEnumerable<LoggedEvent> Run(
        EventFilter filter, int? most = null, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var (sql, parameters) = Sql(filter, most);
        await using var command = source.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        // A day may take minutes.
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var open = new PriorityQueue<(LoggedEvent[] Events, int Next), long>();
        var left = most ?? int.MaxValue;
        while (left > 0)
        {
            var isRow = await reader.ReadAsync(cancel);
            var position = isRow ? reader.GetInt64(0) : long.MaxValue;
            // What is in blocks that began before this row.
            while (left > 0 && open.TryPeek(out var block, out var next) && next < position)
            {
                open.Dequeue();
                if (block.Next + 1 < block.Events.Length)
                    open.Enqueue((block.Events, block.Next + 1), block.Events[block.Next + 1].Position);
                if (!IsWanted(block.Events[block.Next], filter)) continue;
                left--;
                yield return block.Events[block.Next];
            }
            if (!isRow) yield break;
            if (left == 0) yield break;
            if (reader.IsDBNull(10))
            {
                left--;
                yield return Row(reader);
            }
            else if (!filter.WithoutDropped || !reader.IsDBNull(9))
            {
                var (stream, first, last) = (reader.GetString(4), reader.GetInt64(1), reader.GetInt64(10));
                var packed = reader.IsDBNull(9) ? null : reader.GetFieldValue<byte[]>(9);
                // Positions alternate between streams: most blocks around a single one do not have it.
                if (filter.UpTo - filter.After < FewPositions && packed is not null
                    && !Archive.Times(stream, first, last, packed).Positions.Any(p => p > filter.After && p <= filter.UpTo)) continue;
                var events = Archive.Unpack(stream, first, last, packed);
                open.Enqueue((events, 0), events[0].Position);
            }
        }
    }

    static LoggedEvent Row(NpgsqlDataReader reader) => new(
        reader.GetInt64(0), reader.GetInt64(1), Micros.From(new DateTimeOffset(reader.GetDateTime(2))), reader.GetGuid(3),
        reader.GetString(4), reader.GetString(5), reader.GetString(6), reader.IsDBNull(7) ? null : reader.GetString(7),
        reader.GetString(8), reader.IsDBNull(9) ? null : reader.GetFieldValue<byte[]>(9));

    // Conditions that are not asked for are left out, so that the planner sees which index serves the others.
    static (string Sql, NpgsqlParameter[] Parameters) Sql(EventFilter filter, int? most)
    {
        List<NpgsqlParameter> parameters = [];
        List<string> hot = [], cold = [];
        var (after, upTo) = (Parameter(filter.After), Parameter(filter.UpTo));
        if (filter.OrRecordedAfter is { } time)
        {
            var recorded = Parameter(time.UtcDateTime);
            hot.Add($"(seq_id > {after} or timestamp > {recorded})");
            cold.Add($"(last_position > {after} or last_recorded_at > {recorded})");
        }
        else
        {
            hot.Add($"seq_id > {after}");
            cold.Add($"last_position > {after}");
        }
        hot.Add($"seq_id <= {upTo}");
        cold.Add($"first_position <= {upTo}");
        if (filter.Streams is { } streams) Both($"stream_id = any({Parameter(streams.ToArray())})");
        if (filter.StreamPrefix is { } prefix) Both($"starts_with(stream_id, {Parameter(prefix)})");
        if (filter.Asset is { } asset)
            Both($"(split_part(stream_id, '/', 2) = {Parameter(asset)}{(filter.RelatedTo is null ? "" : $" or {IsRelationship}")})");
        // Relationships are not archived.
        if (filter.RelatedTo is { } related)
            hot.Add($"(not {IsRelationship} or {Parameter(related)} in (data ->> 'source', data ->> 'target'))");
        if (filter.Versions is var (first, last))
        {
            var (from, to) = (Parameter(first), Parameter(last));
            hot.Add($"version between {from} and {to}");
            cold.Add($"first_version <= {to} and last_version >= {from}");
        }
        if (filter.Types is { } types)
        {
            var any = Parameter(types.ToArray());
            hot.Add($"type = any({any})");
            cold.Add($"'{ReadingsType}' = any({any})");
        }
        if (filter.Actor is { } actor)
        {
            var by = Parameter(actor);
            hot.Add($"{CallerMetadata.ActorInSql} = {by}");
            cold.Add($"{by} = any(actors)");
        }
        var (hotLimit, coldLimit) = ("", "");
        if (most is { } some)
        {
            var limit = Parameter((long)some);
            hotLimit = $" order by seq_id limit {limit}";
            // A block between the positions has at least its first event, before those of later blocks; one over an end may have none.
            if (filter is { Actor: null, Versions: null, OrRecordedAfter: null })
                coldLimit = $" order by first_position limit {limit} + (select count(*) from {Archive.Table} where "
                    + $"first_position <= {after} and last_position > {after} or first_position <= {upTo} and last_position > {upTo})";
        }
        return (
            $"(select {Hot} from events.mt_events where {string.Join(" and ", hot)}{hotLimit}) union all "
                + $"(select {Cold} from {Archive.Table} where {string.Join(" and ", cold)}{coldLimit}) order by 1",
            [.. parameters]);

        void Both(string condition)
        {
            hot.Add(condition);
            cold.Add(condition);
        }

        string Parameter(object value)
        {
            parameters.Add(new() { Value = value });
            return string.Create(CultureInfo.InvariantCulture, $"${parameters.Count}");
        }
    }

    static readonly string ReadingsType = EventLog.EventNames[typeof(Contracts.Events.ReadingsRecorded)];

    // A block as a whole meets the conditions on streams.
    static bool IsWanted(LoggedEvent e, EventFilter filter) =>
        (e.Position > filter.After || (filter.OrRecordedAfter is { } time && e.RecordedAt > Micros.From(time)))
        && e.Position <= filter.UpTo
        && (filter.Versions is not var (first, last) || (e.Version >= first && e.Version <= last))
        && (filter.Actor is null || ActorOf(e) == filter.Actor);

    /// <summary>Who asked for an event; null when nobody said.</summary>
    public static string? ActorOf(LoggedEvent e) =>
        e.Headers is null ? null : System.Text.Json.Nodes.JsonNode.Parse(e.Headers)?[CallerMetadata.Actor]?.ToString();
}
