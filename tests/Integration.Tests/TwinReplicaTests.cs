using Contracts.Events;
using Integration.Tests.Running;
using Npgsql;
using ServiceDefaults;

namespace Integration.Tests;

/// <summary>Two replicas of twin-state: one owns the partitions, the other waits.</summary>
public class TwinReplicaTests(RunningSystem system, ITestOutputHelper output) : SystemTest<RunningSystem>(system),
    IClassFixture<RunningSystem>
{
    [Fact]
    public async Task Ownership_moves_when_a_replica_dies_and_no_reading_is_folded_in_twice()
    {
        var (first, second) = (Pollux.TwinState, Pollux.Service("twin-state", "TwinState"));
        await second.Start();
        string[] assets = [.. Enumerable.Range(0, 4).Select(_ => Pollux.NextAsset())];
        await using var gateway = new StoreAndForward(Pollux.Servers.Mqtt);
        gateway.Start();
        var load = new Load(gateway, Pollux.Model, assets, 200);
        using var stop = new CancellationTokenSource();
        var publishing = load.Run(stop.Token);

        await load.Sent(600);
        Assert.Equal(0, await Views(second));
        Assert.True(await Views(first) > 0);
        await first.Kill();
        await Eventually.Get("the second replica has taken over", () => Views(second), views => views > 0);
        await load.Sent(600);
        await first.Start();
        await load.Sent(600);
        Assert.Equal(0, await Views(first));
        await second.Kill();
        await Eventually.Get("the first replica has taken over again", () => Views(first), views => views > 0);
        await load.Sent(400);
        await stop.CancelAsync();
        await publishing;

        await Accounts.AssertComplete(Pollux, load, assets);
        foreach (var asset in assets)
        {
            var good = load.Good(asset);
            var view = await Eventually.Get(
                $"the twin of {asset} has every reading", () => Pollux.Twins.View(asset), twin => twin?.Readings == good.Count, show: t =>
                    $"{t?.Readings} of {good.Count}");
            Assert.Equal(Samples.HashOf(Pollux.Model, good), view!.StateHash);
            var rebuilt = await Pollux.Rebuild(asset);
            Assert.Equal((view.StateHash, view.StateHash, (long)good.Count), (rebuilt.LiveHash, rebuilt.RebuiltHash, rebuilt.Readings));
            var raised = (await Pollux.Log.Events<AlarmRaised>(Streams.Twin(asset))).Select(a => a.AlarmId).ToList();
            Assert.Equal(raised.Distinct(), raised);
        }
        output.WriteLine($"{load.Messages} messages");
    }

    static Task<double> Views(ServiceProcess replica) => replica.Metric("pollux_twin_state_views_total");

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
                && l.Contains("queue=\"twin-state.assets.", StringComparison.Ordinal)), queues => queues == 4);
        await using var gateway = new StoreAndForward(Pollux.Servers.Mqtt);
        gateway.Start();
        var load = new Load(gateway, Pollux.Model, [asset], 100);
        using var stop = new CancellationTokenSource();
        var publishing = load.Run(stop.Token);
        await using (var connection = await Pollux.Database.OpenConnectionAsync(TestContext.Current.CancellationToken))
        {
            // Blocks saving: the owner waits in the middle of a message, and the backlog grows behind it.
            await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
            await using var hold = new NpgsqlCommand("lock table twin_state.twin in exclusive mode", connection);
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            await Eventually.Get("news piles up", () => Pollux.TwinState.Metric(Depth), depth => depth > 10);
        }
        await stop.CancelAsync();
        await publishing;
        await Eventually.Get("the queues are empty again", () => Pollux.TwinState.Metric(Depth), depth => depth == 0);
        await Eventually.Get(
            "the twin has every reading", () => Pollux.Twins.View(asset), twin => twin?.Readings == load.Good(asset).Count, show: t =>
                $"{t?.Readings} of {load.Good(asset).Count}");
    }
}
