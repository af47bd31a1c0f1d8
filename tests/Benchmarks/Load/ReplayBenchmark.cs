using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;
using Marten;
using Npgsql;
using NpgsqlTypes;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Telemetry;
using TwinModel.Twins;

namespace Benchmarks.Load;

/// <summary>
/// Making twins again from the log: all of them, compared with merely reading and decoding the same log, and one as of a past time.
/// </summary>
static class ReplayBenchmark
{
    const int Sensors = 12;
    const int Workers = 2;
    const string Asset = "bench-replay";
    const int Fleet = 1000;
    const long Slot = 20 * TimeSpan.TicksPerMinute;

    public static async Task Run(Settings settings, CancellationToken cancel)
    {
        await Rebuild(settings, assets: 100, readings: (long)(20_000_000 * settings.Scale), secondsPerEvent: 10, verify: true, cancel);
        // The larger the events, the more of the time is the fold's: reading a row costs as much as folding in some hundred readings.
        await Rebuild(settings, assets: 100, readings: (long)(20_000_000 * settings.Scale), secondsPerEvent: 2, verify: false, cancel);
        await Rebuild(settings, assets: 100, readings: (long)(6_000_000 * settings.Scale), secondsPerEvent: 1, verify: false, cancel);
        await AsOf(settings, (int)(1_000_000 * settings.Scale), cancel);
        await FleetAsOf(settings, (int)(400 * settings.Scale), cancel);
    }

    static async Task Rebuild(
        Settings settings, int assets, long readings, int secondsPerEvent, bool verify, CancellationToken cancel)
    {
        var events = (int)(readings / assets / secondsPerEvent / Sensors);
        Report.Title(string.Create(
            CultureInfo.InvariantCulture,
            $"replay: {assets} machines with {events} events each of {secondsPerEvent * Sensors} readings"));
        await using var database = await BenchmarkDatabase.Create(settings, "replay", cancel);
        var log = new FilledLog(database.Source);
        var ids = Enumerable.Range(0, assets).Select(a => $"bench-{a}").ToList();
        var from = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var written = await log.Write(ids, events, secondsPerEvent, from, cancel);
        Report.Figure("readings in the log", written, "");
        Report.Figure("growth of the log, indexes included", (double)await log.Bytes(cancel) / written, "bytes/reading", "N1");

        var model = Model(settings);
        var days = (int)(from.AddSeconds((long)events * secondsPerEvent) - from).TotalDays + 1;
        var reader = new LogReader(database.Source);
        var (decode, fold, history) = (double.MaxValue, double.MaxValue, double.MaxValue);
        // In turns, and the fastest of each: the first pass warms up caches and code, and other work on the machine slows any of them.
        for (var pass = 0; pass < 4; pass++)
        {
            decode = Math.Min(decode, await Pass(_ => _ => { }));
            fold = Math.Min(fold, await Pass(_ => Fold(new() { WithoutHistory = true })));
            history = Math.Min(history, await Pass(_ => Fold(new())));
        }
        Report.Figure($"reading and decoding, {Workers} at the same time", written / decode, "readings/s");
        Report.Goal("rebuild of all twins", written / fold, "readings/s", 2_000_000, isAtLeast: true, "N0");
        Report.Goal("  speed against reading and decoding", decode / fold * 100, "%", 70, isAtLeast: true, "N0");
        Report.Figure("  with the buckets of its history, not saved", written / history, "readings/s");
        if (verify) await VerifyBenchmark.Measure(database.Store, database.Source, cancel);

        Action<List<Reading>> Fold(StepEffects effects)
        {
            var twin = new Twin(model);
            return batch =>
            {
                twin.Step(CollectionsMarshal.AsSpan(batch), effects);
                effects.Clear();
            };
        }

        async Task<double> Pass(Func<string, Action<List<Reading>>> of)
        {
            var (began, counted) = (Stopwatch.GetTimestamp(), 0L);
            var workers = new ParallelOptions { MaxDegreeOfParallelism = Workers, CancellationToken = cancel };
            await Parallel.ForEachAsync(ids, workers, async (id, ended) =>
            {
                var (take, batch, count) = (of(id), new List<Reading>(), 0L);
                foreach (var stream in Streams.TelemetryBetween(id, from, from.AddDays(days)))
                {
                    await foreach (var e in reader.After(stream, 0, ended))
                    {
                        batch.Clear();
                        TelemetryCodec.Decode(e.Batch, batch);
                        take(batch);
                        count += batch.Count;
                    }
                }
                Interlocked.Add(ref counted, count);
            });
            return counted == written ? Stopwatch.GetElapsedTime(began).TotalSeconds
                : throw new InvalidOperationException($"{counted} of {written} readings were read.");
        }
    }

