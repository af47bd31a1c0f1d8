using Npgsql;
using NpgsqlTypes;
using Query.Api;
using ServiceDefaults;

namespace Query.Events;

/// <summary>Finds log positions by time, and times by log position.</summary>
sealed class FindPosition(NpgsqlDataSource source, LogReader log, TimeProvider time)
{
    // Concurrent appends may get positions in a different order than their times, but at most this far apart.
    const int Neighbourhood = 10_000;

    /// <summary>The requested position and when it was appended; the end of the log if none is requested.</summary>
    /// <exception cref="InvalidInputException">The position is after the end of the log, or the time is in the future.</exception>
    public async Task<(long Position, DateTimeOffset Time)> Run(KnownAt? asked, CancellationToken cancel, string name = Input.KnownAt)
    {
        if (asked?.Time is { } then) Input.NotAfter(name, then, time.GetUtcNow(), Input.Ahead);
        var end = await log.Position(cancel);
        if (asked?.Position > end)
            throw new InvalidInputException(
                name, asked.Value.Position, FormattableString.Invariant($"a log position from 0 to {end}, or a time in ISO 8601"));
        var position = asked switch { { Position: { } given } => given, { Time: { } at } => await Last(at, end, cancel), _ => end };
        return (position, await AtOrBefore(position, cancel) is { } e ? e.Time : asked?.Time ?? time.GetUtcNow());
    }

    /// <summary>
    /// The highest position with a time up to <paramref name="at"/>. The log has no index on time, but times rise with positions:
    /// bisection.
    /// </summary>
    async Task<long> Last(DateTimeOffset at, long end, CancellationToken cancel)
    {
        var (low, high) = (0L, end);
        while (low < high)
        {
            var middle = low + (high - low + 1) / 2;
            if (await AtOrBefore(middle, cancel) is not { } e || e.Time <= at) low = middle;
            else high = Math.Min(e.Position, middle) - 1;
        }
        await using var command = source.CreateCommand(
            "select max(seq_id) from events.mt_events where seq_id between $1 and $2 and timestamp <= $3");
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = low },
            new() { Value = low + Neighbourhood },
            new() { Value = at.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz },
        });
        return await command.ExecuteScalarAsync(cancel) is long position ? position : low;
    }

    async Task<(long Position, DateTimeOffset Time)?> AtOrBefore(long position, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            "select seq_id, timestamp from events.mt_events where seq_id <= $1 order by seq_id desc limit 1");
        command.Parameters.Add(new() { Value = position });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? (reader.GetInt64(0), new DateTimeOffset(reader.GetDateTime(1), TimeSpan.Zero)) : null;
    }
}
