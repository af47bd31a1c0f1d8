using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Contracts.Events;
using Contracts.Messages;
using Contracts.Query.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Integration.Tests.Running;
using ServiceDefaults;
using TwinModel.Telemetry;
using Twin = TwinModel.Twins.Twin;

namespace Integration.Tests;

/// <summary>Twins, fleet and alarms as of some time, on both time axes, and what differs between two of them.</summary>
[Collection<OnOneSystem>]
public class PastTests(RunningSystem system) : SystemTest<RunningSystem>(system)
{
    const ushort MeltTemperature = 6, MeltPressure = 7;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_past_twin_begins_at_a_checkpoint_and_is_the_same_without_one()
    {
        var (asset, other, at) = (Pollux.NextAsset(), Pollux.NextAsset(), Samples.Now - 900 * Micros.PerSecond);
        await Pollux.Store(other, new Reading(MeltTemperature, at - 60 * Micros.PerSecond, 199));
        await Pollux.Store(asset, Seconds(at, 0, 60));
        await Checkpoint(asset);
        await Checkpoint(other);
        var before = await Pollux.Store(asset, Seconds(at, 60, 90));
        var late = await Pollux.Store(
            asset, new Reading(MeltTemperature, at + 30_500_000, 240), new Reading(MeltPressure, at + 200 * Micros.PerSecond, 90));
        string[] questions =
        [
            .. from second in new[] { 20, 59, 75, 300 }
               from position in new[] { before, late }
               select $"/api/v1/twins/{asset}?validAt={Time(at + second * Micros.PerSecond)}&knownAt={position}",
        ];
        var fromCheckpoint = await Task.WhenAll(questions.Select(q => Pollux.Query.Http.GetStringAsync(q, Cancel)));
        await Execute("delete from twin_state.twin_checkpoint where asset_id = $1", asset);
        foreach (var (question, answer) in questions.Zip(fromCheckpoint))
            Assert.Equal(await Pollux.Query.Http.GetStringAsync(question, Cancel), answer);

        // It does begin there: with somebody else's checkpoint it is not the same. 20 s is before the newest sample of either.
        await Execute(
            "insert into twin_state.twin_checkpoint select $1, position, newest_sample, versions, state "
                + "from twin_state.twin_checkpoint where asset_id = $2", asset, other);
        Assert.NotEqual(fromCheckpoint[^1], await Pollux.Query.Http.GetStringAsync(questions[^1], Cancel));
    }

    [Fact]
    public async Task What_was_true_earlier_is_known_without_reading_all_that_came_since()
    {
        var (asset, at) = (Pollux.NextAsset(), Samples.Now - 900 * Micros.PerSecond);
        var first = await Pollux.Store(asset, Seconds(at, 0, 60));
        await Checkpoint(asset);
        var second = await Pollux.Store(asset, Seconds(at, 60, 90));
        await Keep(asset, second, first, at + 60 * Micros.PerSecond);
        var late = await Pollux.Store(asset, new Reading(MeltTemperature, at + 30_500_000, 240));
        await Keep(asset, late, second, at + 30_500_000);
        await Keep(asset, await Pollux.Store(asset, Seconds(at, 90, 100)), late, at + 90 * Micros.PerSecond);
        async Task<string[]> Ask() => await Task.WhenAll(new[] { 40, 75, 95 }.Select(second => Pollux.Query.Http.GetStringAsync(
            $"/api/v1/twins/{asset}?validAt={Time(at + second * Micros.PerSecond)}", Cancel)));
        static string[] Twins(string[] answers) => [.. answers.Select(a => (string)JsonNode.Parse(a)!["stateHash"]!)];
        var hashes = Twins(await Ask());

        // Without what the second state says, it is not known what came before the third.
        await Execute("delete from twin_state.twin_checkpoint where asset_id = $1 and position = $2", asset, second);
        Assert.Equal(hashes, Twins(await Ask()));
        // It is believed: nothing late came, if the third says so.
        await Execute(
            "update twin_state.twin_checkpoint set oldest_since = $3, since_position = $4 where asset_id = $1 and position = $2",
            asset, late, at + 90 * Micros.PerSecond, first);
        Assert.NotEqual(hashes[0], Twins(await Ask())[0]);
        await Execute("delete from twin_state.twin_checkpoint where asset_id = $1", asset);
        Assert.Equal(hashes, Twins(await Ask()));
    }