    /// <summary>
    /// Questions to the API about moments of a machine that has sent once a second for days, with the checkpoints that twin-state would
    /// have kept and without any.
    /// </summary>
    static async Task AsOf(Settings settings, int events, CancellationToken cancel)
    {
        Report.Title(string.Create(CultureInfo.InvariantCulture, $"as-of: a machine with {events} events of {Sensors} readings"));
        await using var system = await RunningSystem.Start(
            settings, cancel, models: Path.Combine(settings.Repository, "tests/Benchmarks/Load/assets"));
        await using var source = NpgsqlDataSource.Create(settings.Postgres);
        var (from, end) = await Fill(settings, system, source, [Asset], events, secondsPerEvent: 1, cancel);
        var recent = end.AddDays(-2) > from ? end.AddDays(-2) : from;
        await Ask("known then, last two days", 60, recent, end, known: true, goal: 50, system, cancel);
        if (recent > from) await Ask("known then, any time before", 60, from, recent, known: true, goal: 50, system, cancel);
        await Ask("true then as known now, any time", 10, from, end, known: false, goal: null, system, cancel);
        await Execute(source, "delete from twin_state.twin_checkpoint where asset_id = $1", cancel, Asset);
        await Ask("known then, any time, without checkpoints", 10, from, end, known: true, goal: null, system, cancel);
    }

    /// <summary>The whole fleet as of moments of some hours, with the checkpoints that twin-state would have kept.</summary>
    static async Task FleetAsOf(Settings settings, int events, CancellationToken cancel)
    {
        const int SecondsPerEvent = 10;
        Report.Title(string.Create(
            CultureInfo.InvariantCulture, $"as-of: {Fleet} machines with {events} events each of {SecondsPerEvent * Sensors} readings"));
        await using var system = await RunningSystem.Start(
            settings, cancel, models: Path.Combine(settings.Repository, "tests/Benchmarks/Load/assets"));
        await using var source = NpgsqlDataSource.Create(settings.Postgres);
        string[] fleet = [.. Enumerable.Range(0, Fleet).Select(n => $"{Asset}-{n}")];
        var (from, end) = await Fill(settings, system, source, fleet, events, SecondsPerEvent, cancel);
        var (random, milliseconds) = (new Random(5), new List<double>());
        for (var i = -2; i < 20; i++)
        {
            var at = (from + (end - from) * random.NextDouble()).UtcDateTime;
            var (began, cursor, twins) = (Stopwatch.GetTimestamp(), "", 0);
            do
            {
                var page = JsonDocument.Parse(await system.Query.GetStringAsync(
                    $"/api/v1/twins?knownAt={at:yyyy-MM-ddTHH:mm:ss.ffffffZ}&search={Asset}&limit=500"
                        + $"&cursor={Uri.EscapeDataString(cursor)}", cancel)).RootElement;
                cursor = page.GetProperty("nextCursor").GetString() ?? "";
                twins += page.GetProperty("items").GetArrayLength();
            }
            while (cursor.Length > 0);
            if (twins != Fleet) throw new InvalidOperationException($"{twins} of {Fleet} twins at {at:O}");
            if (i >= 0) milliseconds.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        Report.Figure("known then, p50", Report.Percentile(milliseconds, 0.5), "ms", "N0");
        Report.Goal("  p95", Report.Percentile(milliseconds, 0.95), "ms", 2000, isAtLeast: false, "N0");
    }

    /// <summary>Registers machines and writes their past, which ends now, with its checkpoints.</summary>
    static async Task<(DateTimeOffset From, DateTimeOffset End)> Fill(
        Settings settings, RunningSystem system, NpgsqlDataSource source, IReadOnlyList<string> assets, int events, int secondsPerEvent,
        CancellationToken cancel)
    {
        await system.Register(assets, cancel, "light");
        // It would fold all of this and write its history.
        Process.GetProcessById(system.Processes["twin-state"]).Kill();
        var end = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 60);
        var from = end.AddSeconds(-(long)events * secondsPerEvent);
        await using (var command = source.CreateCommand("""
            update events.mt_events set data = jsonb_set(data, '{registeredAt}', to_jsonb($2::text)), timestamp = $2::timestamptz
            where stream_id = any($1)
            """))
        {
            command.Parameters.Add(new() { Value = assets.Select(Streams.Asset).ToArray() });
            command.Parameters.Add(new() { Value = from.AddDays(-1).ToString("O", CultureInfo.InvariantCulture) });
            await command.ExecuteNonQueryAsync(cancel);
        }
        await new FilledLog(source).Write(assets, events, secondsPerEvent, from, cancel);
        await Checkpoints(settings, source, assets, from, end, cancel);
        return (from, end);
    }

