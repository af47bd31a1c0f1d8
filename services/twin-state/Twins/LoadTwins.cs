using System.Globalization;
using System.Text.Json;
using Contracts.Estimates;
using Contracts.Events;
using JasperFx.Events;
using Marten;
using Npgsql;
using ServiceDefaults;
using TwinModel.Health;
using TwinModel.Telemetry;
using TwinModel.Twins;

namespace TwinState.Twins;

/// <summary>Loads twins as they were saved last, with the events of their streams; the readings since then are still missing.</summary>
sealed class LoadTwins
{
    const int MostTwins = 64;

    readonly IDocumentStore store;
    readonly NpgsqlDataSource source;
    readonly LogReader log;
    readonly CoalescedCalls<RegisteredAsset, OwnedTwin> calls;

    public LoadTwins(IDocumentStore store, NpgsqlDataSource source, LogReader log)
    {
        (this.store, this.source, this.log) = (store, source, log);
        calls = new(MostTwins, mostAtOnce: 2, LoadAll);
    }

    /// <summary>The saved twin; an empty one if there is none or if its model or format differs.</summary>
    public Task<OwnedTwin> Load(RegisteredAsset asset, CancellationToken cancel) => calls.Add(asset, cancel);

    /// <summary>The events of <c>twin/{asset}</c>.</summary>
    public async Task<IReadOnlyList<IEvent>> Events(string assetId, CancellationToken cancel)
    {
        await using var session = store.QuerySession();
        return await session.Events.FetchStreamAsync(Streams.Twin(assetId), token: cancel);
    }

    async Task<IReadOnlyList<OwnedTwin>> LoadAll(IReadOnlyList<RegisteredAsset> assets)
    {
        string[] ids = [.. assets.Select(a => a.Id)];
        var (saved, corrections) = (await Saved(ids), await log.CorrectionsOf(ids));
        await using var session = store.QuerySession();
        var query = session.CreateBatchQuery();
        var streams = assets.Select(a => query.Events.FetchStream(Streams.Twin(a.Id))).ToList();
        await query.Execute();
        List<OwnedTwin> twins = [];
        foreach (var (asset, stream) in assets.Zip(streams))
        {
            var events = await stream;
            // Without a saved twin, the log tells which corrections have been reported.
            var revised = saved.GetValueOrDefault(asset.Id) is { } known ? (Version: known.Corrections, Position: 0L)
                : (Version: 0L, Position: events.Select(e => e.Data).OfType<TwinRevised>().Select(r => r.Position).DefaultIfEmpty().Max());
            var inLog = corrections.GetValueOrDefault(asset.Id, []);
            var included = inLog.Where(c => c.Version <= revised.Version || c.Position <= revised.Position).ToList();
            var twin = Restored(
                asset, saved.GetValueOrDefault(asset.Id), included.Count == 0 ? Corrections.None : new(asset.Model, included),
                inLog.Select(c => c.Version).LastOrDefault());
            foreach (var e in events)
            {
                twin.Apply([e.Data]);
                twin.TwinStreamVersion = e.Version;
            }
            if (twin.ReplacesHistory) twin.AlarmsKnownUpTo = KnownUpTo(events.Select(e => e.Data));
            if (twin.HealthIsFresh) twin.BeginRecordedLives();
            // Left by an owner that ended before it had derived them again.
            twin.MustRederive.UnionWith(
                saved.GetValueOrDefault(asset.Id)?.MustRederive.Select(sensor => (ushort)sensor).Where(s => twin.Twin.Sensor(s) is not null)
                    ?? []);
            twins.Add(twin);
        }
        return twins;
    }

    /// <summary>By limit, the newest sample time at which an alarm was raised or cleared, microseconds.</summary>
    public static Dictionary<string, long> KnownUpTo(IEnumerable<object> events)
    {
        Dictionary<string, string> limits = [];
        Dictionary<string, long> known = [];
        foreach (var e in events)
        {
            if (e is AlarmRaised raised) Note(limits[raised.AlarmId] = raised.LimitId, raised.RaisedAt);
            else if (e is AlarmCleared cleared && limits.TryGetValue(cleared.AlarmId, out var limit)) Note(limit, cleared.ClearedAt);
        }
        return known;

        void Note(string limit, DateTimeOffset at) => known[limit] = Math.Max(known.GetValueOrDefault(limit), Micros.From(at));
    }

    async Task<Dictionary<string, SavedTwin>> Saved(string[] assetIds)
    {
        await using var command = source.CreateCommand(
            "select asset_id, position, revision, versions, state, offline_since, view ->> 'recordedAt', health, view -> 'estimate', "
                + "corrections, rederive, since_checkpoint from twin_state.twin where asset_id = any($1)");
        command.Parameters.Add(new() { Value = assetIds });
        await using var reader = await command.ExecuteReaderAsync();
        Dictionary<string, SavedTwin> saved = [];
        while (await reader.ReadAsync())
        {
            saved[reader.GetString(0)] = new(
                reader.GetInt64(1),
                reader.GetInt64(2),
                reader.GetString(3),
                reader.GetFieldValue<byte[]>(4),
                reader.IsDBNull(5) ? null : new DateTimeOffset(reader.GetDateTime(5)),
                reader.IsDBNull(6) ? null : reader.GetString(6),
                reader.IsDBNull(7) ? null : reader.GetFieldValue<byte[]>(7),
                reader.IsDBNull(8) ? null : JsonSerializer.Deserialize<EstimateSummary>(reader.GetString(8), JsonSerializerOptions.Web),
                reader.GetInt64(9), reader.IsDBNull(10) ? [] : reader.GetFieldValue<int[]>(10),
                SinceCheckpoint.From(reader.IsDBNull(11) ? null : reader.GetFieldValue<long[]>(11), reader.GetInt64(1)));
        }
        return saved;
    }

    static OwnedTwin Restored(RegisteredAsset asset, SavedTwin? saved, Corrections corrections, long inLog)
    {
        if (saved is null)
        {
            return new OwnedTwin(asset, new Twin(asset.Model))
            {
                ReplacesHistory = true,
                Corrections = corrections,
                CorrectionsInLog = inLog,
            };
        }
        var health = saved.Health is null ? null : AssetHealth.Restore(asset.Model, saved.Health);
        if (Twin.Restore(asset.Model, saved.State) is not { } twin || (health is null && asset.Model.Degradations.Count > 0))
        {
            return new OwnedTwin(asset, new Twin(asset.Model))
            {
                SavedRevision = saved.Revision,
                Revision = saved.Revision,
                ReplacesHistory = true,
                Corrections = corrections,
                CorrectionsInLog = inLog,
            };
        }
        return new OwnedTwin(asset, twin, health)
        {
            Corrections = corrections,
            CorrectionsInLog = inLog,
            Position = saved.Position,
            Revision = saved.Revision,
            SavedRevision = saved.Revision,
            Versions = JsonSerializer.Deserialize<Dictionary<string, long>>(saved.Versions)!,
            OfflineSince = saved.OfflineSince,
            Estimate = asset.Model.HasEstimate ? saved.Estimate : null,
            SinceCheckpoint = saved.SinceCheckpoint,
            RecordedAt = saved.RecordedAt is null ? null : DateTimeOffset.Parse(saved.RecordedAt, CultureInfo.InvariantCulture),
        };
    }

    sealed record SavedTwin(
        long Position, long Revision, string Versions, byte[] State, DateTimeOffset? OfflineSince, string? RecordedAt, byte[]? Health,
        EstimateSummary? Estimate, long Corrections, int[] MustRederive, SinceCheckpoint SinceCheckpoint);
}
