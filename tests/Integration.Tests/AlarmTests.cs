using Contracts.Events;
using Contracts.Messages;
using Contracts.Sparkplug;
using Google.Protobuf;
using Integration.Tests.Running;
using Npgsql;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Integration.Tests;

/// <summary>A system whose assets follow the model <c>test-bench</c>.</summary>
public sealed class TestBenches(Infrastructure infrastructure) : RunningSystem(infrastructure)
{
    protected override string Assets => Path.Combine(Infrastructure.Repository, "tests", "Integration.Tests", "Assets");

    protected override string ModelId => "test-bench";
}

/// <summary>The life of an alarm as events, each exactly once, whatever happens to twin-state in the meantime.</summary>
public class AlarmTests(TestBenches system) : SystemTest<TestBenches>(system), IClassFixture<TestBenches>
{
    const ushort Temperature = 1, Pulse = 2;

    [Fact]
    public async Task An_alarm_is_raised_acknowledged_and_cleared_once_though_twin_state_is_killed_between()
    {
        var (asset, start) = (Pollux.NextAsset(), Samples.Now - 60 * Micros.PerSecond);
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await Publish(device, asset, Temperature, (start, 85), (start + 500_000, 86.5));
        await Publish(device, asset, Temperature, (start + 1_200_000, 87.25));
        await KillOnceInLog("alarm_raised", asset);
        var raised = (await Pollux.Log.Events<AlarmRaised>(Streams.Twin(asset))).Single();
        Assert.Equal(
            ($"{asset}.hot.{start + 1_200_000}", "temperature", "critical", "Too hot", 87.25, "degC", Micros.ToTime(start + 1_200_000)),
            (raised.AlarmId, raised.SensorId, raised.Severity, raised.Message, raised.Value, raised.Unit, raised.RaisedAt));

        // Sent twice: the second command changes nothing.
        for (var i = 0; i < 2; i++)
            await Pollux.Send(QueueNames.TwinCommands, new AcknowledgeAlarm(asset, raised.AlarmId, "eve", "on my way"));
        await KillOnceInLog("alarm_acknowledged", asset);

        // While still violated, nothing is raised again. Then it is below the clear value for the whole delay.
        await Publish(device, asset, Temperature, (start + 3_000_000, 90), (start + 4_000_000, 75), (start + 5_000_000, 69),
            (start + 6_000_000, 68));
        await KillOnceInLog("alarm_cleared", asset);
        await Publish(device, asset, Temperature, (start + 8_000_000, 60));
        var view = await Eventually.Get(
            "the last reading is in the twin", () => Pollux.Twins.View(asset), twin => twin?.Readings == 8, show: t =>
                $"{t?.Readings} readings");

        Assert.Equal(["alarm_raised", "alarm_acknowledged", "alarm_cleared"], await Pollux.Log.Names(Streams.Twin(asset)));
        Assert.Empty(view!.Alarms);
        Assert.Equal("closed", await StateOf(raised.AlarmId));
        var rebuilt = await Pollux.Rebuild(asset);
        Assert.Equal((view.StateHash, view.StateHash), (rebuilt.LiveHash, rebuilt.RebuiltHash));
        Assert.Equal(["alarm_raised", "alarm_acknowledged", "alarm_cleared", "twin_rebuilt"], await Pollux.Log.Names(Streams.Twin(asset)));
    }

    async Task KillOnceInLog(string name, string asset)
    {
        await Eventually.Get(
            $"{name} of {asset} is in the log", () => Pollux.Log.Names(Streams.Twin(asset)), names => names.Contains(name), show: names =>
                string.Join(", ", names));
        await Pollux.TwinState.Kill();
        await Pollux.TwinState.Start();
    }

    [Fact]
    public async Task A_silent_device_raises_the_missing_data_alarm_and_clears_it_when_it_speaks_again()
    {
        var asset = Pollux.NextAsset();
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await Publish(device, asset, Pulse, (Samples.Now, 60));
        var raised = (await Eventually.Get(
            "the silence is noticed", () => Pollux.Log.Events<AlarmRaised>(Streams.Twin(asset)), events => events.Count > 0))[0];
        Assert.Equal(("missing-data", null, null), (raised.LimitId, raised.SensorId, raised.Value));
        Assert.Equal("active", await StateOf(raised.AlarmId));

        using var stop = new CancellationTokenSource();
        var speaking = Speak(device, asset, stop.Token);
        await Eventually.Get(
            "the end of the silence is noticed", () => Pollux.Log.Events<AlarmCleared>(Streams.Twin(asset)), events => events.Count > 0);
        // On a busy machine the device may since have been late again.
        Assert.Equal(["alarm_raised", "alarm_cleared"], (await Pollux.Log.Names(Streams.Twin(asset))).Take(2));
        Assert.Equal("cleared", await StateOf(raised.AlarmId));
        await stop.CancelAsync();
        await speaking;
    }

