using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Contracts.Events;
using Contracts.Query.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Integration.Tests.Running;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Integration.Tests.Simulations;

/// <summary>Places, relationships between assets and questions along them, over REST and gRPC, on both time axes.</summary>
[Collection<OnOneDecisionSystem>]
public class GraphTests(DecisionSystem system) : SystemTest<DecisionSystem>(system)
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    string Id(string name) => Pollux.UnregisteredAsset($"{name}-{Guid.NewGuid():N}"[..(name.Length + 7)]);

    static string Time(DateTimeOffset time) => Uri.EscapeDataString(time.ToString("O", CultureInfo.InvariantCulture));

    static DateTimeOffset Days(double ago) => Micros.ToTime(Samples.Now).AddDays(-ago);

    async Task<string> Registered(string model, string? name = null)
    {
        var id = Id(name ?? model);
        var (status, body) = await Send(HttpMethod.Put, $"/api/v1/assets/{id}", new { model });
        Assert.True(status == HttpStatusCode.OK, body?.ToJsonString());
        return id;
    }

    async Task<(HttpStatusCode Status, JsonNode? Body)> Send(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Add("X-Pollux-Actor", "eve");
        using var answer = await Pollux.Query.Http.SendAsync(request, Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        return (answer.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    Task<(HttpStatusCode Status, JsonNode? Body)> Relate(string source, string type, string target, object? body = null) =>
        Send(HttpMethod.Put, $"/api/v1/assets/{source}/relationships/{type}/{target}", body ?? new { });

    async Task Related(string source, string type, string target, DateTimeOffset since)
    {
        var (status, body) = await Relate(source, type, target, new { since });
        Assert.True(status == HttpStatusCode.OK, body?.ToJsonString());
    }

    async Task<string[]> Found(string question) =>
        [.. (await Pollux.Get($"/api/v1/graph?{question}"))["items"]!.AsArray().Select(n => (string)n!["id"]!)];

    [Fact]
    public async Task Machines_that_feed_a_line_and_have_a_part_that_is_degrading_as_of_then()
    {
        var (hall, line, other) = (await Registered("hall"), await Registered("line"), await Registered("line"));
        var (worn, sound, elsewhere) = (Pollux.NextAsset(), Pollux.NextAsset(), Pollux.NextAsset());
        var start = Days(30);
        await Related(line, "part-of", hall, Days(40));
        await Related(worn, "feeds", line, Days(40));
        await Related(sound, "feeds", line, Days(40));
        await Related(elsewhere, "feeds", other, Days(40));
        await Pollux.Live(worn, start, 0, 14, damageFromDays: 12);
        await Pollux.Live(sound, start, 0, 14, damageFromDays: 100);
        var healthy = await Pollux.Log.Position();
        Assert.Empty(await Found($"from={line}&path=%3Cfeeds&condition=critical"));
        await Pollux.Live(worn, start, 14, 20, damageFromDays: 12);
        await Pollux.Live(elsewhere, start, 0, 20, damageFromDays: 12);

        var level = (string)(await Pollux.Health(worn))["condition"]!["level"]!;
        Assert.Contains(level, new[] { "degrading", "critical" });
        var now = $"from={line}&path=%3Cfeeds&condition=degrading,critical";
        Assert.Equal([worn], await Found(now));
        var node = (await Pollux.Get($"/api/v1/graph?{now}"))["items"]![0]!;
        Assert.Equal([line, worn], node["way"]!.AsArray().Select(w => (string)w!));
        Assert.Equal((DecisionSystem.Bearing, level, "machine"),
            ((string)node["parts"]![0]!["component"]!, (string)node["parts"]![0]!["level"]!, (string)node["kind"]!));
        // Which part it is: the path leads on into the machine.
        Assert.Equal([$"{worn}/{DecisionSystem.Bearing}"],
            await Found($"from={line}&path=%3Cfeeds/%3Cpart-of*&kind=component&condition=degrading,critical"));

        // As of ten days after the start it was sound; as known at the end of what was known then, too.
        Assert.Empty(await Found($"{now}&validAt={Time(start.AddDays(10))}"));
        Assert.Equal([worn], await Found($"{now}&validAt={Time(start.AddDays(20))}"));
        var first = (await Pollux.Log.Events<ConditionChanged>(Streams.Twin(worn))).First(e => e.To == "degrading").ChangedAt;
        Assert.Equal([worn], await Found($"{now}&validAt={Time(first)}"));
        Assert.Empty(await Found($"{now}&validAt={Time(first.AddMinutes(-1))}"));
        Assert.Equal(
            (await Pollux.Log.Events<ConditionChanged>(Streams.Twin(worn))).Count(e => e.To == "degrading") > 0
                && first < start.AddDays(14)
                ? [worn]
                : [],
            await Found($"{now}&knownAt={healthy}"));

        // It no longer fed the line from a day ago on; the answer of before stays.
        var before = await Pollux.Log.Position();
        Assert.Equal(HttpStatusCode.OK,
            (await Send(HttpMethod.Delete, $"/api/v1/assets/{worn}/relationships/feeds/{line}?until={Time(Days(1))}")).Status);
        Assert.Empty(await Found(now));
        // It is part of what happened between to this machine.
        foreach (var (asset, happened) in new[] { (worn, 1), (sound, 0) })
        {
            var diff = await Pollux.Get($"/api/v1/twins/{asset}/diff?from={Time(Days(2))}&to={Time(Days(0.5))}");
            Assert.Equal(happened, diff["events"]!.AsArray().Count(e => (string)e!["type"]! == "relationship_removed"));
        }
        Assert.Equal([worn], await Found($"{now}&validAt={Time(Days(2))}"));
        Assert.Empty(await Found($"{now}&validAt={Time(Days(0.5))}"));
        Assert.Equal([worn], await Found($"{now}&validAt={Time(Days(0.5))}&knownAt={before}"));

        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Pollux.Query.GrpcPort}");
        var rpc = await new GraphService.GraphServiceClient(channel).ListNodesAsync(
            new()
            {
                From = line,
                Path = "<feeds",
                Condition = "degrading,critical",
                ValidAt = Timestamp.FromDateTimeOffset(Days(0.5)),
                KnownAtPosition = before,
            }, cancellationToken: Cancel);
        Assert.Equal([line, worn], Assert.Single(rpc.Nodes).Way);
    }

    [Fact]
    public async Task Alarms_are_looked_at_as_of_then()
    {
        var (site, hall) = (await Registered("site"), await Registered("hall"));
        var machine = Pollux.NextAsset();
        await Related(hall, "part-of", site, Days(3));
        await Related(machine, "part-of", hall, Days(3));
        var limit = Pollux.Model.Limits.First(l => l.Signal is null && l.IsAbove && l.OnDelay < TimeSpan.FromSeconds(60));
        var at = Samples.Now - 3600 * Micros.PerSecond;
        await Pollux.Store(machine, [.. Enumerable.Range(0, 120).Select(
            i => new Reading(limit.Sensor, at + i * Micros.PerSecond, limit.Threshold + 1))]);
        var question = $"from={site}&path=%3Cpart-of*&kind=machine&alarm={limit.Severity.ToString().ToLowerInvariant()}";
        await Eventually.Get("the alarm is found", () => Found(question), found => found.SequenceEqual([machine]));
        var node = (await Pollux.Get($"/api/v1/graph?{question}"))["items"]![0]!;
        Assert.True((int)node["activeAlarms"]! >= 1);
        Assert.Equal([site, hall, machine], node["way"]!.AsArray().Select(w => (string)w!));
        Assert.Equal([machine], await Found($"{question}&validAt={Time(Micros.ToTime(at + 119 * Micros.PerSecond))}"));
        Assert.Empty(await Found($"{question}&validAt={Time(Micros.ToTime(at - Micros.PerSecond))}"));
        Assert.Empty(await Found($"from={site}&path=%3Cpart-of*&kind=place&alarm=warning"));

        // The tree counts it for everything above. At that moment nothing was missing yet.
        var then = $"validAt={Time(Micros.ToTime(at + 119 * Micros.PerSecond))}";
        var tree = (await Pollux.Get($"/api/v1/assets/{site}/tree?depth=1&{then}"))["nodes"]![0]!;
        node = (await Pollux.Get($"/api/v1/graph?{question}&{then}"))["items"]![0]!;
        Assert.Equal(("place", 1, 1), ((string)tree["kind"]!, (int)tree["activeAlarms"]!, (int)node["activeAlarms"]!));
        Assert.Equal(hall, (string)Assert.Single(tree["children"]!.AsArray())!["id"]!);
        Assert.Empty(tree["children"]![0]!["children"]!.AsArray());
        var below = (await Pollux.Get($"/api/v1/assets/{machine}/tree"))!;
        Assert.Equal([site, hall], below["ancestors"]!.AsArray().Select(a => (string)a!["id"]!));
        Assert.Equal("learning", (string)below["nodes"]![0]!["condition"]!);
        Assert.Equal($"{machine}/line", (string)Assert.Single(below["nodes"]![0]!["children"]!.AsArray())!["id"]!);
        var whole = (await Pollux.Get("/api/v1/tree?depth=0"))["nodes"]!.AsArray().Select(n => (string)n!["id"]!).ToList();
        Assert.Contains(site, whole);
        Assert.DoesNotContain(hall, whole);
        Assert.DoesNotContain(site, (await Pollux.Get($"/api/v1/tree?depth=0&validAt={Time(Days(4))}&knownAt=0"))["nodes"]!.AsArray()
            .Select(n => (string)n!["id"]!));
    }

    [Fact]
    public async Task A_relationship_holds_from_its_time_on_and_the_log_tells_who_said_so()
    {
        var (press, line, next) = (Pollux.NextAsset(), await Registered("line"), await Registered("line"));
        var (status, added) = await Relate(press, "feeds", line, new
        {
            properties = new[] { new { id = "share", number = 60 } },
            since = Days(10),
            by = "eve",
            comment = "moved",
        });
        Assert.Equal((HttpStatusCode.OK, "eve", "moved"), (status, (string)added!["by"]!, (string)added["comment"]!));
        Assert.Equal(("share", 60.0, "%"), ((string)added["properties"]![0]!["id"]!, (double)added["properties"]![0]!["number"]!,
            (string)added["properties"]![0]!["unit"]!));
        // The same again changes nothing; another share begins when it is said to.
        Assert.Equal((long)added["position"]!, (long)(await Relate(press, "feeds", line, new
        {
            properties = new[] { new { id = "share", number = 60, unit = "%" } },
        })).Body!["position"]!);
        var known = await Pollux.Log.Position();
        var (_, changed) = await Relate(press, "feeds", line, new
        {
            properties = new[] { new { id = "share", number = 40 } },
            since = Days(5),
        });
        Assert.NotEqual((long)added["position"]!, (long)changed!["position"]!);
        var path = $"/api/v1/assets/{press}/relationships";
        async Task<List<double>> Shares(string moment) => [
            .. (await Pollux.Get($"{path}?type=feeds&direction=out{moment}"))["items"]!.AsArray()
            .Select(r => (double)r!["properties"]![0]!["number"]!)];
        Assert.Equal(40, Assert.Single(await Shares("")));
        Assert.Equal(60, Assert.Single(await Shares($"&validAt={Time(Days(6))}")));
        Assert.Equal(60, Assert.Single(await Shares($"&knownAt={known}")));
        var (early, why) = await Send(HttpMethod.Get, $"{path}?validAt={Time(Days(11))}");
        Assert.Equal((HttpStatusCode.NotFound, "validAt"), (early, (string?)why!["field"]));
        Assert.Equal([press], (await Pollux.Get($"/api/v1/assets/{line}/relationships?direction=in"))["items"]!.AsArray()
            .Select(r => (string)r!["source"]!));
        Assert.Empty((await Pollux.Get($"/api/v1/assets/{line}/relationships?direction=out"))["items"]!.AsArray());

        // Both in one transaction, by whom and why.
        var events = (await Pollux.Get("/api/v1/log/events?stream=graph&limit=500"))["items"]!.AsArray()
            .Where(e => e!["data"]!["source"]!.ToString() == press).ToList();
        Assert.Equal(["relationship_added", "relationship_removed", "relationship_added"], events.Select(e => (string)e!["type"]!));
        Assert.All(events, e => Assert.Equal("eve", (string)e!["actor"]!));
        Assert.Equal(changed["position"]!.ToString(), events[2]!["position"]!.ToString());

        // A page at a time.
        await Related(press, "feeds", next, Days(1));
        var page = await Pollux.Get($"{path}?limit=1");
        var second = await Pollux.Get($"{path}?limit=1&cursor={page["nextCursor"]}");
        Assert.Equal([line, next], new[] { page, second }.Select(p => (string)Assert.Single(p["items"]!.AsArray())!["target"]!));
        Assert.Null(second["nextCursor"]);
        var (ids, then) = (new List<string>(), Time(Days(0.1)));
        for (var cursor = ""; ;)
        {
            var nodes = await Pollux.Get($"/api/v1/graph?from={press}&path=feeds&limit=1&validAt={then}{cursor}");
            ids.AddRange(nodes["items"]!.AsArray().Select(n => (string)n!["id"]!));
            if ((string?)nodes["nextCursor"] is not { } more) break;
            cursor = $"&cursor={more}";
        }
        Assert.Equal(new[] { line, next }.Order(StringComparer.Ordinal), ids);

        // An asset's events include those of its relationships, whichever end it is, and of no others.
        foreach (var end in new[] { press, line })
        {
            var own = (await Pollux.Get($"/api/v1/log/events?asset={end}&limit=1000"))["items"]!.AsArray()
                .Where(e => (string)e!["stream"]! == "graph").ToList();
            Assert.True(own.Count >= 3, string.Join(' ', own));
            Assert.All(own, e => Assert.Contains(end, new[] { (string)e!["data"]!["source"]!, (string)e["data"]!["target"]! }));
            Assert.Equal("graph", await Watched($"asset={end}&after={(long)own[0]!["position"]! - 1}&type=relationship_added"));
        }

        // Removed twice is removed once.
        for (var i = 0; i < 2; i++)
        {
            var (removed, body) = await Send(HttpMethod.Delete, $"{path}/feeds/{next}");
            Assert.Equal((HttpStatusCode.OK, "eve"), (removed, (string)body!["removedBy"]!));
        }
        Assert.Single(await Pollux.Log.Events<RelationshipRemoved>(Streams.Graph), e => e.Source == press && e.Target == next);
        // It ended earlier than that.
        var asKnown = await Pollux.Log.Position();
        var rightly = Days(0.5);
        var (corrected, earlier) = await Send(HttpMethod.Delete, $"{path}/feeds/{next}?until={Time(rightly)}");
        Assert.Equal((HttpStatusCode.OK, rightly), (corrected, (DateTimeOffset)earlier!["until"]!));
        async Task<int> Still(string moment) => (await Pollux.Get($"{path}?validAt={Time(Days(0.2))}{moment}"))["items"]!.AsArray()
            .Count(r => (string)r!["target"]! == next);
        Assert.Equal((0, 1), (await Still(""), await Still($"&knownAt={asKnown}")));
    }

    [Fact]
    public async Task What_the_rules_forbid_is_refused_with_what_is_in_the_way()
    {
        var (hall, upper, site) = (await Registered("hall"), await Registered("hall"), await Registered("site"));
        var (press, line) = (Pollux.NextAsset(), await Registered("line"));
        async Task Refused(HttpStatusCode expected, Task<(HttpStatusCode Status, JsonNode? Body)> asked, string? field, string says)
        {
            var (status, body) = await asked;
            Assert.Equal((expected, field), (status, (string?)body!["field"]));
            Assert.Contains(says, field is null ? (string)body["detail"]! : (string)body["allowed"]!, StringComparison.Ordinal);
        }

        await Refused(HttpStatusCode.BadRequest, Relate(press, "drives", line), "type", "part-of, feeds");
        await Refused(HttpStatusCode.BadRequest, Relate(site, "part-of", hall), "type", "the model site declares no relationship-types");
        await Refused(HttpStatusCode.BadRequest, Relate(press, "part-of", site), "target", "an asset of line, hall");
        await Refused(HttpStatusCode.BadRequest, Relate(press, "feeds", line, new { properties = new[] { new { id = "x" } } }),
            "properties[0].id", "share");
        await Refused(
            HttpStatusCode.BadRequest, Relate(press, "feeds", line, new { properties = new[] { new { id = "share", number = 101 } } }),
            "properties[0].number", "0 to 100 %");
        await Refused(HttpStatusCode.BadRequest, Relate(press, "feeds", line, new { since = DateTimeOffset.UtcNow.AddDays(1) }),
            "since", "up to now");
        await Refused(HttpStatusCode.NotFound, Relate(press, "feeds", "no-such"), null, "no-such");
        await Refused(
            HttpStatusCode.NotFound, Send(HttpMethod.Delete, $"/api/v1/assets/{press}/relationships/feeds/{line}"), null,
            "no relationship");

        await Related(press, "part-of", line, Days(3));
        await Refused(HttpStatusCode.Conflict, Relate(press, "part-of", hall), null, $"{press} part-of {line} since");
        await Refused(
            HttpStatusCode.Conflict, Send(HttpMethod.Put, $"/api/v1/assets/{line}", new { model = "site" }), null,
            $"cannot follow the model site: {press} part-of {line} since");
        await Related(hall, "part-of", upper, Days(3));
        await Refused(HttpStatusCode.Conflict, Relate(upper, "part-of", hall), null, $"cycle of part-of: {upper} → {hall} → {upper}");
        await Refused(HttpStatusCode.Conflict,
            Send(HttpMethod.Delete, $"/api/v1/assets/{press}/relationships/part-of/{line}?until={Time(Days(4))}"), null,
            "it can end from then on");

        foreach (var (question, field) in new[]
        {
            ($"from={line}&path=%3C%3Cfeeds", "path"), ($"from={line}&path=sells", "path"), ("condition=broken", "condition"),
            ("alarm=loud", "alarm"), ("kind=thing", "kind"), ("label=x", "label"), ($"from={press}/wing", "from"), ("limit=501", "limit"),
        })
            await Refused(HttpStatusCode.BadRequest, Send(HttpMethod.Get, $"/api/v1/graph?{question}"), field, "");
        await Refused(HttpStatusCode.NotFound, Send(HttpMethod.Get, "/api/v1/graph?from=no-such"), null, "no-such");
        await Refused(
            HttpStatusCode.NotFound, Send(HttpMethod.Get, $"/api/v1/graph?from={line}&knownAt=1"), "knownAt", "a log position from");
        await Refused(HttpStatusCode.NotFound, Send(HttpMethod.Get, "/api/v1/assets/no-such/tree"), null, "no-such");
        await Refused(HttpStatusCode.BadRequest, Send(HttpMethod.Get, "/api/v1/tree?depth=51"), "depth", "0 to 50");

        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Pollux.Query.GrpcPort}");
        var graph = new GraphService.GraphServiceClient(channel);
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await graph.AddRelationshipAsync(
            new() { Source = press, Type = "drives", Target = line, By = "eve" }, cancellationToken: Cancel));
        Assert.Equal((StatusCode.InvalidArgument, "type"), (refused.StatusCode, refused.Trailers.GetValue("field")));
        refused = await Assert.ThrowsAsync<RpcException>(async () => await graph.AddRelationshipAsync(
            new() { Source = press, Type = "part-of", Target = hall, By = "eve" }, cancellationToken: Cancel));
        Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);
        var removed = await graph.RemoveRelationshipAsync(
            new() { Source = press, Type = "part-of", Target = line, By = "eve" }, cancellationToken: Cancel);
        Assert.True(removed.IsFinished);
        var added = await graph.AddRelationshipAsync(
            new() { Source = press, Type = "part-of", Target = hall, By = "eve" }, cancellationToken: Cancel);
        Assert.Equal((hall, true), (added.Relationship.Target, added.IsFinished));
        var tree = await graph.GetTreeAsync(new() { AssetId = press, Depth = 0 }, cancellationToken: Cancel);
        Assert.Equal([upper, hall], tree.Ancestors.Select(a => a.Id));
        Assert.Equal(press, Assert.Single(tree.Nodes).Id);
        var list = await graph.ListRelationshipsAsync(new() { AssetId = press, Direction = "out" }, cancellationToken: Cancel);
        Assert.Equal(hall, Assert.Single(list.Relationships).Target);
    }

    [Fact]
    public async Task Of_many_writers_at_two_replicas_one_puts_a_machine_into_a_place()
    {
        var press = Pollux.NextAsset();
        var lines = new List<string>();
        for (var i = 0; i < 8; i++) lines.Add(await Registered("line"));
        var second = Pollux.Service("twin-state", "TwinState");
        await second.Start();
        var answers = await Task.WhenAll(lines.Select(line => Relate(press, "part-of", line)));
        Assert.Equal(7, answers.Count(a => a.Status == HttpStatusCode.Conflict));
        var won = (string)Assert.Single(answers, a => a.Status == HttpStatusCode.OK).Body!["target"]!;
        Assert.Equal(won, Assert.Single(await Pollux.Log.Events<RelationshipAdded>(Streams.Graph), e => e.Source == press).Target);
        Assert.Equal([won], await Found($"from={press}&path=part-of"));
        // So they do when they replace each other's properties.
        var shares = await Task.WhenAll(Enumerable.Range(1, 12).Select(i =>
            Relate(press, "feeds", lines[0], new { properties = new[] { new { id = "share", number = i } } })));
        Assert.All(shares, s => Assert.Equal(HttpStatusCode.OK, s.Status));
        Assert.Single((await Pollux.Get($"/api/v1/assets/{press}/relationships?type=feeds"))["items"]!.AsArray());
    }

    [Fact]
    public async Task A_command_that_twin_state_took_when_it_was_killed_is_carried_out_once_and_safe_to_repeat()
    {
        var (press, line, taken, other) = (Pollux.NextAsset(), await Registered("line"), Pollux.NextAsset(), await Registered("line"));
        await Related(taken, "part-of", line, Days(1));
        await Pollux.TwinState.Kill();
        try
        {
            var forbidden = Relate(taken, "part-of", other);
            Assert.Equal(HttpStatusCode.Accepted, (await Relate(press, "part-of", line)).Status);
            Assert.Equal(HttpStatusCode.Accepted, (await forbidden).Status);
        }
        finally
        {
            await Pollux.TwinState.Start();
        }
        // What nobody waits for any more is carried out all the same.
        await Eventually.Get("it is carried out", () => Found($"from={press}&path=part-of"), found => found.SequenceEqual([line]));
        Assert.Equal(HttpStatusCode.OK, (await Relate(press, "part-of", line)).Status);
        Assert.Single(await Pollux.Log.Events<RelationshipAdded>(Streams.Graph), e => e.Source == press);
        // And why what nobody waits for any more is not carried out, the log tells.
        var refused = (await Eventually.Get(
            "it is refused", () => Pollux.Get($"/api/v1/log/events?asset={taken}&stream=refused/*"),
            page => page["items"]!.AsArray().Count > 0))["items"]![0]!;
        Assert.Equal(("command_refused", "AddRelationship", "eve"),
            ((string)refused["type"]!, (string)refused["data"]!["command"]!, (string?)refused["actor"]));
        Assert.Contains($"{taken} has at most 1 of part-of", (string)refused["data"]!["refusal"]!, StringComparison.Ordinal);

        // Killed at any moment of it.
        for (var i = 0; i < 3; i++)
        {
            var target = await Registered("line");
            var asked = Relate(press, "feeds", target);
            await Task.Delay(10 * i, Cancel);
            await Pollux.TwinState.Kill();
            await Pollux.TwinState.Start();
            Assert.Contains((await asked).Status, new[] { HttpStatusCode.OK, HttpStatusCode.Accepted });
            await Eventually.Get(
                "it is repeated", async () => (await Relate(press, "feeds", target)).Status, status => status == HttpStatusCode.OK);
            Assert.Single(await Pollux.Log.Events<RelationshipAdded>(Streams.Graph), e => e.Source == press && e.Target == target);
        }
    }

    [Fact]
    public async Task A_place_is_an_asset_without_a_twin()
    {
        var (hall, press) = (await Registered("hall"), Pollux.NextAsset());
        var asset = await Pollux.Get($"/api/v1/assets/{hall}");
        Assert.Equal(("place", "hall"), ((string)asset["kind"]!, (string)asset["modelId"]!));
        Assert.Equal(["part-of"], asset["relationshipTypes"]!.AsArray().Select(t => (string)t!["id"]!));
        async Task<List<string>> Listed(string filter) => [.. (await Pollux.Get($"/api/v1/assets?limit=500{filter}"))["items"]!.AsArray()
            .Select(a => (string)a!["id"]!)];
        Assert.Contains(hall, await Listed("&kind=place"));
        Assert.DoesNotContain(press, await Listed("&kind=place"));
        Assert.Contains(press, await Listed("&kind=machine&search=extrusion"));
        Assert.DoesNotContain(hall, await Listed("&kind=machine"));
        // None is made by itself for a shipped model of places, unlike those of machines.
        Assert.DoesNotContain("hall", await Listed(""));
        Assert.Contains("pump-loop", await Listed(""));
        Assert.Equal(HttpStatusCode.NotFound, (await Send(HttpMethod.Get, $"/api/v1/twins/{hall}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await Send(HttpMethod.Get, $"/api/v1/twins/{hall}?validAt={Time(Days(0))}")).Status);
        Assert.Empty((await Pollux.Get($"/api/v1/twins?search={hall}"))["items"]!.AsArray());
        Assert.Empty((await Pollux.Get($"/api/v1/twins?search={hall}&validAt={Time(Days(0))}"))["items"]!.AsArray());
        var (status, body) = await Send(HttpMethod.Put, $"/api/v1/assets/{hall}", new { model = "extrusion-line" });
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("cannot become a machine", (string)body!["detail"]!, StringComparison.Ordinal);
    }

    // The stream of the first event that a feed sends.
    async Task<string> Watched(string question)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        await using var feed = await Pollux.Query.Http.GetStreamAsync(
            new Uri($"/api/v1/log/watch?{question}", UriKind.Relative), limit.Token);
        using var lines = new StreamReader(feed);
        while (await lines.ReadLineAsync(limit.Token) is { } line)
            if (line.StartsWith("data: ", StringComparison.Ordinal)) return (string)JsonNode.Parse(line[6..])!["stream"]!;
        return "";
    }
}
