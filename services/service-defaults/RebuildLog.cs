using Contracts.Events;
using Npgsql;

namespace ServiceDefaults;

/// <summary>A rebuild of several twins, as far as it has come.</summary>
/// <param name="Started">What is rebuilt.</param>
/// <param name="Caller">Who asked for it.</param>
/// <param name="Position">Log position of its start.</param>
/// <param name="Version">Newest version of its stream.</param>
/// <param name="Progress">What is done of it.</param>
/// <param name="Finished">Its outcome; null while it runs.</param>
public sealed record RebuildState(
    RebuildStarted Started, Caller Caller, long Position, long Version, RebuildProgressed Progress, RebuildFinished? Finished)
{
    /// <summary>The rebuild's id.</summary>
    public string Id => Started.RebuildId;
}

/// <summary>An asset that the log has streams of.</summary>
/// <param name="Id">The asset.</param>
/// <param name="HasTwin">Whether there are readings of it or events about its twin; false: it is only registered.</param>
public readonly record struct LoggedAsset(string Id, bool HasTwin);

/// <summary>Reads rebuilds from the log: the first and the newest event of their streams say all about them.</summary>
public sealed class RebuildLog(NpgsqlDataSource source)
{
    const string All = $"starts_with(s.id, '{Streams.Rebuilds}')";

    static readonly string FinishedName = EventLog.EventNames[typeof(RebuildFinished)];

    /// <summary>A rebuild; null if there is none with this id.</summary>
    public async Task<RebuildState?> Find(string id, CancellationToken cancel) =>
        (await Read("s.id = $1", [new() { Value = Streams.Rebuild(id) }], cancel)).SingleOrDefault();

    /// <summary>The newest rebuilds, newest first.</summary>
    /// <param name="before">Id of the rebuild that they are older than; null: the newest of all.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="cancel">Stops reading.</param>
    public Task<List<RebuildState>> Newest(string? before, int most, CancellationToken cancel) => Read(
        $"s.id in (select s.id from events.mt_streams s where {All} and ($1 = '' or s.id < $1) order by s.id desc limit $2)",
        [new() { Value = before is null ? "" : Streams.Rebuild(before) }, new() { Value = most }], cancel);

    /// <summary>The rebuilds that have not finished.</summary>
    public Task<List<RebuildState>> Unfinished(CancellationToken cancel) =>
        Read($"{All} and newest.type <> $1", [new() { Value = FinishedName }], cancel);

    /// <summary>
    /// All assets at a time, by id: those with readings or other events about a twin, and those that are only registered.
    /// </summary>
    public async Task<List<LoggedAsset>> Assets(DateTimeOffset at, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            "select split_part(id, '/', 2), bool_or(id not like 'asset/%') from events.mt_streams "
                + "where (id like 'telemetry/%' or id like 'twin/%' or id like 'asset/%') and created <= $1 group by 1");
        command.Parameters.Add(new() { Value = at.UtcDateTime });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<LoggedAsset> assets = [];
        while (await reader.ReadAsync(cancel)) assets.Add(new(reader.GetString(0), reader.GetBoolean(1)));
        return [.. assets.OrderBy(a => a.Id, StringComparer.Ordinal)];
    }

    /// <summary>The time by the clock that dates streams.</summary>
    public async Task<DateTimeOffset> Now(CancellationToken cancel)
    {
        await using var command = source.CreateCommand("select clock_timestamp()");
        return new((DateTime)(await command.ExecuteScalarAsync(cancel))!);
    }

    /// <summary>
    /// The twins that a rebuild has rebuilt. Reads all that was appended since its start: once when it is taken up, not to follow it.
    /// </summary>
    public async Task<List<TwinRebuilt>> Rebuilt(RebuildState rebuild, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            "select data from events.mt_events where seq_id > $1 and type = $2 and data ->> 'rebuildId' = $3 order by seq_id");
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = rebuild.Position }, new() { Value = EventLog.EventNames[typeof(TwinRebuilt)] }, new() { Value = rebuild.Id },
        });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<TwinRebuilt> rebuilt = [];
        while (await reader.ReadAsync(cancel)) rebuilt.Add(EventLog.Read<TwinRebuilt>(reader.GetString(0)));
        return rebuilt;
    }

    async Task<List<RebuildState>> Read(string condition, NpgsqlParameter[] parameters, CancellationToken cancel)
    {
        await using var command = source.CreateCommand($"""
            select first.data, first.headers ->> '{CallerMetadata.Actor}', first.headers ->> '{CallerMetadata.Reason}',
                first.seq_id, newest.version, newest.type, newest.data
            from events.mt_streams s
            join events.mt_events first on first.stream_id = s.id and first.version = 1
            join lateral (
                select version, type, data from events.mt_events where stream_id = s.id order by version desc limit 1) newest on true
            where {condition} order by s.id desc
            """);
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<RebuildState> rebuilds = [];
        while (await reader.ReadAsync(cancel))
        {
            var started = EventLog.Read<RebuildStarted>(reader.GetString(0));
            var newest = EventLog.Read(reader.GetString(5), reader.GetString(6));
            var finished = newest as RebuildFinished;
            rebuilds.Add(new(
                started, new(Text(1), Text(2)), reader.GetInt64(3), reader.GetInt64(4),
                finished is { } f ? new(f.RebuildId, f.Equal, f.Different, f.Failed, f.FinishedAt)
                    : newest as RebuildProgressed ?? new(started.RebuildId, 0, 0, 0, started.StartedAt),
                finished));
        }
        return rebuilds;

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }
}
