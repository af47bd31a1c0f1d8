using Integration.Tests.Running;

namespace Integration.Tests;

/// <summary>Two replicas of ingest sharing the messages.</summary>
public class ReplicaTests(RunningSystem system, ITestOutputHelper output) : SystemTest<RunningSystem>(system), IClassFixture<RunningSystem>
{
    [Fact]
    public async Task Two_replicas_that_get_the_same_readings_store_each_once()
    {
        var second = Pollux.Service("ingest", "Ingest", new() { ["Ingest__ClientId"] = $"{Pollux.Name}-1" });
        await second.Start();
        string[] assets = [.. Enumerable.Range(0, 12).Select(_ => Pollux.NextAsset())];
        await using var gateway = new StoreAndForward(Pollux.Servers.Mqtt);
        gateway.Start();
        var load = new Load(gateway, Pollux.Model, assets, 300);
        await load.Run(600);
        // The broker gives messages of every asset to both, but each asset is recorded by one of them.
        foreach (var replica in new[] { Pollux.Ingest, second }) Assert.True(await Appends(replica) > 0, $"{replica.Name} appends nothing");
        var conflicts = await Conflicts(Pollux.Ingest) + await Conflicts(second);
        await load.Run(1_800);
        Assert.Equal(conflicts, await Conflicts(Pollux.Ingest) + await Conflicts(second));

        // One of them dies holding messages; the broker gives them to the other or keeps them until it returns.
        await second.Kill();
        await load.Run(600);
        await second.Start();
        // After a lost connection a gateway sends again what is already in the log.
        await gateway.Reconnect();
        await Accounts.AssertComplete(Pollux, load, assets);

        await Eventually.Get(
            "readings came twice", () => Pollux.Ingest.Metric("pollux_ingest_readings_duplicate_total"), duplicates => duplicates > 0);
        output.WriteLine($"{load.Messages} messages, {gateway.Transmissions} transmissions");
        foreach (var asset in assets)
        {
            var view = await Eventually.Get(
                $"the twin of {asset} has every reading", () => Pollux.Twins.View(asset), twin =>
                    twin?.Readings == load.Good(asset).Count, show: t => $"{t?.Readings} of {load.Good(asset).Count}");
            Assert.Equal(Samples.HashOf(Pollux.Model, load.Good(asset)), view!.StateHash);
        }
    }

    static Task<double> Conflicts(ServiceProcess ingest) => ingest.Metric("pollux_ingest_append_conflicts_total");

    static Task<double> Appends(ServiceProcess ingest) => ingest.Metric("pollux_ingest_append_duration_seconds_count");
}
