using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Contracts.Events;
using Contracts.Query.V1;
using Grpc.Net.Client;
using Integration.Tests.Running;
using Npgsql;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Integration.Tests;

/// <summary>Twins are rebuilt from the log while they are asked for, whatever happens to tables and processes.</summary>
[Collection<OnOneSystem>]
public class RebuildTests(RunningSystem system) : SystemTest<RunningSystem>(system)
{
    const ushort MeltPressure = 7;
    const int Frames = 20;

    static readonly string[] Tables = [ReadModels.Twin, ReadModels.Rollup, ReadModels.Alarm, ReadModels.Health, ReadModels.TwinCheckpoint];

    readonly long at = Samples.Now - 120 * Micros.PerSecond;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lost_tables_come_back_through_a_kill_in_the_middle_while_queries_are_answered()
    {
        string[] assets = [.. Enumerable.Range(0, 6).Select(_ => Pollux.NextAsset()).Order(StringComparer.Ordinal)];
        foreach (var asset in assets) await Fill(asset);
        await Pollux.Store(assets[0], Pressure(30, 210));
        var alarm = await Alarm(assets[0], a => (string)a["limitId"]! == "melt-pressure-high");
        await Post($"/api/v1/alarms/{alarm["id"]}:acknowledge", new { by = "ada" });
        await Pollux.Store(assets[0], Pressure(40, 100), Pressure(50, 100));
        await Alarm(assets[0], a => (string)a["state"]! == "closed");
        foreach (var asset in assets) await Alarm(asset, a => (string)a["limitId"]! == "missing-data");
        // Then its stream exists and can be held.
        var last = assets[^1];
        await Pollux.Rebuild(last);
        foreach (var asset in assets) await Saved(asset);
        var before = await Rows(assets);
        var twins = await Answers(assets);

        foreach (var table in Tables) await Execute($"delete from {table} where asset_id = any($1)", assets);
        using var end = new CancellationTokenSource();
        var watched = Watch(assets, twins, end.Token);
        string id;
        int done;
        await using (var connection = await Pollux.Database.OpenConnectionAsync(Cancel))
        {
            await using var transaction = await connection.BeginTransactionAsync(Cancel);
            await using var hold = new NpgsqlCommand("select from events.mt_streams where id = $1 for update", connection);
            hold.Parameters.Add(new() { Value = Streams.Twin(last) });
            await hold.ExecuteNonQueryAsync(Cancel);
            id = (string)(await Start(assets))["id"]!;
            Assert.Equal(id, (string)(await Start(assets))["id"]!);
            done = (await Eventually.Get("some twins are rebuilt", () => Rebuilt(id, assets), rebuilt => rebuilt.Count >= 2)).Count;
            await Pollux.TwinState.Kill();
        }
        Assert.Equal("running", (string)(await Pollux.Get($"/api/v1/rebuilds/{id}"))["state"]!);
        await Pollux.TwinState.Start();
        var rebuild = await Eventually.Get(
            "the rebuild goes on to its end", () => Pollux.Get($"/api/v1/rebuilds/{id}"), r => (string)r["state"]! == "finished",
            r => r.ToJsonString());
        await end.CancelAsync();
        Assert.True(await watched > 0);

        Assert.Equal((6, 6, 0, 0), ((int)rebuild["assets"]!, (int)rebuild["equal"]!, (int)rebuild["different"]!, (int)rebuild["failed"]!));
        // What was done was not done again.
        Assert.InRange(done, 2, 5);
        Assert.Equal(assets, (await Rebuilt(id, assets)).Order(StringComparer.Ordinal));
        Assert.Equal(before, await Rows(assets));
        Assert.Equal(twins, await Answers(assets));
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Pollux.Query.GrpcPort}");
        var rpc = new RebuildService.RebuildServiceClient(channel);
        var same = (await rpc.GetRebuildAsync(new() { RebuildId = id }, cancellationToken: Cancel)).Rebuild;
        Assert.Equal(("finished", 6, 6, "ada"), (same.State, same.Assets, same.Equal, same.By));
        Assert.Contains(id, (await rpc.ListRebuildsAsync(new(), cancellationToken: Cancel)).Rebuilds.Select(r => r.Id));
    }

    [Fact]
    public async Task The_command_follows_a_rebuild_to_its_end_and_names_twins_that_differ()
    {
        var (good, changed) = (Pollux.NextAsset(), Pollux.NextAsset());
        await Fill(good);
        await Fill(changed);
        Assert.Contains("2 twins: 2 equal, 0 different, 0 not rebuilt", await Command("rebuild", good, changed));
        var stream = Streams.Telemetry(changed, Streams.DayOf(TimeProvider.System.GetUtcNow()));
        var altered = Convert.ToHexString(TelemetryCodec.Encode([Pressure(0, 201)]));
        await Execute($"update events.mt_events set bdata = '\\x{altered}' where stream_id = any($1) and version = 1", [stream]);
        var said = await Command("rebuild", good, changed);
        Assert.Contains($"{changed}: DIFFERENT: ", said);
        Assert.Contains("2 twins: 1 equal, 1 different, 0 not rebuilt", said);
        Assert.Contains("assets[0]", await Command("rebuild", "no-such-asset"));
    }

    async Task Fill(string asset) => await Pollux.Store(
        asset, [.. Enumerable.Range(0, Frames).SelectMany(i => Samples.Frame(Pollux.Model, at + i * Micros.PerSecond, i))]);

    Task Saved(string asset) => Eventually.Get(
        $"the twin of {asset} is saved",
        async () => (Saved: (await Pollux.Twins.View(asset))?.StateHash, Shown: (string?)(await Twin(asset))["stateHash"]),
        hashes => hashes.Saved is not null && hashes.Saved == hashes.Shown);

    Reading Pressure(int second, double bar) => new(MeltPressure, at + second * Micros.PerSecond, bar);

    async Task<JsonNode> Alarm(string asset, Func<JsonNode, bool> isIt) => (await Eventually.Get(
        $"{asset} has the alarm",
        async () => (await Pollux.Get($"/api/v1/alarms?asset={asset}"))["items"]!.AsArray().FirstOrDefault(a => isIt(a!)),
        found => found is not null))!;

    Task<JsonNode> Twin(string asset) => Pollux.Get($"/api/v1/twins/{asset}");

    Task<JsonNode> Start(string[] assets) => Post("/api/v1/rebuilds", new { assets });

    async Task<JsonNode> Post(string path, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("X-Pollux-Actor", "ada");
        using var answer = await Pollux.Query.Http.SendAsync(request, Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    /// <summary>The assets that a rebuild has rebuilt, once for each time.</summary>
    async Task<List<string>> Rebuilt(string id, IEnumerable<string> assets)
    {
        List<string> rebuilt = [];
        foreach (var asset in assets)
            rebuilt.AddRange((await Pollux.Log.Events<TwinRebuilt>(Streams.Twin(asset))).Where(e => e.RebuildId == id).Select(_ => asset));
        return rebuilt;
    }

    /// <summary>History, alarms and condition as stored.</summary>
    async Task<List<string>> Rows(string[] assets)
    {
        List<string> rows = [];
        foreach (var asset in assets)
        {
            rows.Add((await Pollux.Twins.ViewAndHistory(asset)).History);
            foreach (var table in new[] { ReadModels.Alarm, ReadModels.Health })
            {
                // The position of the condition is that of the twin.
                await using var command = Pollux.Database.CreateCommand(
                    $"select coalesce(string_agg(view::text, E'\\n' order by view::text), '') from {table} where asset_id = $1");
                command.Parameters.Add(new() { Value = asset });
                rows.Add((string)(await command.ExecuteScalarAsync(Cancel))!);
            }
        }
        return rows;
    }

    /// <summary>What the API says about each: the twin's hash and readings, and how many readings its history counts.</summary>
    async Task<List<(string Hash, long Readings, long Counted)>> Answers(string[] assets)
    {
        List<(string, long, long)> answers = [];
        foreach (var asset in assets)
        {
            var (twin, history) = (await Twin(asset), await Pollux.Get(HistoryOf(asset)));
            answers.Add(((string)twin["stateHash"]!, (long)twin["readings"]!, Counted(history)));
        }
        return answers;
    }

    // Wide enough to come from the stored history instead of the log.
    string HistoryOf(string asset) =>
        $"/api/v1/twins/{asset}/history?sensor=zone-1-temperature&points=60"
            + $"&from={Micros.ToTime(at - 3600 * Micros.PerSecond).UtcDateTime:yyyy-MM-ddTHH:mm:ss}Z"
            + $"&to={Micros.ToTime(at + 60 * Micros.PerSecond).UtcDateTime:yyyy-MM-ddTHH:mm:ss}Z";

    static long Counted(JsonNode history) => history["series"]![0]!["points"]!.AsArray().Sum(b => (long)b!["count"]!);

    /// <summary>Asks again and again; every answer is the old one or the new one, and the history of lost rows is empty or whole.</summary>
    async Task<int> Watch(string[] assets, List<(string Hash, long Readings, long Counted)> expected, CancellationToken end)
    {
        for (var n = 0; ; n++)
        {
            if (end.IsCancellationRequested) return n;
            var asset = n % assets.Length;
            var (twin, history) = (await Twin(assets[asset]), await Pollux.Get(HistoryOf(assets[asset])));
            Assert.Equal((expected[asset].Hash, expected[asset].Readings), ((string)twin["stateHash"]!, (long)twin["readings"]!));
            Assert.Contains(Counted(history), new[] { 0, expected[asset].Counted });
            await Task.Delay(20, CancellationToken.None);
        }
    }

    async Task Execute(string sql, string[] values)
    {
        await using var command = Pollux.Database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = values });
        Assert.True(await command.ExecuteNonQueryAsync(Cancel) >= 0);
    }

    Task<string> Command(params string[] arguments) => Infrastructure.Said(
        "dotnet", [ServiceProcess.Assembly("Cli"), .. arguments],
        new Dictionary<string, string> { ["Services__Query"] = Pollux.Query.Http.BaseAddress!.OriginalString });
}
