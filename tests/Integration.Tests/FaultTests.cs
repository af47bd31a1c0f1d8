using Integration.Tests.Running;

namespace Integration.Tests;

/// <summary>Whatever is killed under load, the log ends up with every reading once, and the twins agree with the log.</summary>
public class FaultTests(RunningSystem system, ITestOutputHelper output) : SystemTest<RunningSystem>(system), IClassFixture<RunningSystem>
{
    const int MessagesPerSecond = 100;
    const int MessagesAway = 600, MessagesBetween = 300;

    [Fact]
    public async Task Killing_each_part_under_load_loses_and_doubles_nothing()
    {
        string[] assets = [.. Enumerable.Range(0, 6).Select(_ => Pollux.NextAsset())];
        await using var gateway = new StoreAndForward(Pollux.Servers.Mqtt);
        gateway.Start();
        var load = new Load(gateway, Pollux.Model, assets, MessagesPerSecond);
        using var stop = new CancellationTokenSource();
        var publishing = load.Run(stop.Token);

        await load.Sent(MessagesBetween);
        foreach (var service in new[] { Pollux.Ingest, Pollux.TwinState })
        {
            await service.Kill();
            await load.Sent(MessagesAway);
            await service.Start();
            await load.Sent(MessagesBetween);
        }
        foreach (var server in new[] { "rabbitmq", "postgres", "mosquitto" })
        {
            await Pollux.Servers.Kill(server);
            await load.Sent(MessagesAway);
            await Pollux.Servers.Start(server);
            await load.Sent(MessagesBetween);
        }
        await stop.CancelAsync();
        await publishing;
        await Pollux.Ingest.UntilReady();
        await Pollux.TwinState.UntilReady();
        await Eventually.Get("the broker has everything", () => Task.FromResult(gateway.Unacknowledged), left => left == 0);

        await Accounts.AssertComplete(Pollux, load, assets);
        var (distinct, published) = (assets.Sum(a => load.Good(a).Count + load.WithImpossible(a).Count), gateway.Transmissions * 12);
        output.WriteLine(
            $"{load.Messages} messages, {gateway.Transmissions} transmissions: at least {published} readings published, {distinct} "
                + $"distinct, {assets.Sum(a => load.WithImpossible(a).Count)} rejected");
        Assert.True(published > distinct + 1000, "The gateway sent hardly anything twice: the test shows nothing.");

        foreach (var asset in assets) await AssertTwin(asset, load);
        await AssertNothingIsAppendedAnymore(load, assets);
    }

    async Task AssertTwin(string asset, Load load)
    {
        var view = await Accounts.AssertTwin(Pollux, load, asset);
        var history = (await Pollux.Twins.ViewAndHistory(asset)).History;
        await Accounts.AssertRebuildIsEqual(Pollux, view);
        var after = await Pollux.Twins.ViewAndHistory(asset);
        Assert.NotEqual("", history);
        Assert.Equal((view.StateHash, history), (after.View!.StateHash, after.History));
    }

    // Redelivered messages come late: once a last frame has passed through everything, so has all that came before it.
    async Task AssertNothingIsAppendedAnymore(Load load, string[] assets)
    {
        foreach (var asset in assets) load.SendFrame(asset);
        await Accounts.AssertComplete(Pollux, load, assets);
    }
}
