using System.Diagnostics;
using System.Net.Http.Json;
using Contracts.Events;
using Contracts.Messages;
using Contracts.Query.V1;
using Grpc.Net.Client;
using Integration.Tests.Running;
using Npgsql;
using RabbitMQ.Client;
using ServiceDefaults;

namespace Integration.Tests;

/// <summary>Two replicas of twin-state share the twins.</summary>
public class TwinReplicaTests(RunningSystem system, ITestOutputHelper output) : SystemTest<RunningSystem>(system),
    IClassFixture<RunningSystem>
{
    const int Assets = 12;

    [Fact]
    public async Task Twins_move_when_a_replica_comes_leaves_or_dies_and_no_reading_is_folded_in_twice()
    {
        var (first, second) = (Pollux.TwinState, Pollux.Service("twin-state", "TwinState"));
        string[] assets = [.. Enumerable.Range(0, Assets).Select(_ => Pollux.NextAsset())];
        await using var gateway = new StoreAndForward(Pollux.Servers.Mqtt);
        gateway.Start();
        var load = new Load(gateway, Pollux.Model, assets, 80);
        using var stop = new CancellationTokenSource();
        var publishing = load.Run(stop.Token);

        await load.Sent(160);
        await Eventually.Get("the only replica has all twins", () => Twins(first), twins => twins >= Assets);
        await second.Start();
        await Shared(first, second);
        await load.Sent(160);
        await first.Kill();
        await Eventually.Get("the second replica has taken over", () => Twins(second), twins => twins >= Assets);
        await load.Sent(160);
        await first.Start();
        await Shared(first, second);
        await load.Sent(160);
        // A rollout: the replica saves its twins, then they move.
        await second.Stop();
        await Eventually.Get("the first replica has taken over", () => Twins(first), twins => twins >= Assets);
        await load.Sent(160);
        await stop.CancelAsync();
        await publishing;

        await Accounts.AssertComplete(Pollux, load, assets);
        foreach (var asset in assets)
        {
            await Accounts.AssertRebuildIsEqual(Pollux, await Accounts.AssertTwin(Pollux, load, asset));
            var raised = (await Pollux.Log.Events<AlarmRaised>(Streams.Twin(asset))).Select(a => a.AlarmId).ToList();
            Assert.Equal(raised.Distinct(), raised);
        }
        output.WriteLine($"{load.Messages} messages");
    }

    [Fact]
    public async Task Silent_twins_move_too()
    {
        var second = Pollux.Service("twin-state", "TwinState");
        string[] assets = [.. Enumerable.Range(0, Assets).Select(_ => Pollux.NextAsset())];
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        foreach (var asset in assets) await device.Publish($"pollux/{asset}/sensors/zone-1-temperature", "180");
        var all = (await Eventually.Get(
            "all have spoken", Spoken, spoken => assets.All(spoken.Contains), show: s => string.Join(", ", s))).Count;
        await Eventually.Get(
            "the only replica has all twins", () => Twins(Pollux.TwinState), twins => twins == all, show: twins => $"{twins} of {all}");
        await second.Start();
        await Eventually.Get(
            "the replicas share the twins", async () => (First: await Twins(Pollux.TwinState), Second: await Twins(second)),
            twins => twins.Second > 0 && twins.First + twins.Second == all, show: twins => $"{twins.First} + {twins.Second} of {all}");
        await second.Kill();
        await Eventually.Get("the first replica has all again", () => Twins(Pollux.TwinState), twins => twins == all);
    }

    async Task<HashSet<string>> Spoken() => [.. (await Pollux.Get("/api/v1/twins?limit=500"))["items"]!.AsArray()
        .Where(t => (long)t!["readings"]! > 0).Select(t => (string)t!["assetId"]!)];

    static Task Shared(ServiceProcess first, ServiceProcess second) => Eventually.Get(
        "both replicas have twins, and no twin is on both", async () => (await Twins(first), await Twins(second)),
        twins => twins is { Item1: > 0, Item2: > 0 } && twins.Item1 + twins.Item2 >= Assets);

    static Task<double> Twins(ServiceProcess replica) => replica.Metric("pollux_twin_state_twins");

    [Fact]
    public async Task Query_lists_the_replicas_with_what_each_owns_and_which_of_them_died()
    {
        var registered = (await Pollux.Get("/api/v1/assets?limit=500"))["items"]!.AsArray().Count;
        var first = (await Eventually.Get("one is active", Active, active => active.Count == 1))[0];
        Assert.Equal(registered, first.Assets);
        var killed = Pollux.Service("twin-state", "TwinState");
        await killed.Start();
        var both = await Eventually.Get("both are active", Active, active => active.Count == 2);
        Assert.Equal(registered, both.Sum(r => r.Assets));
        var second = both.Single(r => r.Name != first.Name);
        Assert.InRange(second.Assets, 1, registered - 1);
        // As the replicas themselves say.
        await Eventually.Get("the first has given up assets", () => Owned(Pollux.TwinState), owned => owned == registered - second.Assets);
        await Eventually.Get("the second has its assets", () => Owned(killed), owned => owned == second.Assets);
        var ingest = Assert.Single(await Listed(), r => r is { Service: "ingest", State: "active" });
        Assert.Equal(registered, ingest.Assets);

        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Pollux.Query.GrpcPort}");
        var overGrpc = await new ReplicaService.ReplicaServiceClient(channel).ListReplicasAsync(
            new(), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((await Listed()).Select(r => (r.Service, r.Name, r.State, r.Since, r.Assets)),
            overGrpc.Replicas.Select(r => (r.Service, r.Name, r.State, r.Since.ToDateTimeOffset(), r.Assets)));

        await killed.Kill();
        var dying = Stopwatch.StartNew();
        var dead = await Eventually.Get(
            "the second is dead", async () => (await Listed()).Single(r => r.Name == second.Name), replica => replica.State == "dead");
        // 2 to 3 s on a machine that is not busy.
        Assert.InRange(dying.Elapsed.TotalSeconds, 0, 15);
        Assert.Equal((0, second.Since), (dead.Assets, dead.Since));
        Assert.Equal((first.Name, registered), (await Active()).Select(r => (r.Name, r.Assets)).Single());

        async Task<List<Listing>> Active() => [.. (await Listed()).Where(r => r is { Service: "twin-state", State: "active" })];

        static Task<double> Owned(ServiceProcess replica) => replica.Metric("pollux_cluster_assets");
    }

    sealed record Listing(string Service, string Name, string State, DateTimeOffset Since, DateTimeOffset AliveAt, int Assets);

    async Task<List<Listing>> Listed() =>
        (await Pollux.Query.Http.GetFromJsonAsync<List<Listing>>("/api/v1/replicas", TestContext.Current.CancellationToken))!;

    [Fact]
    public async Task Without_tables_of_members_no_replica_is_listed()
    {
        await using var connection = await Pollux.Database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await Rename("cluster_member", "cluster_member_away");
        try
        {
            Assert.DoesNotContain(await Listed(), r => r.Service == "ingest");
            Assert.Contains(await Listed(), r => r.Service == "twin-state");
        }
        finally
        {
            await Rename("cluster_member_away", "cluster_member");
        }

        async Task Rename(string table, string name)
        {
            await using var rename = new NpgsqlCommand($"alter table ingest.{table} rename to {name}", connection);
            await rename.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task What_no_news_tells_is_found_in_the_log()
    {
        var asset = Pollux.NextAsset();
        await using var connection = await new ConnectionFactory { Uri = new Uri(Pollux.Servers.RabbitMq) }.CreateConnectionAsync(
            TestContext.Current.CancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: TestContext.Current.CancellationToken);
        // Without a binding, the exchange drops what ingest sends.
        await channel.QueueUnbindAsync(QueueNames.News, QueueNames.News, "", cancellationToken: TestContext.Current.CancellationToken);
        try
        {
            await using var device = await Device.Connect(Pollux.Servers.Mqtt);
            foreach (var value in new[] { 1, 2 })
            {
                await device.Publish($"pollux/{asset}/sensors/zone-1-temperature", $"18{value}");
                await Eventually.Get("the twin has it", () => Pollux.Twins.View(asset), twin => twin?.Readings == value);
            }
        }
        finally
        {
            await channel.QueueBindAsync(
                QueueNames.News, QueueNames.News, "", cancellationToken: TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task What_waits_in_the_queues_is_a_metric()
    {
        const string Depth = "pollux_twin_state_queue_messages";
        var asset = Pollux.NextAsset();
        await Eventually.Get("no queue holds anything", () => Pollux.TwinState.Metric(Depth), depth => depth == 0);
        // Depths are polled every few seconds; the metric does not exist before the first answer.
        await Eventually.Get(
            "every queue has its depth", async () =>
                (await Pollux.TwinState.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken)).Split('\n')
            .Count(l => l.StartsWith(Depth, StringComparison.Ordinal)
                && l.Contains("queue=\"twin-state.", StringComparison.Ordinal)), queues => queues == 3);
        await using (var connection = await Pollux.Database.OpenConnectionAsync(TestContext.Current.CancellationToken))
        {
            // Blocks saving, which rebuilds wait for.
            await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
            await using var hold = new NpgsqlCommand("lock table twin_state.twin in exclusive mode", connection);
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            for (var i = 0; i < 60; i++) await Pollux.Send(QueueNames.TwinCommands, new RebuildTwin(asset));
            await Eventually.Get("commands pile up", () => Pollux.TwinState.Metric(Depth), depth => depth > 10);
        }
        await Eventually.Get("the queues are empty again", () => Pollux.TwinState.Metric(Depth), depth => depth == 0);
    }

    [Fact]
    public async Task A_twin_that_waits_holds_up_no_other_and_folds_in_afterwards_what_came_meanwhile()
    {
        var (busy, other) = (Pollux.NextAsset(), Pollux.NextAsset());
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await Value(busy, 180);
        await Eventually.Get("the twin is saved", () => Pollux.Twins.View(busy), twin => twin?.Readings == 1);
        await using (var connection = await Pollux.Database.OpenConnectionAsync(TestContext.Current.CancellationToken))
        {
            await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
            await using var hold = new NpgsqlCommand("select from twin_state.twin where asset_id = $1 for update", connection);
            hold.Parameters.Add(new() { Value = busy });
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            await Pollux.Send(QueueNames.TwinCommands, new RebuildTwin(busy));
            // More than wait with their readings.
            for (var i = 1; i <= 40; i++) await Value(busy, 180 + i);
            await Value(other, 180);
            await Eventually.Get("query shows the other twin", () => Shown(other), readings => readings == 1);
            Assert.Equal(0, await Pollux.TwinState.Metric("pollux_twin_state_queue_messages"));
        }
        await Eventually.Get("the twin has every reading", () => Pollux.Twins.View(busy), twin => twin?.Readings == 41, show: t =>
            $"{t?.Readings} of 41");

        async Task<long> Shown(string asset) => (long)(await Pollux.Get($"/api/v1/twins/{asset}"))["readings"]!;

        Task Value(string asset, double value) =>
            device.Publish($"pollux/{asset}/sensors/zone-1-temperature", value.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }
}
