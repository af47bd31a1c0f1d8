using System.Diagnostics;
using System.Net;
using Contracts.Messages;
using Contracts.Sparkplug;
using Google.Protobuf;
using Integration.Tests.Running;
using Metric = Contracts.Sparkplug.Payload.Types.Metric;

namespace Integration.Tests;

/// <summary>A system that takes few messages at a time, so that its limits are soon reached.</summary>
public sealed class NarrowSystem(Infrastructure infrastructure) : RunningSystem(infrastructure)
{
    public const int MostPending = 400;

    protected override IReadOnlyDictionary<string, string> Settings =>
        new Dictionary<string, string> { ["Ingest__MostPendingMessages"] = $"{MostPending}" };
}

/// <summary>How each part behaves while another one is down.</summary>
public class OutageTests(NarrowSystem system, ITestOutputHelper output) : SystemTest<NarrowSystem>(system), IClassFixture<NarrowSystem>
{
    [Fact]
    public async Task Without_rabbitmq_readings_are_stored_and_the_twin_catches_up_later()
    {
        string[] assets = [Pollux.NextAsset(), Pollux.NextAsset()];
        await using var gateway = new StoreAndForward(Pollux.Servers.Mqtt);
        gateway.Start();
        var load = new Load(gateway, Pollux.Model, assets, 200);
        await Pollux.Servers.Kill("rabbitmq");
        try
        {
            await load.Run(800);
            await EverythingIsAtTheBroker(gateway);
            // Everything is stored while RabbitMQ is down: acknowledgements did not wait for it.
            await Accounts.AssertComplete(Pollux, load, assets);
            await Eventually.Get("every message is acknowledged", Pending, pending => pending == 0);
            await Eventually.Get(
                "twin-state says what it waits for", () => Readiness(Pollux.TwinState), ready => ready.Status
                    is HttpStatusCode.ServiceUnavailable && ready.Text.Contains("RabbitMQ", StringComparison.Ordinal));
            Assert.Equal(HttpStatusCode.OK, (await Readiness(Pollux.Query)).Status);
        }
        finally
        {
            await Pollux.Servers.Start("rabbitmq");
        }
        // Left to itself, MassTransit takes half a minute.
        var back = Stopwatch.StartNew();
        await Eventually.Get(
            "twin-state receives commands again", () => Pollux.Receivers(QueueNames.TwinCommands), receivers => receivers > 0);
        Assert.InRange(back.Elapsed.TotalSeconds, 0, 10);
        foreach (var asset in assets) await Accounts.AssertTwin(Pollux, load, asset);
    }

    [Fact]
    public async Task Without_postgresql_nothing_is_acknowledged_memory_is_bounded_and_all_is_stored_later()
    {
        string[] assets = [Pollux.NextAsset(), Pollux.NextAsset()];
        await using var gateway = new StoreAndForward(Pollux.Servers.Mqtt);
        gateway.Start();
        var load = new Load(gateway, Pollux.Model, assets, 1500);
        await load.Run(1_500);
        await EverythingIsAtTheBroker(gateway);
        await Accounts.AssertComplete(Pollux, load, assets);
        var (stored, memory) = (await Stored(), Pollux.Ingest.MemoryBytes);

        await Pollux.Servers.Kill("postgres");
        double pending;
        long grown;
        try
        {
            await load.Run(10_500);
            pending = await Eventually.Get("ingest is full", Pending, p => p >= NarrowSystem.MostPending);
            Assert.Equal(stored, await Stored());
            grown = Pollux.Ingest.MemoryBytes - memory;
            output.WriteLine($"{load.Messages} messages, {pending} pending in ingest, memory {memory >> 20} MB + {grown >> 20} MB");
        }
        finally
        {
            await Pollux.Servers.Start("postgres");
        }
        // Plus the one that waits for room.
        Assert.InRange(pending, NarrowSystem.MostPending, NarrowSystem.MostPending + 1);
        Assert.InRange(grown, long.MinValue, 100L << 20);
        await Accounts.AssertComplete(Pollux, load, assets);
        await Eventually.Get("every message is acknowledged", Pending, p => p == 0);
    }

    [Fact]
    public async Task Without_postgresql_births_wait_and_their_values_are_stored_later_in_order()
    {
        var asset = Pollux.NextAsset();
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await Pollux.Servers.Kill("postgres");
        try
        {
            await device.Publish("spBv1.0/pollux/NBIRTH/late", Message(0, 0).ToByteArray());
            await device.Publish(
                $"spBv1.0/pollux/DBIRTH/late/{asset}",
                Message(1, 1, new Metric { Name = "Die/Melt Temperature", Alias = 1, Datatype = 10, DoubleValue = 201.5 }).ToByteArray());
            await device.Publish(
                $"spBv1.0/pollux/DDATA/late/{asset}", Message(2, 2, new Metric { Alias = 1, DoubleValue = 202.5 }).ToByteArray());
        }
        finally
        {
            await Pollux.Servers.Start("postgres");
        }
        var readings = await Eventually.Get("birth and data are stored", () => Pollux.Log.Readings(asset), all => all.Count == 2);
        Assert.Equal([201.5, 202.5], readings.OrderBy(r => r.SampledAt).Select(r => r.Value));
        Assert.Empty(await Pollux.Log.Rejections(asset));

        static Payload Message(ulong seq, long second, params Metric[] metrics) =>
            new() { Seq = seq, Timestamp = (ulong)(Samples.Now / 1_000 + second * 1_000), Metrics = { metrics } };
    }

    static Task EverythingIsAtTheBroker(StoreAndForward gateway) =>
        Eventually.Get("the broker has everything", () => Task.FromResult(gateway.Unacknowledged), left => left == 0);

    static async Task<(HttpStatusCode Status, string Text)> Readiness(ServiceProcess service)
    {
        using var answer = await service.Http.GetAsync("/health/ready", TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    Task<double> Pending() => Pollux.Ingest.Metric("pollux_ingest_pending_messages");

    Task<double> Stored() => Pollux.Ingest.Metric("pollux_ingest_readings_stored_total");
}
