using Contracts.Events;
using Npgsql;
using NpgsqlTypes;
using Query.Registry;
using ServiceDefaults;

namespace Query.Rejections;

/// <summary>Reads rejections from the log, newest day first. The cost is that of the days read.</summary>
sealed class ReadRejections(NpgsqlDataSource source, KnownAssets assets)
{
    // Payloads may be large: a page ends early rather than exhaust memory.
    const int AtATime = 20;
    const long MostBytes = 8 << 20;

    /// <summary>Rejections between two positions (both exclusive), newest first, and whether there are more.</summary>
    /// <exception cref="NotFoundException">No such asset.</exception>
    public async Task<(List<RejectionAnswer> Rows, bool HasMore)> Newest(
        string? assetId, long after, long? before, int limit, CancellationToken cancel)
    {
        List<RejectionAnswer> found = [];
        var days = await Days(assetId, cancel);
        // Devices send for assets that are not registered.
        if (days.Count == 0) assets.OnlyOrReserved(assetId);
        foreach (var day in days)
        {
            var below = before ?? long.MaxValue;
            while (true)
            {
                var some = await Read(
                    day, "seq_id > $2 and seq_id < $3 order by seq_id desc limit $4",
                    [after, below, Math.Min(AtATime, limit + 1 - found.Count)], cancel);
                if (some.Count == 0) break;
                found.AddRange(some);
                if (found.Count > limit) return (found[..limit], true);
                below = some[^1].Position;
                if (found.Sum(r => (long)r.Payload.Length) > MostBytes) return (found, true);
            }
        }
        return (found, false);
    }

    /// <exception cref="NotFoundException">No such rejection.</exception>
    public async Task<RejectionAnswer> Get(string id, CancellationToken cancel)
    {
        if (!Guid.TryParse(id, out var wanted)) throw new NotFoundException("rejection", id);
        foreach (var day in await Days(null, cancel))
        {
            if (await Read(day, "data ->> 'id' = $2", [wanted.ToString()], cancel) is not [var rejection, ..]) continue;
            assets.Guard(rejection.AssetId, "rejection", id);
            return rejection;
        }
        throw new NotFoundException("rejection", id);
    }

    /// <summary>Replay attempts of rejections, oldest first.</summary>
    public async Task<List<RejectionReplayed>> Replays(string stream, Guid[] ids, CancellationToken cancel)
    {
        await using var command = source.CreateCommand("""
            select data from events.mt_events
            where stream_id = $1 and type = 'rejection_replayed' and data ->> 'rejectionId' = any($2) order by version
            """);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = stream },
            new() { Value = ids.Select(i => i.ToString()).ToArray() },
        });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<RejectionReplayed> replays = [];
        while (await reader.ReadAsync(cancel)) replays.Add(EventLog.Read<RejectionReplayed>(reader.GetString(0)));
        return replays;
    }

    async Task<List<string[]>> Days(string? assetId, CancellationToken cancel)
    {
        await using var command = source.CreateCommand("select id from events.mt_streams where starts_with(id, $1)");
        command.Parameters.Add(new() { Value = assetId is null ? "rejected/" : $"rejected/{assetId}/", NpgsqlDbType = NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<string> streams = [];
        while (await reader.ReadAsync(cancel)) streams.Add(reader.GetString(0));
        streams.RemoveAll(s => !assets.IsVisible(Streams.AssetOf(s)));
        return [.. streams.GroupBy(s => s[(s.LastIndexOf('/') + 1)..]).OrderByDescending(d => d.Key, StringComparer.Ordinal)
            .Select(d => d.ToArray())];
    }

    async Task<List<RejectionAnswer>> Read(string[] streams, string where, object[] parameters, CancellationToken cancel)
    {
        List<(string Stream, long Position, ReadingsRejected Event)> events = [];
        await using (var command = source.CreateCommand(
            $"select stream_id, seq_id, data from events.mt_events where stream_id = any($1) and type = 'readings_rejected' and {where}"))
        {
            command.Parameters.Add(new() { Value = streams });
            foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
                events.Add((reader.GetString(0), reader.GetInt64(1),
                    EventLog.Read<ReadingsRejected>(reader.GetString(2))));
        }
        Dictionary<Guid, RejectionReplayed> replays = [];
        foreach (var stream in events.GroupBy(e => e.Stream))
        {
            foreach (var replay in await Replays(stream.Key, [.. stream.Select(e => e.Event.Id)], cancel))
                replays[replay.RejectionId] = replay;
        }
        return [.. events.Select(e => RejectionAnswer.Of(e.Event, e.Stream, e.Position, replays.GetValueOrDefault(e.Event.Id)))];
    }
}