    [Fact]
    public async Task Of_old_checkpoints_one_in_twenty_minutes_stays_and_the_next_takes_over_what_the_others_told()
    {
        var (asset, at) = (Pollux.NextAsset(), Samples.Now);
        var hour = 3600 * Micros.PerSecond;
        var then = (at / hour - 50) * hour;
        for (var number = 1; number <= 4; number++)
        {
            await Execute(
                "insert into twin_state.twin_checkpoint (asset_id, position, newest_sample, versions, state, since_position, oldest_since) "
                    + "values ($1, $2, $3, '{}', $4, $5, $6)", asset, (long)number, then + (number == 4 ? hour / 3 : number),
                new Twin(Pollux.Model).Snapshot(), number - 1L, 100L - number);
        }
        var position = await Pollux.Store(asset, new Reading(MeltTemperature, at, 200));
        await Eventually.Is("there is a checkpoint", async () => (await Kept()).Any(c => c.Position == position));
        Assert.Equal([(1, 0, 99), (4, 1, 96), (position, 0, at)], await Kept());

        async Task<List<(long Position, long Since, long Oldest)>> Kept()
        {
            await using var command = Pollux.Database.CreateCommand(
                "select position, since_position, oldest_since from twin_state.twin_checkpoint where asset_id = $1 order by position");
            command.Parameters.Add(new() { Value = asset });
            await using var reader = await command.ExecuteReaderAsync(Cancel);
            List<(long, long, long)> kept = [];
            while (await reader.ReadAsync(Cancel)) kept.Add((reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2)));
            return kept;
        }
    }

    [Fact]
    public async Task Alarms_are_as_they_were()
    {
        var (asset, at) = (Pollux.NextAsset(), Samples.Now - 900 * Micros.PerSecond);
        await Pollux.Store(asset, new Reading(MeltPressure, at, 82), new Reading(MeltPressure, at + 10_000_000, 210));
        var raised = (await Events<AlarmRaised>(asset, a => a.LimitId == "melt-pressure-high")).Single();
        var whenRaised = await Pollux.Log.Position();
        await Pollux.Send(QueueNames.TwinCommands, new AcknowledgeAlarm(asset, raised.AlarmId, "eve", null));
        await Events<AlarmAcknowledged>(asset, _ => true);
        await Pollux.Store(asset, new Reading(MeltPressure, at + 20_000_000, 100), new Reading(MeltPressure, at + 30_000_000, 100));
        await Events<AlarmCleared>(asset, c => c.AlarmId == raised.AlarmId);

        async Task<string?> State(string asOf) => (string?)(await Pollux.Get($"/api/v1/alarms/{raised.AlarmId}?{asOf}"))["state"];
        Assert.Equal("closed", await State(""));
        Assert.Equal("active", await State($"knownAt={whenRaised}"));
        // True then, as known now: the acknowledgement came much later than the readings.
        Assert.Equal("active", await State($"validAt={Time(at + 15_000_000)}"));
        Assert.Equal("cleared", await State($"validAt={Time(at + 40_000_000)}"));
        using var never = await Pollux.Query.Http.GetAsync($"/api/v1/alarms/{raised.AlarmId}?validAt={Time(at + 5_000_000)}", Cancel);
        Assert.Equal(HttpStatusCode.NotFound, never.StatusCode);

        async Task<IEnumerable<string>> Listed(string asOf) =>
            (await Pollux.Get($"/api/v1/alarms?asset={asset}&{asOf}"))["items"]!.AsArray().Select(a => (string)a!["state"]!);
        Assert.Empty(await Listed($"validAt={Time(at + 5_000_000)}"));
        Assert.Equal(["active"], await Listed($"validAt={Time(at + 15_000_000)}"));
        Assert.Empty(await Listed($"validAt={Time(at + 15_000_000)}&state=closed"));
        Assert.Equal(["active"], await Listed($"knownAt={whenRaised}&severity=critical"));

        // Another moment, or another filter, than that of the page before.
        await Pollux.Store(asset, new Reading(MeltPressure, at + 50_000_000, 210), new Reading(MeltPressure, at + 60_000_000, 100),
            new Reading(MeltPressure, at + 67_000_000, 100));
        await Events<AlarmCleared>(asset, c => c.AlarmId != raised.AlarmId);
        var asked = $"/api/v1/alarms?asset={asset}&severity=critical&limit=1&validAt={Time(at + 70_000_000)}";
        var page = await Pollux.Get(asked);
        var next = await Pollux.Get($"/api/v1/alarms?asset={asset}&severity=critical&limit=1&cursor={page["nextCursor"]}");
        Assert.Equal((raised.AlarmId, "cleared"), ((string)next["items"]![0]!["id"]!, (string)next["items"]![0]!["state"]!));
        await Refused(
            HttpStatusCode.BadRequest, $"{asked}&knownAt={whenRaised}&cursor={page["nextCursor"]}", "knownAt", "as on the first page");
        await Refused(HttpStatusCode.BadRequest, $"{asked}&state=cleared&cursor={page["nextCursor"]}", "cursor", "the same filters");

        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Pollux.Query.GrpcPort}");
        var rpc = new AlarmService.AlarmServiceClient(channel);
        var then = Timestamp.FromDateTimeOffset(Micros.ToTime(at + 40_000_000));
        Assert.Equal("cleared", Assert.Single(
            (await rpc.ListAlarmsAsync(new() { AssetId = asset, ValidAt = then }, cancellationToken: Cancel)).Alarms).State);
        Assert.Equal("active", (await rpc.GetAlarmAsync(
            new() { AlarmId = raised.AlarmId, KnownAtPosition = whenRaised }, cancellationToken: Cancel)).Alarm.State);
    }

    [Fact]
    public async Task Before_an_asset_was_there_the_answer_is_from_when_on_it_was()
    {
        var before = await Pollux.Log.Position();
        var asset = Pollux.UnregisteredAsset("late");
        await Pollux.Register("extrusion-line", asset);
        var early = "2020-01-01T00:00:00Z";
        foreach (var (path, name) in new[]
        {
            ($"twins/{asset}", "validAt"), ($"assets/{asset}", "validAt"), ($"assets/{asset}/tree", "validAt"),
            ($"assets/{asset}/relationships", "validAt"), ($"graph?from={asset}", "validAt"), ($"twins/{asset}/health", "validAt"),
            ($"twins/{asset}/diff", "from"), ($"twins/{asset}/history?sensor=melt-pressure", "to"), ($"alarms?asset={asset}", "validAt"),
            ($"scenarios?asset={asset}", "validAt"), ($"decisions?asset={asset}", "validAt"), ($"calibrations?asset={asset}", "validAt"),
        })
            await Refused(
                HttpStatusCode.NotFound, $"/api/v1/{path}{(path.Contains('?') ? '&' : '?')}{name}={early}", name, "a time from 20");
        foreach (var (path, name) in new[]
        {
            ($"twins/{asset}", "knownAt"), ($"assets/{asset}", "knownAt"), ($"assets/{asset}/tree", "knownAt"),
            ($"assets/{asset}/relationships", "knownAt"), ($"graph?from={asset}", "knownAt"), ($"twins/{asset}/health", "knownAt"),
            ($"twins/{asset}/diff", "fromKnownAt"), ($"twins/{asset}/history?sensor=melt-pressure", "knownAt"),
            ($"twins/{asset}/parameters", "knownAt"), ($"twins/{asset}/corrections", "knownAt"), ($"alarms?asset={asset}", "knownAt"),
            ($"scenarios?asset={asset}", "knownAt"), ($"decisions?asset={asset}", "knownAt"), ($"calibrations?asset={asset}", "knownAt"),
        })
            await Refused(
                HttpStatusCode.NotFound, $"/api/v1/{path}{(path.Contains('?') ? '&' : '?')}{name}={before}", name, "a log position from");
        // It is no machine that is left out because it has sent nothing.
        Assert.Contains(new(asset, false), await new RebuildLog(Pollux.Database).Assets(TimeProvider.System.GetUtcNow(), Cancel));
    }

    [Theory]
    [InlineData("alarms")]
    [InlineData("scenarios")]
    [InlineData("decisions")]
    [InlineData("decisions/hindsight")]
    [InlineData("calibrations")]
    [InlineData("rejected")]
    [InlineData("log/events")]
    [InlineData("log/watch")]
    public async Task A_list_of_an_asset_that_does_not_exist_is_not_empty(string list) => await Refused(
        HttpStatusCode.NotFound, $"/api/v1/{list}?asset=no-such", "asset", "the id of a registered asset that the caller may see");

    async Task Refused(HttpStatusCode status, string path, string field, string allowed)
    {
        using var answer = await Pollux.Query.Http.GetAsync(new Uri(path, UriKind.Relative), Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(status == answer.StatusCode, $"{path}: {answer.StatusCode} {text}");
        var problem = JsonNode.Parse(text)!;
        Assert.Equal((path, field), (path, (string?)problem["field"]));
        Assert.Contains(allowed, (string)problem["allowed"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_fleet_is_as_it_was_and_its_pages_keep_the_moment()
    {
        var at = Samples.Now - 900 * Micros.PerSecond;
        string[] assets = [Pollux.NextAsset(), Pollux.NextAsset(), Pollux.NextAsset()];
        foreach (var asset in assets) await Pollux.Store(asset, new Reading(MeltTemperature, at, 200));
        var known = await Pollux.Log.Position();
        foreach (var asset in assets) await Pollux.Store(asset, new Reading(MeltTemperature, at + 10_000_000, 210));

        var moment = $"validAt={Time(at + 60_000_000)}&knownAt={known}";
        List<JsonNode> fleet = [];
        string? cursor = null;
        do
        {
            var page = await Pollux.Get($"/api/v1/twins?limit=7&{moment}{(cursor is null ? "" : $"&cursor={cursor}")}");
            Assert.InRange(page["items"]!.AsArray().Count, 0, 7);
            fleet.AddRange(page["items"]!.AsArray()!);
            cursor = (string?)page["nextCursor"];
        }
        while (cursor is not null);
        Assert.Equal(fleet.Select(t => (string)t["assetId"]!).Order(StringComparer.Ordinal), fleet.Select(t => (string)t["assetId"]!));
        foreach (var asset in assets)
        {
            var twin = fleet.Single(t => (string)t["assetId"]! == asset);
            Assert.Equal((200, known), (ValueOf(twin, "melt-temperature"), (long)twin["asOf"]!["knownAtPosition"]!));
            Assert.Equal((string)(await Pollux.Get($"/api/v1/twins/{asset}?{moment}"))["stateHash"]!, (string)twin["stateHash"]!);
        }
        // Without knownAt, the second page still shows the log of the first.
        var first = await Pollux.Get($"/api/v1/twins?limit=1&search={assets[0][..^1]}&validAt={Time(at + 60_000_000)}");
        await Pollux.Store(assets[1], new Reading(MeltTemperature, at + 20_000_000, 220));
        var position = (long)first["items"]![0]!["asOf"]!["knownAtPosition"]!;
        var second = await Pollux.Get($"/api/v1/twins?limit=1&search={assets[0][..^1]}&validAt={Time(at + 60_000_000)}"
            + $"&cursor={(string)first["nextCursor"]!}");
        Assert.Equal(position, (long)second["items"]![0]!["asOf"]!["knownAtPosition"]!);
        // Another moment beside the cursor is not ignored.
        foreach (var (field, value) in new[] { ("validAt", Time(at)), ("knownAt", $"{known}") })
        {
            using var other = await Pollux.Query.Http.GetAsync(
                $"/api/v1/twins?limit=1&{field}={value}&cursor={(string)first["nextCursor"]!}", TestContext.Current.CancellationToken);
            var problem = JsonNode.Parse(await other.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
            Assert.Equal((HttpStatusCode.BadRequest, field), (other.StatusCode, (string?)problem["field"]));
        }

        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Pollux.Query.GrpcPort}");
        var listed = await new TwinService.TwinServiceClient(channel).ListTwinsAsync(
            new()
            {
                Search = assets[2],
                ValidAt = Timestamp.FromDateTimeOffset(Micros.ToTime(at + 60_000_000)),
                KnownAtPosition = known,
            }, cancellationToken: Cancel);
        Assert.Equal(200, Assert.Single(listed.Twins).Sensors.Single(s => s.Id == "melt-temperature").Value);
    }

    [Fact]
    public async Task What_was_known_at_a_position_is_the_live_twin_of_then_with_a_clock_ahead_and_after_a_correction()
    {
        var (asset, at) = (Pollux.NextAsset(), Samples.Now - 10_000_000);
        await Pollux.Store(asset, new Reading(MeltTemperature, at, 200), new Reading(MeltTemperature, at + 40_000_000, 205));
        var known = await Pollux.Log.Position();
        var live = await Pollux.Get($"/api/v1/twins/{asset}");
        var then = await Pollux.Get($"/api/v1/twins/{asset}?knownAt={known}");
        Assert.Equal(((string)live["stateHash"]!, 2L), ((string)then["stateHash"]!, (long)then["readings"]!));
        Assert.Equal(1L, (long)(await Pollux.Get($"/api/v1/twins/{asset}?knownAt={known}&validAt={Time(at)}"))["readings"]!);

        using var corrected = await Pollux.Query.Http.PostAsJsonAsync(
            $"/api/v1/twins/{asset}/corrections",
            new
            {
                sensor = "melt-temperature",
                readings = new[] { new { sampledAt = Micros.ToTime(at), value = 201 } },
                reason = "a typing error",
                by = "eve",
            }, Cancel);
        Assert.True(corrected.IsSuccessStatusCode, await corrected.Content.ReadAsStringAsync(Cancel));
        await Eventually.Get(
            "it is saved as corrected", () => Pollux.Log.Events<TwinRevised>(Streams.Twin(asset)), revised => revised.Count == 1);
        var after = await Pollux.Log.Position();
        var twin = await Pollux.Get($"/api/v1/twins/{asset}?knownAt={after}");
        Assert.True((long)twin["position"]! > known && twin["recordedAt"] is not null, twin.ToJsonString());
        // The same time, before and after: the correction is why.
        var moment = Time(at + 1_000_000);
        var diff = await Pollux.Get($"/api/v1/twins/{asset}/diff?from={moment}&to={moment}&fromKnownAt={known}&toKnownAt={after}");
        Assert.Equal(201, (double)Assert.Single(diff["sensors"]!.AsArray())!["to"]!);
        Assert.Equal(["readings_corrected", "twin_revised"], diff["events"]!.AsArray().Select(e => (string)e!["type"]!));
        using var both = await Pollux.Query.Http.GetAsync($"/api/v1/twins/{asset}?knownAt={known}&minPosition=1", Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, both.StatusCode);
    }

    [Fact]
    public async Task A_difference_names_values_alarms_and_the_events_that_made_it()
    {
        var (asset, at) = (Pollux.NextAsset(), Samples.Now - 900 * Micros.PerSecond);
        await Pollux.Store(asset, new Reading(MeltTemperature, at, 200), new Reading(MeltPressure, at, 82));
        var known = await Pollux.Log.Position();
        await Pollux.Store(asset, new Reading(MeltPressure, at + 10_000_000, 210));
        var raised = (await Events<AlarmRaised>(asset, a => a.LimitId == "melt-pressure-high")).Single();
        await Eventually.Get(
            "the alarm is saved", () => Pollux.Twins.View(asset), t => t?.Alarms.Any(a => a.Id == raised.AlarmId) == true);

        var sides = $"from={Time(at + 5_000_000)}&to={Time(at + 15_000_000)}";
        var diff = await Pollux.Get($"/api/v1/twins/{asset}/diff?{sides}");
        var sensor = Assert.Single(diff["sensors"]!.AsArray())!;
        Assert.Equal(("melt-pressure", 82, 210, 128, "bar"), ((string)sensor["id"]!, (double)sensor["from"]!, (double)sensor["to"]!,
            (double)sensor["difference"]!, (string)sensor["unit"]!));
        var alarm = Assert.Single(diff["alarms"]!.AsArray())!;
        Assert.Equal((raised.AlarmId, null, "active"), ((string)alarm["id"]!, (string?)alarm["from"], (string?)alarm["to"]));
        Assert.Equal(["alarm_raised"], diff["events"]!.AsArray().Select(e => (string)e!["type"]!));
        Assert.Equal((true, 2L, 3L, false), ((bool)diff["isChanged"]!, (long)diff["readings"]!["from"]!, (long)diff["readings"]!["to"]!,
            (bool)diff["hasMoreEvents"]!));

        // The same time before and after a late reading: what it has changed.
        var lately = await Pollux.Store(asset, new Reading(MeltTemperature, at + 2_000_000, 205));
        var late = await Pollux.Get(
            $"/api/v1/twins/{asset}/diff?from={Time(at + 5_000_000)}&to={Time(at + 5_000_000)}&fromKnownAt={known}");
        sensor = Assert.Single(late["sensors"]!.AsArray())!;
        Assert.Equal(("melt-temperature", 200, 205), ((string)sensor["id"]!, (double)sensor["from"]!, (double)sensor["to"]!));
        Assert.Empty(late["alarms"]!.AsArray());
        Assert.Empty(late["events"]!.AsArray());
        // Nothing differs from itself.
        var same = await Pollux.Get(
            $"/api/v1/twins/{asset}/diff?from={Time(at + 5_000_000)}&to={Time(at + 5_000_000)}&fromKnownAt={lately}&toKnownAt={lately}");
        Assert.Equal((false, 0, 0), ((bool)same["isChanged"]!, same["sensors"]!.AsArray().Count, same["events"]!.AsArray().Count));

        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Pollux.Query.GrpcPort}");
        var rpc = new DiffService.DiffServiceClient(channel);
        var answer = await rpc.DiffTwinAsync(
            new()
            {
                AssetId = asset,
                From = Timestamp.FromDateTimeOffset(Micros.ToTime(at + 5_000_000)),
                To = Timestamp.FromDateTimeOffset(Micros.ToTime(at + 15_000_000)),
            }, cancellationToken: Cancel);
        Assert.Equal((raised.AlarmId, "", "active"),
            (answer.Alarms.Single().Id, answer.Alarms.Single().FromState, answer.Alarms.Single().ToState));
        Assert.Equal("alarm_raised", answer.Events.Single().Type);
        var refused = await Assert.ThrowsAsync<RpcException>(
            async () => await rpc.DiffTwinAsync(new() { AssetId = asset, FromKnownAtPosition = -1 }, cancellationToken: Cancel));
        Assert.Equal((StatusCode.InvalidArgument, "from_known_at_position"), (refused.StatusCode, refused.Trailers.GetValue("field")));
    }

    [Fact]
    public async Task The_difference_of_the_fleet_names_the_assets_that_differ()
    {
        // Not so long ago that silence would be an alarm in the meantime.
        var (changed, same, at) = (Pollux.NextAsset(), Pollux.NextAsset(), Samples.Now - 5 * Micros.PerSecond);
        await Pollux.Store(changed, new Reading(MeltTemperature, at, 200));
        await Pollux.Store(same, new Reading(MeltTemperature, at, 200));
        var before = await Pollux.Log.Position();
        var registered = Pollux.UnregisteredAsset("later");
        await Pollux.Register("extrusion-line", registered);
        await Pollux.Store(changed, new Reading(MeltTemperature, at + 1_000_000, 203));
        var after = await Pollux.Log.Position();
        var now = Time(Samples.Now);
        var question = $"/api/v1/twins:diff?from={now}&to={now}&fromKnownAt={before}&toKnownAt={after}";
        List<JsonNode> differing = [];
        for (var next = question; next is not null;)
        {
            var page = await Pollux.Get(next);
            differing.AddRange(page["items"]!.AsArray()!);
            next = page["nextCursor"] is { } cursor ? $"{question}&limit=3&cursor={cursor}" : null;
        }
        JsonNode? Of(string asset) => differing.SingleOrDefault(d => (string)d["assetId"]! == asset);
        Assert.True(Of(same) is null, Of(same)?.ToJsonString());
        Assert.Equal(("to", null), ((string)Of(registered)!["knownOn"]!, Of(registered)!["diff"]));
        var sensor = Assert.Single(Of(changed)!["diff"]!["sensors"]!.AsArray())!;
        Assert.Equal((200, 203), ((double)sensor["from"]!, (double)sensor["to"]!));

        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Pollux.Query.GrpcPort}");
        var rpc = await new DiffService.DiffServiceClient(channel).DiffFleetAsync(
            new() { FromKnownAtPosition = before, ToKnownAtPosition = after, Search = changed }, cancellationToken: Cancel);
        var found = rpc.Assets.Single(a => a.AssetId == changed);
        Assert.Equal(("both", 203), (found.KnownOn, found.Diff.Sensors.Single().To));
    }

    [Fact]
    public async Task Assets_are_as_they_were_registered()
    {
        var asset = Pollux.UnregisteredAsset("renamed");
        var unknown = await Pollux.Log.Position();
        await Put(asset, new { model = "extrusion-line", name = "Old name", labels = new { hall = "1" } });
        var known = await Pollux.Log.Position();
        var registered = Samples.Now;
        await Put(asset, new { model = "pump-loop", name = "New name", labels = new { hall = "2" } });

        foreach (var then in new[] { $"knownAt={known}", $"validAt={Time(registered)}" })
        {
            var old = await Pollux.Get($"/api/v1/assets/{asset}?{then}");
            Assert.Equal(
                ("Old name", "extrusion-line", "1"), ((string)old["name"]!, (string)old["modelId"]!, (string)old["labels"]!["hall"]!));
            Assert.Contains("id: extrusion-line", await Pollux.Query.Http.GetStringAsync($"/api/v1/assets/{asset}/model?{then}", Cancel));
            Assert.Equal([asset], await Listed($"search={asset}&model=extrusion-line&label=hall%3D1&{then}"));
            Assert.Empty(await Listed($"search={asset}&label=hall%3D2&{then}"));
        }
        Assert.Equal("New name", (string)(await Pollux.Get($"/api/v1/assets/{asset}"))["name"]!);
        Assert.Empty(await Listed($"search={asset}&knownAt={unknown}"));
        using var missing = await Pollux.Query.Http.GetAsync($"/api/v1/assets/{asset}?knownAt={unknown}", Cancel);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);

        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Pollux.Query.GrpcPort}");
        var rpc = new AssetService.AssetServiceClient(channel);
        var overGrpc = await rpc.GetAssetAsync(new() { AssetId = asset, KnownAtPosition = known }, cancellationToken: Cancel);
        Assert.Equal("Old name", overGrpc.Asset.Name);
        Assert.Equal("extrusion-line", (await rpc.ListAssetsAsync(
            new() { Search = asset, KnownAtPosition = known }, cancellationToken: Cancel)).Assets.Single(a => a.Id == asset).ModelId);

        async Task<IEnumerable<string>> Listed(string filter) =>
            (await Pollux.Get($"/api/v1/assets?{filter}"))["items"]!.AsArray().Select(a => (string)a!["id"]!).Where(id => id == asset);
    }

    async Task Put(string asset, object body)
    {
        using var answer = await Pollux.Query.Http.PutAsJsonAsync($"/api/v1/assets/{asset}", body, Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    static Reading[] Seconds(long at, int from, int to) => [.. Enumerable.Range(from, to - from).SelectMany(second => new[]
    {
        new Reading(MeltTemperature, at + second * Micros.PerSecond, 200 + second % 7),
        new Reading(MeltPressure, at + second * Micros.PerSecond, 82 + second % 3),
    })];

    static double ValueOf(JsonNode twin, string sensor) =>
        (double)twin["sensors"]!.AsArray().Single(s => (string)s!["id"]! == sensor)!["value"]!;

    static string Time(long micros) => Uri.EscapeDataString(Micros.ToTime(micros).ToString("O", CultureInfo.InvariantCulture));

    async Task<List<T>> Events<T>(string asset, Func<T, bool> wanted)
    {
        var events = await Eventually.Get(
            $"{typeof(T).Name} of {asset} is in the log", () => Pollux.Log.Events<T>(Streams.Twin(asset)), all => all.Any(wanted));
        return [.. events.Where(wanted)];
    }

    Task Checkpoint(string asset) => Eventually.Is("there is a checkpoint", async () =>
    {
        await using var command = Pollux.Database.CreateCommand("select count(*) from twin_state.twin_checkpoint where asset_id = $1");
        command.Parameters.Add(new() { Value = asset });
        return (long)(await command.ExecuteScalarAsync(Cancel))! > 0;
    });

    /// <summary>Makes a checkpoint of the twin at a position, as if there had been work enough.</summary>
    Task Keep(string asset, long position, long since, long oldest) => Eventually.Is("the twin is saved", async () => await Execute("""
        insert into twin_state.twin_checkpoint
            (asset_id, position, newest_sample, versions, state, corrections, since_position, oldest_since)
        select asset_id, position, (extract(epoch from now()) * 1000000)::bigint, versions, state, corrections, $3, $4
        from twin_state.twin where asset_id = $1 and position = $2
        """, asset, position, since, oldest) == 1);

    async Task<int> Execute(string sql, params object[] parameters)
    {
        await using var command = Pollux.Database.CreateCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        return await command.ExecuteNonQueryAsync(Cancel);
    }
}
