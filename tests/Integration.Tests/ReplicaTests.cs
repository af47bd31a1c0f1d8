using System.Collections.Concurrent;
using Contracts.Sparkplug;
using Google.Protobuf;
using Integration.Tests.Running;
using Metric = Contracts.Sparkplug.Payload.Types.Metric;

namespace Integration.Tests;

/// <summary>Two replicas of ingest sharing the messages.</summary>
public class ReplicaTests(RunningSystem system, ITestOutputHelper output) : SystemTest<RunningSystem>(system), IClassFixture<RunningSystem>
{
    [Fact]
    public async Task Two_replicas_that_get_the_same_readings_store_each_once()
    {
        var second = Second();
        await second.Start();
        string[] assets = [.. Enumerable.Range(0, 12).Select(_ => Pollux.NextAsset())];
        await using var gateway = new StoreAndForward(Pollux.Servers.Mqtt);
        gateway.Start();
        var load = new Load(gateway, Pollux.Model, assets, 300);
        await load.Run(600);
        // The broker gives messages of every asset to both, but each asset is recorded by one of them.
        foreach (var replica in new[] { Pollux.Ingest, second })
            await Eventually.Is($"{replica.Name} appends", async () =>
            {
                await load.Run(30);
                return await Appends(replica) > 0;
            });
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
        foreach (var asset in assets) await Accounts.AssertTwin(Pollux, load, asset);
    }

    [Fact]
    public async Task Sparkplug_nodes_move_between_replicas_and_no_value_is_lost()
    {
        const int Nodes = 8;
        var (second, sent) = (Second(), new ConcurrentDictionary<string, int>());
        var stamp = 0L;
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await BeBorn();
        // A replica that starts knows the births that were stored before; for others it would ask the nodes, which do not answer here.
        foreach (var asset in sent.Keys)
            await Eventually.Is($"{asset} is born", async () => (await Pollux.Log.Readings(asset)).Count == 1);
        using var stop = new CancellationTokenSource();
        var publishing = PublishUntil(stop.Token);
        await second.Start();
        await Eventually.Get(
            "the second replica handles nodes", () => second.Metric("pollux_ingest_readings_received_total"), received => received > 100);
        // What it has received and not stored stays in its session at the broker; nobody starts it again.
        await second.Kill();
        // Until the other replica notices the death, it has the births of half of these only among what it keeps.
        await BeBorn();
        var last = sent.Values.Sum();
        await Eventually.Get("the load goes on", () => Task.FromResult(sent.Values.Sum()), s => s > last + 400 * Nodes);
        await stop.CancelAsync();
        await publishing;
        foreach (var (asset, values) in sent)
            await Eventually.Get(
                $"{values} values of {asset} are stored", async () => (await Pollux.Log.Readings(asset)).Count, count =>
                    count == values, show: count => $"{count}");

        async Task BeBorn()
        {
            foreach (var asset in Enumerable.Range(0, Nodes).Select(_ => Pollux.NextAsset()).ToArray())
            {
                await Publish($"NBIRTH/node-{asset}", 0);
                await Publish(
                    $"DBIRTH/node-{asset}/{asset}", 1,
                    new Metric { Name = "Die/Melt Temperature", Alias = 1, Datatype = 10, DoubleValue = 200 });
                sent[asset] = 1;
            }
        }

        async Task PublishUntil(CancellationToken end)
        {
            while (!end.IsCancellationRequested)
            {
                foreach (var asset in sent.Keys)
                {
                    var number = ++sent[asset];
                    await Publish(
                        $"DDATA/node-{asset}/{asset}", (ulong)number, new Metric { Alias = 1, DoubleValue = 200 + number % 100 * 0.1 });
                }
                await Task.Delay(20, CancellationToken.None);
            }
        }

        Task Publish(string topic, ulong number, params Metric[] metrics) => device.Publish(
            $"spBv1.0/pollux/{topic}",
            new Payload { Seq = number % 256, Timestamp = NextMillisecond(), Metrics = { metrics } }.ToByteArray());

        // Of two values of a sensor in one millisecond the second is refused, and data may follow its birth at once.
        ulong NextMillisecond()
        {
            while (true)
            {
                var seen = Volatile.Read(ref stamp);
                var next = Math.Max(Samples.Now / 1_000, seen + 1);
                if (Interlocked.CompareExchange(ref stamp, next, seen) == seen) return (ulong)next;
            }
        }
    }

    // One id, since the broker keeps messages for a replica that is gone until it comes back.
    ServiceProcess Second() => Pollux.Service("ingest", "Ingest", new() { ["Ingest__ClientId"] = $"{Pollux.Name}-1" });

    static Task<double> Conflicts(ServiceProcess ingest) => ingest.Metric("pollux_ingest_append_conflicts_total");

    static Task<double> Appends(ServiceProcess ingest) => ingest.Metric("pollux_ingest_append_duration_seconds_count");
}
