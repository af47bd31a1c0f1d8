using System.Globalization;
using System.Text;
using Contracts.Events;
using Contracts.Messages;
using Contracts.Sparkplug;
using Google.Protobuf;
using Integration.Tests.Running;
using TwinModel.Telemetry;

namespace Integration.Tests;

/// <summary>From a message on the broker to the twin, or to the rejections in the log.</summary>
[Collection<OnOneSystem>]
public class TelemetryPathTests(RunningSystem system) : SystemTest<RunningSystem>(system)
{
    [Fact]
    public async Task A_senml_pack_appears_in_the_twin_to_the_microsecond()
    {
        var (asset, at) = (Pollux.NextAsset(), Samples.Now);
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await device.Publish(
            Samples.SenmlTopic(asset),
            Samples.Senml(Pollux.Model, [new(6, at - 1, 201.25), new(6, at, 202.125), new(7, at - 2_000_003, 88)]));

        var twin = await TwinWith(asset, readings: 3);
        AssertSensor(twin, "melt-temperature", 202.125, "good", at);
        AssertSensor(twin, "melt-pressure", 88, "good", at - 2_000_003);
        Assert.Equal([new(6, at - 1, 201.25), new(6, at, 202.125), new(7, at - 2_000_003, 88)],
            (await Pollux.Log.Readings(asset)).OrderBy(r => (r.Sensor, r.SampledAt)));
        await AssertRestAgrees(asset, twin);
    }

