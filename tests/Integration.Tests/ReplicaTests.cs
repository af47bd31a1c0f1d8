using Integration.Tests.Running;

namespace Integration.Tests;

/// <summary>Two replicas of ingest that share the messages.</summary>
public class ReplicaTests(RunningSystem system, ITestOutputHelper output) : SystemTest<RunningSystem>(system), IClassFixture<RunningSystem>
{
    [Fact]
    public async Task Two_replicas_that_get_the_same_readings_store_each_once()
    {
        var second = Pollux.Service("ingest", "Ingest", new() { ["Ingest__ClientId"] = $"{Pollux.Name}-1" });
        await second.Start();
        string[] assets = [Pollux.NextAsset(), Pollux.NextAsset()];
        await using var gateway = new StoreAndForward(Pollux.Servers.Mqtt);
        gateway.Start();
        var load = new Load(gateway, Pollux.Model, assets, 300);
        await load.Run(1_800);
        // One of them dies with messages in its hands; the broker gives them to the other or keeps them for its return.
        await second.Kill();
        await load.Run(600);
        await second.Start();
        await Accounts.AssertComplete(Pollux, load, assets);

        // Whether and how often they meet is chance; having met, they take turns instead of failing every time.
        var conflicts = await Pollux.Ingest.Metric("pollux_ingest_append_conflicts_total");
        var appends = await Pollux.Ingest.Metric("pollux_ingest_append_duration_seconds_count");
        Assert.True(conflicts < appends, $"{conflicts} conflicts in {appends} appends");
        output.WriteLine($"{load.Messages} messages, {gateway.Transmissions} transmissions, {conflicts} conflicts at the first replica");
        foreach (var asset in assets)
        {
            var view = await Eventually.Get($"the twin of {asset} has every reading", () => Pollux.Twins.View(asset), twin => twin?.Readings == load.Good(asset).Count, show: t => $"{t?.Readings} of {load.Good(asset).Count}");
            Assert.Equal(Samples.HashOf(Pollux.Model, load.Good(asset)), view!.StateHash);
        }
    }
}
