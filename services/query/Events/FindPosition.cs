using Npgsql;
using NpgsqlTypes;
using Query.Api;
using ServiceDefaults;
using ServiceDefaults.Seals;
using TwinModel.Telemetry;

namespace Query.Events;

/// <summary>Finds log positions by time, and times by log position.</summary>
sealed class FindPosition(NpgsqlDataSource source, LogReader log, TimeProvider time)
{
    // Concurrent appends may get positions in a different order than their times, but at most this far apart: an append takes no longer.
    const int Neighbourhood = 10_000;
    static readonly TimeSpan LongestAppend = TimeSpan.FromMinutes(1);

    // As long as one waits for a twin (minPosition); older transactions on the log usually end within milliseconds.
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(5);
    static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// The requested position and when it was appended; the end of the log if none is requested. Waits for a position that an event has
    /// taken, and its writer may have been told, until nothing can appear below it any more.
    /// </summary>
    /// <exception cref="InvalidInputException">The position is after the end of the log, or the time is in the future.</exception>
    /// <exception cref="UnavailableException">Something could still appear below the position after some seconds.</exception>
    public async Task<(long Position, DateTimeOffset Time)> Run(KnownAt? asked, CancellationToken cancel, string name = Input.KnownAt)
    {
        if (asked?.Time is { } then) Input.NotAfter(name, then, time.GetUtcNow(), Input.Ahead);
        var end = await log.Position(cancel);
        if (asked?.Position > end && await log.LastTaken(cancel) >= asked.Value.Position)
            end = await EndFrom(asked.Value.Position.Value, name, cancel);
        if (asked?.Position > end)
            throw new InvalidInputException(
                name, asked.Value.Position, FormattableString.Invariant($"a log position from 0 to {end}, or a time in ISO 8601"));
        if (asked?.Time is { } at) return await Last(at, end, cancel) ?? (0, at);
        var position = asked?.Position ?? end;
        return (position, await AtOrBefore(position, cancel) ?? time.GetUtcNow());
    }

    async Task<long> EndFrom(long position, string name, CancellationToken cancel)
    {
        for (var began = time.GetTimestamp(); await log.Safe(cancel) < position; await Task.Delay(LookAgain, time, cancel))
        {
            if (time.GetElapsedTime(began) >= Patience)
                throw new UnavailableException(
                    $"An earlier transaction on the log is still open, so '{name}' {position} may not have the same answer later. "
                        + "Ask again.",
                    LookAgainAfter);
        }
        return await log.Position(cancel);
    }

    /// <summary>
    /// The highest position with a time up to <paramref name="at"/>, and that time; null if there is none. The log has no index on time,
    /// but times rise with positions: bisection.
    /// </summary>
    async Task<(long Position, DateTimeOffset Time)?> Last(DateTimeOffset at, long end, CancellationToken cancel)
    {
        await using var command = source.CreateCommand($"""
            with recursive search (at, low, high) as (
                select at, 0::bigint, $2::bigint from (values ($1), ($3)) as asked (at)
                union all
                select at, case when e.timestamp > at then low else middle end, case when e.timestamp > at then e.seq_id - 1 else high end
                from (select at, low, high, low + (high - low + 1) / 2 as middle from search where low < high) s
                left join lateral (
                    select seq_id, timestamp from events.mt_events where seq_id <= middle order by seq_id desc limit 1) e on true),
            found (at, low) as (select at, low from search where low >= high)
            select seq_id, timestamp from events.mt_events
            where timestamp <= $1
                and seq_id <= least((select low + {Neighbourhood} from found where at = $1), (select low from found where at = $3))
            order by seq_id desc limit 1
            """);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = at.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz }, new() { Value = end },
            new() { Value = (at + LongestAppend).UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz },
        });
        var row = await First(command, cancel);
        return Later(row, await InArchive(row?.Position, end, at, cancel));
    }

    async Task<DateTimeOffset?> AtOrBefore(long position, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            "select seq_id, timestamp from events.mt_events where seq_id <= $1 order by seq_id desc limit 1");
        command.Parameters.Add(new() { Value = position });
        var row = await First(command, cancel);
        return Later(row, await InArchive(row?.Position, position, DateTimeOffset.MaxValue, cancel))?.Time;
    }

    static async Task<(long Position, DateTimeOffset Time)?> First(NpgsqlCommand command, CancellationToken cancel)
    {
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? (reader.GetInt64(0), new DateTimeOffset(reader.GetDateTime(1), TimeSpan.Zero)) : null;
    }

    static (long Position, DateTimeOffset Time)? Later((long Position, DateTimeOffset Time)? a, (long Position, DateTimeOffset Time)? b) =>
        a is null || b?.Position > a.Value.Position ? b : a;

    /// <summary>
    /// The archived event with the highest position between two, recorded up to a time. Read after the rows, so that what is archived
    /// meanwhile is found.
    /// </summary>
    async Task<(long Position, DateTimeOffset Time)?> InArchive(long? above, long upTo, DateTimeOffset until, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            $"select stream_id, first_version, last_version, last_position, block from {Archive.Table} where last_position > $1 "
                + "and first_position <= $2 and first_recorded_at <= $3 order by last_position desc");
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = above ?? 0 }, new() { Value = upTo },
            new() { Value = until.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz },
        });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        (long Position, DateTimeOffset Time)? best = null;
        while (await reader.ReadAsync(cancel) && !(reader.GetInt64(3) <= best?.Position))
        {
            // What was dropped has no positions any more; any other near there will do.
            if (reader.IsDBNull(4)) continue;
            var (positions, times) = Archive.Times(
                reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetFieldValue<byte[]>(4));
            for (var i = positions.Length - 1; i >= 0; i--)
            {
                if (positions[i] > upTo || times[i] > Micros.From(until)) continue;
                best = Later(best, (positions[i], Micros.ToTime(times[i])));
                break;
            }
        }
        return best;
    }
}