    [Fact]
    public async Task A_plain_value_appears_in_the_twin_in_the_sensors_unit()
    {
        var (asset, before) = (Pollux.NextAsset(), Samples.Now);
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await device.Publish($"pollux/{asset}/sensors/melt-pressure", "8.75 MPa");
        await device.Publish(
            $"pollux/{asset}/sensors/screw-speed", $$"""{"value":60.5,"timestamp":"2026-03-01T06:00:00.123456Z","quality":"uncertain"}""");

        var twin = await TwinWith(asset, readings: 2);
        var pressure = twin.Sensors.Single(s => s.Id == "melt-pressure");
        Assert.Equal((87.5, "bar", "good"), (pressure.Value, pressure.Unit, pressure.Quality));
        Assert.InRange(Micros.From(pressure.SampledAt!.Value), before, Samples.Now);
        AssertSensor(twin, "screw-speed", 60.5, "uncertain",
            Micros.From(DateTimeOffset.Parse("2026-03-01T06:00:00.123456Z", System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task A_sparkplug_birth_and_its_data_appear_in_the_twin()
    {
        var (asset, at) = (Pollux.NextAsset(), Samples.Now / 1000);
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        var node = $"node-of-{asset}";
        await device.Publish($"spBv1.0/pollux/NBIRTH/{node}", new Payload
        {
            Timestamp = (ulong)at,
            Seq = 0,
            Metrics = { new Payload.Types.Metric { Name = "bdSeq", Datatype = 4, LongValue = 0 } },
        }.ToByteArray());
        await device.Publish($"spBv1.0/pollux/DBIRTH/{node}/{asset}", new Payload
        {
            Timestamp = (ulong)at,
            Seq = 1,
            Metrics = { new Payload.Types.Metric { Name = "Die/Melt Temperature", Alias = 17, Datatype = 10, DoubleValue = 200.5 } },
        }.ToByteArray());
        await device.Publish($"spBv1.0/pollux/DDATA/{node}/{asset}", new Payload
        {
            Timestamp = (ulong)at + 5,
            Seq = 2,
            Metrics = { new Payload.Types.Metric { Alias = 17, Timestamp = (ulong)at + 3, Datatype = 10, DoubleValue = 203.25 } },
        }.ToByteArray());

        AssertSensor(await TwinWith(asset, readings: 2), "melt-temperature", 203.25, "good", (at + 3) * 1000);
    }

    [Fact]
    public async Task A_device_is_the_asset_of_its_id_in_kebab_case()
    {
        var (asset, at) = (Pollux.NextAsset(), Samples.Now / 1000);
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        var (node, id) = ($"node-of-{asset}", asset.Replace('-', '_').ToUpperInvariant());
        Payload Birth(ulong seq, double value) =>
            new()
            {
                Timestamp = (ulong)at,
                Seq = seq,
                Metrics = { new Payload.Types.Metric { Name = "Die/Melt Temperature", Alias = 17, Datatype = 10, DoubleValue = value } },
            };
        await device.Publish($"spBv1.0/pollux/NBIRTH/{node}", new Payload
        {
            Timestamp = (ulong)at,
            Seq = 0,
            Metrics = { new Payload.Types.Metric { Name = "bdSeq", Datatype = 4, LongValue = 0 } },
        }.ToByteArray());
        await device.Publish($"spBv1.0/pollux/DBIRTH/{node}/{id}", Birth(1, 200.5).ToByteArray());
        AssertSensor(await TwinWith(asset, readings: 1), "melt-temperature", 200.5, "good", at * 1000);

        // Another device of the node that maps to the same asset id is not mixed into the asset.
        await device.Publish($"spBv1.0/pollux/DBIRTH/{node}/{id.Replace('_', ' ')}", Birth(2, 77).ToByteArray());
        await Eventually.Get(
            "the second device is rejected", () => Pollux.Log.Rejections("unknown"), all =>
                all.Any(r => r.Reasons[0].Code == "two-devices-of-one-id" && r.Source.Contains(node, StringComparison.Ordinal)));
        Assert.Single(await Pollux.Log.Readings(asset));
    }

    [Fact]
    public async Task Nodes_that_wait_for_their_host_are_told_that_it_is_online()
    {
        await using var node = await Device.Connect(Pollux.Servers.Mqtt);
        var state = await node.Listen("spBv1.0/STATE/pollux");
        await Eventually.Get(
            "the host is online", () => Task.FromResult(state()), s =>
                s?.Contains("\"online\":true", StringComparison.Ordinal) == true, show: s => s ?? "nothing");
        // What another replica's last will would say.
        await node.Publish("spBv1.0/STATE/pollux", """{"online":false,"timestamp":1}""", retain: true);
        await Eventually.Get(
            "the host says again that it is online", () => Task.FromResult(state()), s =>
                s?.Contains("\"online\":true", StringComparison.Ordinal) == true, show: s => s ?? "nothing");
    }

    [Fact]
    public async Task Nodes_of_the_older_version_are_told_so_too_and_that_it_has_died()
    {
        await using var node = await Device.Connect(Pollux.Servers.Mqtt);
        var state = await node.Listen("STATE/pollux");
        Task State(string expected, string what) =>
            Eventually.Get(what, () => Task.FromResult(state()), s => s == expected, show: s => s ?? "nothing");
        await State("ONLINE", "the host is online");
        await node.Publish("STATE/pollux", "OFFLINE", retain: true);
        await State("ONLINE", "the host says again that it is online");
        await Pollux.Ingest.Kill();
        await State("OFFLINE", "the will says that it has died");
        await Pollux.Ingest.Start();
        await State("ONLINE", "it is online again");
    }

    [Fact]
    public async Task No_value_now_is_a_bad_reading_in_the_twin_a_gap_in_history_and_counted()
    {
        var (asset, at) = (Pollux.NextAsset(), Samples.Now / 1_000_000 * 1_000_000);
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await device.Publish(Samples.SenmlTopic(asset), Samples.Senml(Pollux.Model, [new(6, at - 2_000_000, 201)]));
        await device.Publish(
            $"pollux/{asset}/sensors/melt-temperature", FormattableString.Invariant($$"""{"value":null,"timestamp":{{at / 1000}}}"""));

        var twin = await TwinWith(asset, readings: 2);
        var sensor = twin.Sensors.Single(s => s.Id == "melt-temperature");
        Assert.Equal((null, "bad", Micros.ToTime(at)), (sensor.Value, sensor.Quality, sensor.SampledAt));
        Assert.Empty(await Pollux.Log.Rejections(asset));
        var shown = (await Pollux.Get($"/api/v1/twins/{asset}?minPosition={twin.Position}"))["sensors"]!.AsArray()
            .Single(s => (string)s!["id"]! == "melt-temperature")!;
        Assert.Equal((null, "bad"), ((double?)shown["value"], (string?)shown["quality"]));
        var history = await Pollux.Get(
            string.Create(
                CultureInfo.InvariantCulture,
                $"/api/v1/twins/{asset}/history?sensor=melt-temperature&from={Micros.ToTime(at - 5_000_000):yyyy-MM-ddTHH:mm:ssZ}&to="
                    + $"{Micros.ToTime(at + 5_000_000):yyyy-MM-ddTHH:mm:ssZ}&points=10"));
        var point = Assert.Single(history["series"]![0]!["points"]!.AsArray())!;
        Assert.Equal((201, 1), ((double)point["mean"]!, (int)point["count"]!));
        var events = (await Pollux.Get($"/api/v1/log/events?stream=telemetry/{asset}/*"))["items"]!.AsArray();
        Assert.Contains(events, e => e!["data"]!["sensors"]!.AsArray().Any(s => s!["values"]!.AsArray().Contains(null)));
    }

    [Fact]
    public async Task An_implausible_value_is_stored_as_uncertain()
    {
        var (asset, at) = (Pollux.NextAsset(), Samples.Now);
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await device.Publish(Samples.SenmlTopic(asset), Samples.Senml(Pollux.Model, [new(1, at, 400)]));

        AssertSensor(await TwinWith(asset, readings: 1), "zone-1-temperature", 400, "uncertain", at);
        Assert.Equal([new(1, at, 400, Quality.Uncertain)], await Pollux.Log.Readings(asset));
    }

    public static TheoryData<string, string, string> Unacceptable => new()
    {
        { "pollux/{asset}/senml", """[{"n":"zone-1-temperature","v":501}]""", "physically-impossible" },
        { "pollux/{asset}/senml", """[{"n":"no-such-sensor","v":5}]""", "unknown-sensor" },
        { "pollux/{asset}/senml", "[{\"n\":\"zone-1-temperature\",\"v\":", "malformed-json" },
        { "pollux/{asset}/senml", "\u0001\u0002 garbage", "malformed-json" },
        { "pollux/{asset}/senml", """[{"n":"zone-1-temperature","v":NaN}]""", "malformed-json" },
        { "pollux/{asset}/senml", """[{"n":"zone-1-temperature","v":20,"t":4102444800}]""", "time-in-future" },
        { "pollux/{asset}/senml", """[{"n":"zone-1-temperature","v":20,"t":946684800}]""", "time-too-old" },
        { "pollux/{asset}/senml", """[{"n":"zone-1-temperature","vs":"warm"}]""", "wrong-type" },
        { "pollux/{asset}/senml", """[{"n":"zone-1-temperature","v":20,"u":"bar"}]""", "unit-mismatch" },
        { "pollux/{asset}/sensors/zone-1-temperature", "NaN", "not-finite" },
        { "pollux/{asset}/sensors/zone-1-temperature", "\u0001", "not-a-number" },
        { "pollux/{asset}/sensors/nothing", "1", "unknown-sensor" },
        { "pollux/{unregistered}/senml", """[{"n":"zone-1-temperature","v":20}]""", "unknown-asset" },
    };

    [Theory, MemberData(nameof(Unacceptable))]
    public async Task What_cannot_be_accepted_is_in_the_log_with_its_reason_and_bytes(string topic, string payload, string reason) =>
        await AssertRejected(topic, Encoding.UTF8.GetBytes(payload), reason);

    [Fact]
    public async Task Text_that_is_not_utf8_is_rejected_with_its_bytes()
    {
        await AssertRejected("pollux/{asset}/senml", [(byte)'[', 0xC3, 0x28, (byte)']'], "malformed-json");
        await AssertRejected("pollux/{asset}/sensors/zone-1-temperature", [0xFF, 0xFE, 0x31], "malformed-text");
    }

    [Fact]
    public async Task Truncated_protobuf_is_rejected_with_its_bytes()
    {
        // A length-delimited field that announces more bytes than there are.
        var bytes = new byte[] { 0x12, 0x7F, 0x0A, 0x02 };
        var asset = shared ??= Pollux.NextAsset();
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await device.Publish($"spBv1.0/pollux/DDATA/node/{asset}", bytes);
        await RejectionOf(asset, bytes, "malformed-protobuf");
    }

    [Fact]
    public async Task A_payload_over_the_limit_is_rejected_and_its_first_mebibyte_kept()
    {
        var payload = new byte[3 * 512 * 1024];
        Array.Fill(payload, (byte)' ');
        var rejection = await AssertRejected("pollux/{asset}/senml", payload, "too-large", kept: payload[..(1 << 20)]);
        Assert.Contains(rejection.Reasons, r => r.Code == "payload-cut");
    }

    static string? shared;

    async Task<ReadingsRejected> AssertRejected(string topic, byte[] payload, string reason, byte[]? kept = null)
    {
        var unregistered = Pollux.UnregisteredAsset("nobody");
        var asset = topic.Contains("{unregistered}", StringComparison.Ordinal) ? unregistered : shared ??= Pollux.NextAsset();
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        var source = topic.Replace("{asset}", asset, StringComparison.Ordinal)
            .Replace("{unregistered}", unregistered, StringComparison.Ordinal);
        await device.Publish(source, payload);
        var rejection = await RejectionOf(asset, kept ?? payload, reason);
        Assert.Equal((source, 1), (rejection.Source, rejection.Readings));
        Assert.True(Pollux.Ingest.IsRunning);
        return rejection;
    }

    async Task<ReadingsRejected> RejectionOf(string asset, byte[] payload, string reason) => (await Eventually.Get(
        $"{reason} of {asset} is in the log",
        async () => (await Pollux.Log.Rejections(asset))
            .Where(r => r.Payload.AsSpan().SequenceEqual(payload) && r.Reasons.Any(x => x.Code == reason && x.Detail.Length > 0)).ToList(),
        found => found.Count > 0))[0];

    [Fact]
    public async Task A_doubled_message_is_a_duplicate_and_the_counters_add_up()
    {
        var (asset, at) = (Pollux.NextAsset(), Samples.Now);
        await Settled();
        var before = await Counters();
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        var frame = Samples.Frame(Pollux.Model, at, 1);
        var impossible = new Reading(1, at + 1, 501);
        var payload = Samples.Senml(Pollux.Model, [.. frame, impossible]);
        for (var i = 0; i < 3; i++) await device.Publish(Samples.SenmlTopic(asset), payload);
        // The same readings in another message, and one reading that contradicts the log.
        await device.Publish(Samples.SenmlTopic(asset), Samples.Senml(Pollux.Model, frame.Reverse()));
        await device.Publish(Samples.SenmlTopic(asset), Samples.Senml(Pollux.Model, [frame[0] with { Value = 1 }]));

        await Eventually.Get("all readings are counted", Counters, now => now.Received - before.Received == 3 * 13 + 12 + 1);
        await Settled();
        var after = await Counters();
        Assert.Equal(
            (52, 12, 12 + 13 + 13, 2),
            (after.Received - before.Received, after.Stored - before.Stored, after.Duplicate - before.Duplicate,
                after.Rejected - before.Rejected));
        Assert.Equal(after.Received, after.Stored + after.Duplicate + after.Rejected);
        Assert.Equal(frame.OrderBy(r => r.Sensor), (await Pollux.Log.Readings(asset)).OrderBy(r => r.Sensor));
        Assert.Equal(["physically-impossible", "conflicting-value"], (await Pollux.Log.Rejections(asset)).Select(r => r.Reasons[0].Code));
    }

    async Task<(double Received, double Stored, double Duplicate, double Rejected)> Counters() => (
        await Pollux.Ingest.Metric("pollux_ingest_readings_received_total"),
        await Pollux.Ingest.Metric("pollux_ingest_readings_stored_total"),
        await Pollux.Ingest.Metric("pollux_ingest_readings_duplicate_total"),
        await Pollux.Ingest.Metric("pollux_ingest_readings_rejected_total"));

    // The exporter answers from a cache for some hundred milliseconds: only equal sums show that nothing is pending.
    Task Settled() =>
        Eventually.Get("received = stored + duplicate + rejected", Counters, c => c.Received == c.Stored + c.Duplicate + c.Rejected);

    async Task<TwinView> TwinWith(string asset, long readings) =>
        (await Eventually.Get(
            $"the twin of {asset} has {readings} readings", () => Pollux.Twins.View(asset), twin => twin?.Readings == readings, show: t =>
                $"{t?.Readings} readings"))!;

    static void AssertSensor(TwinView twin, string id, double value, string quality, long sampledAt)
    {
        var sensor = twin.Sensors.Single(s => s.Id == id);
        Assert.Equal((value, quality, Micros.ToTime(sampledAt)), (sensor.Value, sensor.Quality, sensor.SampledAt));
    }

    async Task AssertRestAgrees(string asset, TwinView saved)
    {
        var twin = await Pollux.Get($"/api/v1/twins/{asset}?minPosition={saved.Position}");
        Assert.Equal(saved.StateHash, (string)twin["stateHash"]!);
        foreach (var sensor in saved.Sensors.Where(s => s.Value is not null))
        {
            var shown = twin["sensors"]!.AsArray().Single(s => (string)s!["id"]! == sensor.Id)!;
            Assert.Equal((sensor.Value, sensor.Quality, sensor.SampledAt),
                ((double?)shown["value"], (string)shown["quality"]!, (DateTimeOffset?)shown["sampledAt"]));
        }
    }
}