    /// <summary>
    /// The states that twin-state keeps: one each 5 000 readings or so for two days, before that the first of each 20 minutes.
    /// </summary>
    static async Task Checkpoints(
        Settings settings, NpgsqlDataSource source, IReadOnlyList<string> assets, DateTimeOffset from, DateTimeOffset end,
        CancellationToken cancel)
    {
        var (kept, recent) = (0, (Kept: 0, Bytes: 0L));
        foreach (var asset in assets)
        {
            var (twin, effects, readings) = (new Twin(Model(settings)), new StepEffects { WithoutHistory = true }, new List<Reading>());
            var (slot, work, since) = (default(DateTimeOffset), 0, (Position: 0L, Oldest: long.MaxValue));
            Dictionary<string, long> versions = [];
            foreach (var stream in Streams.TelemetryBetween(asset, from, end))
            {
                await foreach (var batch in new LogReader(source).After(stream, 0, cancel))
                {
                    readings.Clear();
                    TelemetryCodec.Decode(batch.Batch, readings);
                    twin.Step(CollectionsMarshal.AsSpan(readings), effects);
                    effects.Clear();
                    versions[stream] = batch.Version;
                    since.Oldest = Math.Min(since.Oldest, TelemetryCodec.SampleRange(batch.Batch).First);
                    if ((work += 10 + readings.Count) < 5_000) continue;
                    work = 0;
                    var now = new DateTimeOffset(batch.RecordedAt.UtcTicks / Slot * Slot, TimeSpan.Zero);
                    var isRecent = batch.RecordedAt >= end.AddDays(-2);
                    if (now == slot && !isRecent) continue;
                    slot = now;
                    foreach (var old in versions.Keys.Order(StringComparer.Ordinal).SkipLast(3).ToList()) versions.Remove(old);
                    var state = twin.Snapshot();
                    kept++;
                    if (isRecent) recent = (recent.Kept + 1, recent.Bytes + state.Length);
                    await Execute(
                        source, "insert into twin_state.twin_checkpoint "
                            + "(asset_id, position, newest_sample, versions, state, since_position, oldest_since) "
                            + "values ($1, $2, $3, $4::text::jsonb, $5, $6, $7)", cancel, asset, batch.Position,
                        Micros.From(batch.RecordedAt), JsonSerializer.Serialize(versions), state, since.Position, since.Oldest);
                    since = (batch.Position, long.MaxValue);
                }
            }
        }
        var days = Math.Min(2, (end - from).TotalDays) * assets.Count;
        Report.Figure("checkpoints", kept, "");
        Report.Figure("  of the last two days, per twin and day", recent.Kept / days, "");
        Report.Figure("  of the last two days, per twin and day", recent.Bytes / days / 1000, "kB", "N1");
    }

    static AssetModel Model(Settings settings) => ReadAssetModel.FromText(
        File.ReadAllText(Path.Combine(settings.Repository, "tests/Benchmarks/Load/assets/light.asset.yaml")), "light");

    static async Task Ask(
        string what, int questions, DateTimeOffset from, DateTimeOffset to, bool known, double? goal, RunningSystem system,
        CancellationToken cancel)
    {
        var random = new Random(5);
        List<double> milliseconds = [];
        for (var i = -2; i < questions; i++)
        {
            var at = from + (to - from) * random.NextDouble();
            var began = Stopwatch.GetTimestamp();
            using var answer = await system.Query.GetAsync(
                $"/api/v1/twins/{Asset}?{(known ? "knownAt" : "validAt")}={at.UtcDateTime:yyyy-MM-ddTHH:mm:ss.ffffffZ}", cancel);
            await answer.Content.ReadAsByteArrayAsync(cancel);
            if (answer.StatusCode != HttpStatusCode.OK)
                throw new InvalidOperationException($"{at:O}: {await answer.Content.ReadAsStringAsync(cancel)}");
            if (i >= 0) milliseconds.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        Report.Figure($"{what}, p50", Report.Percentile(milliseconds, 0.5), "ms", "N1");
        if (goal is { } most) Report.Goal("  p95", Report.Percentile(milliseconds, 0.95), "ms", most, isAtLeast: false, "N1");
        else Report.Figure("  p95", Report.Percentile(milliseconds, 0.95), "ms", "N1");
    }

    static async Task Execute(NpgsqlDataSource source, string sql, CancellationToken cancel, params object[] values)
    {
        await using var command = source.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
