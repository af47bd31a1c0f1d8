using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Contracts.Events;
using Contracts.Messages;
using Contracts.Query.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Integration.Tests.Running;
using Npgsql;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Integration.Tests;

/// <summary>Who did what: every command's caller and reason are in the metadata of its events, and can be asked for.</summary>
[Collection<OnOneSystem>]
public class ActorTests(RunningSystem system) : SystemTest<RunningSystem>(system)
{
    const ushort MeltPressure = 7;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_questions_of_auditors_at_once_are_recorded_without_being_in_each_others_way()
    {
        var (now, name) = (TimeProvider.System.GetUtcNow(), Pollux.UnregisteredAsset("question"));
        await Task.WhenAll(Enumerable.Range(0, 60).Select(i => Pollux.Send(
            QueueNames.Registrations, new RecordQuestion(new($"{name}-{i}", null, "getTwin", $"/api/v1/twins/{i}?knownAt=1", now)))));
        await Eventually.Get(
            "all are recorded", async () => (await Pollux.Log.Events<QuestionAsked>(Streams.Questions(Streams.DayOf(now))))
                .Count(q => q.QuestionId.StartsWith(name, StringComparison.Ordinal)), count => count == 60);
        // A conflict would have been mended by another attempt, and logged as an error.
        await using var log = new FileStream(Pollux.TwinState.LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var lines = new StreamReader(log);
        Assert.DoesNotContain("questions/", await lines.ReadToEndAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_of_all_kinds_are_found_by_their_actor_with_the_reason()
    {
        var (asset, actor) = (Pollux.UnregisteredAsset("actor"), Pollux.UnregisteredAsset("J\u00fcrgen"));
        await Send(HttpMethod.Put, $"/api/v1/assets/{asset}", """{"model":"extrusion-line"}""", actor, "a new line");
        await Pollux.Store(asset, new Reading(MeltPressure, Samples.Now - 60 * Micros.PerSecond, 82));
        await Send(HttpMethod.Post, $"/api/v1/twins/{asset}:rebuild", null, actor, "audit");
        var part = Pollux.Model.Degradations[0].Component;
        await Send(HttpMethod.Post, $"/api/v1/assets/{asset}/components/{part}:replaced", """{"comment":"worn"}""", actor, null);
        // A body that names somebody else is that person's.
        await Send(HttpMethod.Post, $"/api/v1/assets/{asset}/components/{part}:failed", $$"""{"by":"{{actor}} 2"}""", actor, null);
        using (var request = Request(
            HttpMethod.Post, $"/api/v1/assets/{asset}/telemetry:import",
            "time,melt-pressure\n2026-03-01T06:00:00Z,83\n2026-03-01T06:00:01Z,x",
            actor, "the night shift", "text/csv"))
        {
            using var answer = await Pollux.Ingest.Http.SendAsync(request, Cancel);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        var rejection = (await Pollux.Get($"/api/v1/rejected?asset={asset}"))["items"]![0]!["id"];
        await Send(HttpMethod.Post, $"/api/v1/rejected/{rejection}:replay", null, actor, "again");

        var found = (await Pollux.Get($"/api/v1/log/events?actor={Uri.EscapeDataString(actor)}"))["items"]!.AsArray();
        Assert.Equal(
            [
                ("asset_registered", "a new line"), ("twin_rebuilt", "audit"), ("component_replaced", "worn"),
                ("readings_recorded", "the night shift"), ("readings_rejected", "the night shift"), ("rejection_replayed", "again"),
            ],
            found.Where(e => (string)e!["type"]! != "model_registered").Select(e => ((string)e!["type"]!, (string)e["reason"]!)));
        Assert.All(found, e => Assert.Equal((actor, actor), ((string)e!["actor"]!, (string)e["headers"]!["actor"]!)));
        var second = (await Pollux.Get($"/api/v1/log/events?actor={Uri.EscapeDataString(actor)}%202&stream=twin/{asset}"))["items"]!;
        Assert.Equal("failure_occurred", (string)Assert.Single(second.AsArray())!["type"]!);
        var elsewhere = await Pollux.Get($"/api/v1/log/events?actor={Uri.EscapeDataString(actor)}&stream=telemetry/x/*");
        Assert.Empty(elsewhere["items"]!.AsArray());
        // What a device sends follows from nobody's command.
        var readings = (await Pollux.Get($"/api/v1/log/events?stream=telemetry/{asset}/*"))["items"]!.AsArray();
        Assert.Equal([null, actor], readings.Select(e => (string?)e!["actor"]));

        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Pollux.Query.GrpcPort}");
        var log = new LogService.LogServiceClient(channel);
        var same = await log.ListEventsAsync(new() { Actor = actor }, cancellationToken: Cancel);
        Assert.Equal(found.Select(e => (long)e!["position"]!), same.Events.Select(e => e.Position));
        Assert.All(same.Events, e => Assert.Equal(actor, e.Actor));
        using var watch = log.WatchEvents(new() { After = 0, Actor = actor }, cancellationToken: Cancel);
        var twins = new TwinService.TwinServiceClient(channel);
        Metadata caller = new() { { "x-pollux-actor", Uri.EscapeDataString(actor) }, { "x-pollux-reason", "by gRPC" } };
        Assert.True((await twins.RebuildTwinAsync(new() { AssetId = asset }, caller, cancellationToken: Cancel)).IsFinished);
        List<LogEvent> fed = [];
        while (fed.Count <= found.Count && await watch.ResponseStream.MoveNext(Cancel))
            if (watch.ResponseStream.Current.Event is { } e) fed.Add(e);
        Assert.Equal(same.Events.Select(e => e.Position), fed.SkipLast(1).Select(e => e.Position));
        Assert.Equal(("twin_rebuilt", "by gRPC"), (fed[^1].Type, fed[^1].Reason));
    }

    [Fact]
    public async Task A_bad_name_is_refused_by_rest_and_grpc_before_anything_is_done()
    {
        var asset = Pollux.NextAsset();
        using var request = Request(HttpMethod.Post, $"/api/v1/twins/{asset}:rebuild", null, "Ada\nSystem", null);
        using var answer = await Pollux.Query.Http.SendAsync(request, Cancel);
        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!;
        Assert.Equal((HttpStatusCode.BadRequest, "X-Pollux-Actor"), (answer.StatusCode, (string?)problem["field"]));
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Pollux.Query.GrpcPort}");
        Metadata tooLong = new() { { "x-pollux-actor", new string('x', 101) } };
        var twins = new TwinService.TwinServiceClient(channel);
        var refused = await Assert.ThrowsAsync<RpcException>(async () =>
            await twins.RebuildTwinAsync(new() { AssetId = asset }, tooLong, cancellationToken: Cancel));
        Assert.Equal((StatusCode.InvalidArgument, "X-Pollux-Actor"), (refused.StatusCode, refused.Trailers.GetValue("field")));
        Assert.Empty(await Pollux.Log.Names($"twin/{asset}"));
    }

    [Fact]
    public async Task Events_by_actor_are_found_through_an_index()
    {
        await using var connection = await Pollux.Database.OpenConnectionAsync(Cancel);
        await using (var off = new NpgsqlCommand("set enable_seqscan = off", connection)) await off.ExecuteNonQueryAsync(Cancel);
        await using var explain = new NpgsqlCommand(
            "explain select seq_id from events.mt_events where seq_id > 0 and seq_id <= 1000000 and headers ->> 'actor' = 'Ada' "
                + "order by seq_id limit 100", connection);
        var plan = new StringBuilder();
        await using var reader = await explain.ExecuteReaderAsync(Cancel);
        while (await reader.ReadAsync(Cancel)) plan.AppendLine(reader.GetString(0));
        Assert.Contains("mt_events_by_actor", plan.ToString(), StringComparison.Ordinal);
    }

    async Task Send(HttpMethod method, string path, string? body, string actor, string? reason)
    {
        using var request = Request(method, path, body, actor, reason);
        using var answer = await Pollux.Query.Http.SendAsync(request, Cancel);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path}: {await answer.Content.ReadAsStringAsync(Cancel)}");
    }

    static HttpRequestMessage Request(
        HttpMethod method, string path, string? body, string actor, string? reason, string type = "application/json")
    {
        var request = new HttpRequestMessage(method, path)
        {
            Headers = { { "X-Pollux-Actor", Uri.EscapeDataString(actor) } },
            Content = body is null ? null : new StringContent(body, Encoding.UTF8, type),
        };
        if (reason is not null) request.Headers.Add("X-Pollux-Reason", Uri.EscapeDataString(reason));
        return request;
    }
}