    async Task Speak(Device device, string asset, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            await Publish(device, asset, Pulse, (Samples.Now, 60));
            // Must stay below the device's silence timeout, since its silence is what is tested.
            await Task.Delay(300, CancellationToken.None);
        }
    }

    [Fact]
    public async Task A_death_certificate_makes_the_values_stale_at_once()
    {
        var (asset, node) = (Pollux.NextAsset(), "gateway-that-dies");
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await Bear(device, node, asset, 20);
        var alive = await Eventually.Get("the value is there", () => Pollux.Twins.View(asset), twin => twin?.Readings == 1);
        Assert.True(StaleAt(alive) > TimeProvider.System.GetUtcNow().AddMinutes(50));

        var died = TimeProvider.System.GetUtcNow();
        await device.Publish($"spBv1.0/pollux/NDEATH/{node}", new Payload { Metrics = { BirthNumber() } }.ToByteArray());
        var dead = await Eventually.Get(
            "the value is stale", () => Pollux.Twins.View(asset), twin => StaleAt(twin) <= TimeProvider.System.GetUtcNow(), show: t =>
                $"stale at {StaleAt(t)}");
        Assert.InRange(StaleAt(dead)!.Value, died.AddSeconds(-1), TimeProvider.System.GetUtcNow());
        await Eventually.Get(
            "an alarm says so", () => Pollux.Log.Events<AlarmRaised>(Streams.Twin(asset)), events =>
                events is [{ LimitId: "missing-data" }]);

        await Bear(device, node, asset, 21);
        await Eventually.Get(
            "the reborn value is fresh", () => Pollux.Twins.View(asset), twin =>
                twin?.Readings == 2 && StaleAt(twin) > TimeProvider.System.GetUtcNow(), show: t => $"stale at {StaleAt(t)}");
        await Eventually.Get(
            "the alarm is cleared", () => Pollux.Log.Names(Streams.Twin(asset)), names =>
                names is ["alarm_raised", "alarm_cleared"], show: names => string.Join(", ", names));
    }

    [Fact]
    public async Task A_device_that_moved_to_another_node_does_not_die_with_the_former()
    {
        var (moved, stayed) = (Pollux.NextAsset(), Pollux.NextAsset());
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await Bear(device, "gateway-before", moved, 20, stayed);
        await Bear(device, "gateway-after", moved, 21);
        await Eventually.Get("both births are there", () => Pollux.Twins.View(moved), twin => twin?.Readings == 2);

        await device.Publish("spBv1.0/pollux/NDEATH/gateway-before", new Payload { Metrics = { BirthNumber() } }.ToByteArray());
        await Eventually.Get(
            "the device that stayed is offline", () => Pollux.Log.Events<AlarmRaised>(Streams.Twin(stayed)), events =>
                events is [{ LimitId: "missing-data" }]);
        Assert.True(StaleAt(await Pollux.Twins.View(moved)) > TimeProvider.System.GetUtcNow().AddMinutes(50));
        Assert.Empty(await Pollux.Log.Events<AlarmRaised>(Streams.Twin(moved)));
    }

    static DateTimeOffset? StaleAt(TwinView? twin) => twin?.Sensors.Single(s => s.Id == "temperature").StaleAt;

    static Payload.Types.Metric BirthNumber() => new() { Name = "bdSeq", Datatype = 4, LongValue = 3 };

    static async Task Bear(Device device, string node, string asset, double temperature, string? second = null)
    {
        var now = (ulong)(Samples.Now / 1000);
        await device.Publish($"spBv1.0/pollux/NBIRTH/{node}", new Payload
        {
            Timestamp = now,
            Seq = 0,
            Metrics = { BirthNumber() },
        }.ToByteArray());
        var seq = 1u;
        foreach (var id in second is null ? [asset] : new[] { asset, second })
        {
            await device.Publish($"spBv1.0/pollux/DBIRTH/{node}/{id}", new Payload
            {
                Timestamp = now,
                Seq = seq++,
                Metrics = { new Payload.Types.Metric { Name = "temperature", Alias = 1, Datatype = 10, DoubleValue = temperature } },
            }.ToByteArray());
        }
    }

    Task Publish(Device device, string asset, ushort sensor, params (long At, double Value)[] readings) =>
        device.Publish(Samples.SenmlTopic(asset), Samples.Senml(Pollux.Model, readings.Select(r => new Reading(sensor, r.At, r.Value))));

    async Task<string?> StateOf(string alarmId)
    {
        await using var command = Pollux.Database.CreateCommand("select state from twin_state.alarm where alarm_id = $1");
        command.Parameters.Add(new() { Value = alarmId });
        return await command.ExecuteScalarAsync() as string;
    }
}
