using Npgsql;
using Query.Registry;
using ServiceDefaults;
using ServiceDefaults.Seals;

namespace Query.Twins;

/// <summary>Read your own writes: waits until a twin has seen a log position.</summary>
sealed class AwaitPosition(NpgsqlDataSource source, LogReader log, KnownAssets registry, TimeProvider time)
{
    // Most writes are visible sooner; after this time the log is asked whether there is anything to wait for.
    static readonly TimeSpan BeforeAskingTheLog = TimeSpan.FromMilliseconds(200);
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <exception cref="TimeoutException">The twin did not reach the position in time.</exception>
    /// <exception cref="InvalidInputException">The log does not have it, so nobody can have been given it.</exception>
    public async Task Run(LiveTwin twin, string field, long position, CancellationToken cancel)
    {
        if (twin.View.Position >= position) return;
        using var watcher = new Watcher([twin]);
        var started = time.GetTimestamp();
        var hasAsked = false;
        while (twin.View.Position < position)
        {
            var waited = time.GetElapsedTime(started);
            if (waited >= Patience)
            {
                var end = await log.Position(cancel);
                if (position > end) throw AfterTheEnd(field, position, end);
                if (!await HasEvents(twin, position, cancel)) return;
                throw new TimeoutException(
                    $"The twin is at log position {twin.View.Position} and did not reach {position} within {Patience.TotalSeconds} s.");
            }
            var left = hasAsked ? Patience - waited : BeforeAskingTheLog - waited;
            if (left > TimeSpan.Zero && await watcher.Wait(left, cancel)) continue;
            if (hasAsked) continue;
            hasAsked = true;
            if (await log.LastTaken(cancel) is var last && position > last) throw AfterTheEnd(field, position, last);
            // The latest writes may still be above the safe position.
            if (position <= await log.Position(cancel) && !await HasEvents(twin, position, cancel)) return;
        }
    }

    static InvalidInputException AfterTheEnd(string field, long position, long end) =>
        new(field, position, FormattableString.Invariant($"0 to {end}, the end of the log"));

    // Positions are shared by all assets: this twin may have no events up to the requested one.
    async Task<bool> HasEvents(LiveTwin twin, long position, CancellationToken cancel)
    {
        var registeredAt = registry.Find(twin.AssetId)?.RegisteredAt ?? DateTimeOffset.UnixEpoch;
        var days = Streams.TelemetryBetween(
            twin.AssetId, Later(registeredAt, (twin.View.RecordedAt ?? registeredAt).AddDays(-1)), time.GetUtcNow().AddDays(1));
        await using var command = source.CreateCommand(
            "select exists (select 1 from events.mt_events where stream_id = any($1) and seq_id > $2 and seq_id <= $3 union all "
                + $"select 1 from {Archive.Table} where stream_id = any($1) and last_position > $2 and first_position <= $3)");
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = days },
            new() { Value = twin.View.Position },
            new() { Value = position },
        });
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }

    static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
