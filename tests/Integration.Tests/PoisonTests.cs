using System.Net.Http.Json;
using System.Text;
using Contracts.Events;
using Contracts.Messages;
using Contracts.Sparkplug;
using Google.Protobuf;
using Integration.Tests.Running;
using ServiceDefaults;
using TwinModel.Telemetry;
using Metric = Contracts.Sparkplug.Payload.Types.Metric;

namespace Integration.Tests;

/// <summary>A single writer, so that everything queues behind a faulty message; not ready soon after it cannot append.</summary>
public sealed class OneWriter(Infrastructure infrastructure) : RunningSystem(infrastructure)
{
    protected override IReadOnlyDictionary<string, string> SettingsOf(string service) =>
        service == "ingest"
            ? new Dictionary<string, string> { ["Ingest__Writers"] = "1", ["Ingest__BlockedAfterSeconds"] = "1" }
            : base.SettingsOf(service);
}

/// <summary>Whatever a message contains, it blocks no other message, and it stays visible.</summary>
public class PoisonTests(OneWriter system) : SystemTest<OneWriter>(system), IClassFixture<OneWriter>
{
    public static TheoryData<string, string> WithNul => new()
    {
        { "pollux/{asset}/sensors/zone-1-temperature", "x\0y" },
        { "pollux/{asset}/sensors/zone-1-temperature", "{\"value\":21.5,\"unit\":\"de\\u0000gC\"}" },
        { "pollux/{asset}/senml", "[{\"n\":\"zone\\u0000-1\",\"v\":20}]" },
        { "pollux/{asset}/senml", "[{\"n\":\"zone-1-temperature\",\"v\":20,\"u\":\"\\u0000\"}]" },
    };

    [Theory, MemberData(nameof(WithNul))]
    public async Task A_payload_with_nul_is_one_rejection_and_all_else_goes_on(string topic, string payload)
    {
        var (asset, other) = (Pollux.NextAsset(), Pollux.NextAsset());
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await device.Publish(topic.Replace("{asset}", asset, StringComparison.Ordinal), payload);
        await device.Publish($"pollux/{other}/sensors/zone-1-temperature", "180");

        await Eventually.Get("the neighbour's value is stored", () => Pollux.Log.Readings(other), readings => readings.Count == 1);
        var rejection = Assert.Single(
            await Eventually.Get("the payload is rejected", () => Pollux.Log.Rejections(asset), all => all.Count > 0));
        Assert.Equal(payload, Encoding.UTF8.GetString(rejection.Payload));
        Assert.DoesNotContain('\0', rejection.Reasons[0].Detail);
        Assert.Equal((string?)(await Pollux.Get($"/api/v1/rejected?asset={asset}"))["items"]?[0]?["reasons"]?[0]?["code"],
            rejection.Reasons[0].Code);
    }

    [Fact]
    public async Task A_line_with_nul_in_a_key_is_rejected_and_the_import_answers()
    {
        var asset = Pollux.NextAsset();
        using var content = new StringContent(
            "{\"time\":\"2026-03-01T06:00:00Z\",\"zone-1-temperature\":20}\n{\"time\":\"2026-03-01T06:00:01Z\",\"zone\\u0000\":20}\n",
            Encoding.UTF8, "application/x-ndjson");
        using var answer = await Pollux.Ingest.Http.PostAsync(
            $"/api/v1/assets/{asset}/telemetry:import", content, TestContext.Current.CancellationToken);
        var progress = System.Text.Json.Nodes.JsonNode.Parse(
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal((1, 1), ((int)progress["stored"]!, (int)progress["rejected"]!));
    }

    // PostgreSQL's indexes do not accept such a long key that does not compress.
    [Theory]
    [InlineData("pollux/{long}/sensors/zone-1-temperature", "x")]
    [InlineData("spBv1.0/pollux/NBIRTH/{long}", "x")]
    [InlineData("spBv1.0/pollux/DBIRTH/{long}/press-9", "x")]
    public async Task A_long_topic_is_one_rejection_and_all_else_goes_on(string topic, string payload)
    {
        var other = Pollux.NextAsset();
        var sent = topic.Replace("{long}", Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(3_000)),
            StringComparison.Ordinal);
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await device.Publish(sent, payload);
        await device.Publish($"pollux/{other}/sensors/zone-1-temperature", "180");
        await Eventually.Get("the neighbour's value is stored", () => Pollux.Log.Readings(other), readings => readings.Count == 1);
        await Eventually.Get("the message is rejected", () => Pollux.Log.Rejections("unknown"), all => all.Exists(r => r.Source == sent));
    }

    [Fact]
    public async Task A_submission_that_the_log_refuses_for_good_is_set_aside_alone()
    {
        var (culprit, good) = (Pollux.NextAsset(), Pollux.NextAsset());
        await using var fault = await AppendFault.On(Pollux.Database, $"telemetry/{culprit}/%", "22P05");
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        var start = Samples.Now - 3_000 * 1_000;
        await Task.WhenAll(Enumerable.Range(0, 2_000).Select(i => device.Publish(
            Samples.SenmlTopic(i == 777 ? culprit : good), Samples.Senml(Pollux.Model, [new(1, start + 1_000 * i, 180)]))));

        await Eventually.Get(
            "all others are stored", () => Pollux.Log.Readings(good), readings => readings.Count == 1_999, show: r =>
                $"{r.Count} readings");
        var rejection = Assert.Single(
            await Eventually.Get("the culprit is set aside", () => Pollux.Log.Rejections(culprit), all => all.Count > 0));
        Assert.Equal(("cannot-be-stored", 1), (rejection.Reasons[0].Code, rejection.Readings));
        Assert.Contains("22P05", rejection.Reasons[0].Detail, StringComparison.Ordinal);
        Assert.Empty(await Pollux.Log.Readings(culprit));

        // Once the cause is gone it can be replayed like any other rejection.
        await fault.DisposeAsync();
        using var replay = await Pollux.Query.Http.PostAsync(
            $"/api/v1/rejected/{rejection.Id}:replay", null, TestContext.Current.CancellationToken);
        await Eventually.Get("the replayed reading is stored", () => Pollux.Log.Readings(culprit), readings => readings.Count == 1);
    }

    [Fact]
    public async Task A_submission_whose_asset_the_log_refuses_is_set_aside_without_one()
    {
        var (culprit, good) = (Pollux.NextAsset(), Pollux.NextAsset());
        await using var fault = await AppendFault.On(Pollux.Database, $"%/{culprit}/%", "54000");
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await device.Publish($"pollux/{culprit}/sensors/zone-1-temperature", "180");
        await Eventually.Get(
            "it is set aside", () => Pollux.Log.Rejections("unknown"), all =>
                all.Any(r => r.Source.Contains(culprit, StringComparison.Ordinal)));
        await device.Publish($"pollux/{good}/sensors/zone-1-temperature", "180");
        await Eventually.Get("the neighbour's value is stored", () => Pollux.Log.Readings(good), readings => readings.Count == 1);
    }

    [Fact]
    public async Task A_writer_that_cannot_append_makes_the_service_not_ready_until_it_can()
    {
        var asset = Pollux.NextAsset();
        await using var fault = await AppendFault.On(Pollux.Database, $"telemetry/{asset}/%", "53100");
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await device.Publish($"pollux/{asset}/sensors/zone-1-temperature", "180");
        await Eventually.Get(
            "ingest says that it cannot append", Ready, text => text.Contains("53100", StringComparison.Ordinal), show: t => t);
        await fault.DisposeAsync();
        await Eventually.Get("the value is stored", () => Pollux.Log.Readings(asset), readings => readings.Count == 1);
        await Pollux.Ingest.UntilReady();
    }

    async Task<string> Ready()
    {
        using var answer = await Pollux.Ingest.Http.GetAsync("/health/ready");
        return await answer.Content.ReadAsStringAsync();
    }

    [Fact]
    public async Task A_registered_model_that_cannot_be_read_holds_up_its_asset_alone()
    {
        var (asset, other) = (Pollux.NextAsset(), Pollux.NextAsset());
        await using (var older = Pollux.Database.CreateCommand(
            """update events.mt_events set data = data || '{"modelYaml":"schema: of/long-ago","modelHash":"0"}' where stream_id = $1"""))
        {
            older.Parameters.Add(new() { Value = Streams.Asset(asset) });
            Assert.Equal(1, await older.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
        }
        foreach (var service in new[] { Pollux.TwinState, Pollux.Ingest, Pollux.Query }) await service.Stop();
        foreach (var service in new[] { Pollux.TwinState, Pollux.Ingest, Pollux.Query }) await service.Start();

        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        foreach (var id in new[] { asset, other }) await device.Publish($"pollux/{id}/sensors/zone-1-temperature", "180");
        await Eventually.Get("the neighbour's twin goes on", () => Pollux.Twins.View(other), twin => twin?.Readings == 1);
        var rejections = await Eventually.Get("its value is rejected", () => Pollux.Log.Rejections(asset), all => all.Count > 0);
        Assert.Equal("unreadable-model", Assert.Single(rejections).Reasons[0].Code);
        using var answer = await Pollux.Query.Http.GetAsync($"/api/v1/assets/{asset}", TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains(asset, await Ready(), StringComparison.Ordinal);
        Assert.Equal(1, await Pollux.TwinState.Metric("pollux_assets_unreadable"));

        using var again = await Pollux.Query.Http.PutAsJsonAsync(
            $"/api/v1/assets/{asset}", new { model = "extrusion-line" }, TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.OK, again.StatusCode);
        await Eventually.Get("ingest knows it again", Ready, text => !text.Contains(asset, StringComparison.Ordinal), show: t => t);
        await device.Publish($"pollux/{asset}/sensors/zone-1-temperature", "181");
        await Eventually.Get("its twin goes on", () => Pollux.Twins.View(asset), twin => twin?.Readings == 1);
    }

    [Fact]
    public async Task A_name_with_nul_does_not_hold_up_the_twin()
    {
        var asset = Pollux.NextAsset();
        await Pollux.Send(QueueNames.Registrations, new RegisterAsset(asset, "a\0b", "extrusion-line"));
        await Eventually.Get(
            "the name is stored in a form that PostgreSQL can keep", () => Pollux.Log.Events<AssetRegistered>(Streams.Asset(asset)), all =>
                all[^1].Name == "a␀b");
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await device.Publish($"pollux/{asset}/sensors/zone-1-temperature", "180");
        await Eventually.Get("the twin goes on", () => Pollux.Twins.View(asset), twin => twin?.Readings == 1);
    }

    [Fact]
    public async Task A_command_that_fails_for_good_lies_in_the_error_queue_and_is_counted()
    {
        var asset = Pollux.NextAsset();
        await Pollux.Send(QueueNames.Registrations, new RegisterAsset(asset, null, "no-such-model"));
        await Eventually.Get("the metric counts it", () => Pollux.TwinState.Http.GetStringAsync("/metrics"), text => text.Split('\n').Any(
            line => line.StartsWith("pollux_messages_failed{", StringComparison.Ordinal)
                && line.Contains("_error", StringComparison.Ordinal) && !line.Contains("} 0", StringComparison.Ordinal)));

        var queue = (await Failed()).Split('\n').Select(line => line.Split(' ')[0])
            .First(name => name.EndsWith(QueueNames.ErrorSuffix, StringComparison.Ordinal));
        Assert.Contains("no-such-model", await Failed(queue), StringComparison.Ordinal);
        // Messages that were shown are returned to the queue a moment after the command ends.
        await Eventually.Get(
            "it is shown as JSON", () => Failed(queue, "--json"), text => text.Contains("\"headers\"", StringComparison.Ordinal));
        // Replayed, it fails again and comes back.
        await Eventually.Get(
            "it is replayed", () => Failed(queue, "--replay"), text => text.TrimEnd().EndsWith("1 replayed", StringComparison.Ordinal));
        await Eventually.Get("it has failed again", () => Failed(queue), text => text.Contains("no-such-model", StringComparison.Ordinal));
        await Eventually.Get(
            "it is dropped", () => Failed(queue, "--drop"), text => text.TrimEnd().EndsWith("1 dropped", StringComparison.Ordinal));
        Assert.EndsWith("0 messages", (await Failed(queue)).TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_the_rules_refuse_is_answered_and_not_kept()
    {
        var path = $"/api/v1/assets/{Pollux.NextAsset()}/components/gearbox-bearing";
        var now = TimeProvider.System.GetUtcNow();
        await Record("replaced", now.AddHours(-2), 200);
        var before = await Failed();
        await Record("failed", now.AddDays(-2), 409);
        // The fault is answered before the message is moved or dropped; the next one on the same twin is answered after that.
        await Record("replaced", now.AddHours(-1), 200);
        Assert.Equal(before, await Failed());

        async Task Record(string kind, DateTimeOffset at, int expected)
        {
            using var answer = await Pollux.Query.Http.PostAsJsonAsync(
                $"{path}:{kind}", new { by = "eve", at }, TestContext.Current.CancellationToken);
            Assert.Equal(expected, (int)answer.StatusCode);
        }
    }

    Task<string> Failed(params string[] arguments) =>
        Infrastructure.Run(
            "dotnet", [ServiceProcess.Assembly("Cli"), "failed", .. arguments],
            new Dictionary<string, string> { ["ConnectionStrings__RabbitMq"] = Pollux.Servers.RabbitMq });

    [Fact]
    public async Task A_retained_value_is_one_reading_however_often_ingest_starts()
    {
        var asset = Pollux.NextAsset();
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        var topic = $"pollux/{asset}/sensors/zone-1-temperature";
        await device.Publish(topic, "180"u8.ToArray(), retain: true);
        await Eventually.Get("it is stored", () => Pollux.Log.Readings(asset), readings => readings.Count == 1);
        // Stopped cleanly first: killed before its acknowledgement is sent, it would get the message again, as not yet taken.
        await Pollux.Ingest.Stop();
        await Pollux.Ingest.Start();
        for (var i = 0; i < 2; i++)
        {
            await Pollux.Ingest.Kill();
            await Pollux.Ingest.Start();
        }
        // Anything the broker sends on subscribing comes before this message.
        await device.Publish($"pollux/{asset}/sensors/zone-2-temperature", "181");
        await Eventually.Get("the next value is stored", () => Pollux.Log.Readings(asset), readings => readings.Exists(r => r.Sensor == 2));
        Assert.Single(await Pollux.Log.Readings(asset), r => r.Sensor == 1);
        await device.Publish(topic, [], retain: true);
    }

    [Fact]
    public async Task A_device_of_another_group_is_not_the_asset_of_that_id()
    {
        var asset = Pollux.NextAsset();
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        foreach (var (group, value) in new[] { ("pollux", 200.0), ("other-plant", 77.0) })
        {
            var now = (ulong)(Samples.Now / 1000);
            await device.Publish($"spBv1.0/{group}/NBIRTH/edge", new Contracts.Sparkplug.Payload
            {
                Timestamp = now,
                Seq = 0,
            }.ToByteArray());
            await device.Publish($"spBv1.0/{group}/DBIRTH/edge/{asset}", new Contracts.Sparkplug.Payload
            {
                Timestamp = now,
                Seq = 1,
                Metrics =
                {
                    new Contracts.Sparkplug.Payload.Types.Metric
                    {
                        Name = "Die/Melt Temperature",
                        Alias = 1,
                        Datatype = 10,
                        DoubleValue = value,
                    },
                },
            }.ToByteArray());
        }
        await Eventually.Get(
            "the other plant's is rejected", () => Pollux.Log.Rejections("unknown"), all =>
                all.Exists(r => r.Reasons[0].Code == "foreign-device" && r.Source.EndsWith(asset, StringComparison.Ordinal)));
        Assert.Equal([200.0], (await Pollux.Log.Readings(asset)).Select(r => r.Value));
    }

    [Fact]
    public async Task Aliases_that_a_rebirth_of_the_node_made_void_stay_void_over_a_restart()
    {
        var asset = Pollux.NextAsset();
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await device.Publish("spBv1.0/pollux/NBIRTH/reborn", Message(0, 0));
        await device.Publish(
            $"spBv1.0/pollux/DBIRTH/reborn/{asset}",
            Message(1, 1, new Metric { Name = "Die/Melt Temperature", Alias = 1, Datatype = 10, DoubleValue = 201.5 }));
        await Eventually.Get("the birth is stored", () => Pollux.Log.Readings(asset), readings => readings.Count == 1);
        await device.Publish("spBv1.0/pollux/NBIRTH/reborn", Message(0, 2));
        await device.Publish($"spBv1.0/pollux/DDATA/reborn/{asset}", Message(1, 3, new Metric { Alias = 1, DoubleValue = 202.5 }));
        await Eventually.Get("the alias is void", () => Pollux.Log.Rejections(asset), all => all.Count == 1);

        await Pollux.Ingest.Stop();
        await Pollux.Ingest.Start();
        await device.Publish($"spBv1.0/pollux/DDATA/reborn/{asset}", Message(2, 4, new Metric { Alias = 1, DoubleValue = 203.5 }));
        await Eventually.Get("it still is", () => Pollux.Log.Rejections(asset), all => all.Count == 2);
        Assert.Single(await Pollux.Log.Readings(asset));
    }

    [Fact]
    public async Task A_node_that_died_is_dead_after_a_restart_too_but_a_late_will_of_its_former_session_kills_nobody()
    {
        var asset = Pollux.NextAsset();
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await device.Publish("spBv1.0/pollux/NBIRTH/mortal", Message(0, 0, Session(7)));
        await device.Publish(
            $"spBv1.0/pollux/DBIRTH/mortal/{asset}",
            Message(1, 1, new Metric { Name = "Die/Melt Temperature", Alias = 1, Datatype = 10, DoubleValue = 201.5 }));
        await device.Publish("spBv1.0/pollux/NDEATH/mortal", Message(0, 2, Session(6)));
        await device.Publish($"spBv1.0/pollux/DDATA/mortal/{asset}", Message(2, 3, new Metric { Alias = 1, DoubleValue = 202.5 }));
        await Eventually.Get("it lives", () => Pollux.Log.Readings(asset), readings => readings.Count == 2);
        await Restart();
        await device.Publish($"spBv1.0/pollux/DDATA/mortal/{asset}", Message(3, 4, new Metric { Alias = 1, DoubleValue = 203.5 }));
        await Eventually.Get("it still does", () => Pollux.Log.Readings(asset), readings => readings.Count == 3);

        await device.Publish("spBv1.0/pollux/NDEATH/mortal", Message(0, 5, Session(7)));
        await device.Publish($"spBv1.0/pollux/DDATA/mortal/{asset}", Message(4, 6, new Metric { Alias = 1, DoubleValue = 204.5 }));
        await Eventually.Get("it is dead", () => Pollux.Log.Rejections(asset), all => all.Count == 1);
        await Restart();
        await device.Publish($"spBv1.0/pollux/DDATA/mortal/{asset}", Message(5, 7, new Metric { Alias = 1, DoubleValue = 205.5 }));
        await Eventually.Get("it still is", () => Pollux.Log.Rejections(asset), all => all.Count == 2);
        Assert.Equal(3, (await Pollux.Log.Readings(asset)).Count);

        async Task Restart()
        {
            await Pollux.Ingest.Stop();
            await Pollux.Ingest.Start();
        }

        static Metric Session(ulong number) => new() { Name = "bdSeq", Datatype = 8, LongValue = number };
    }

    static byte[] Message(ulong sequence, long second, params Metric[] metrics) => new Payload
    {
        Seq = sequence,
        Timestamp = (ulong)(Samples.Now / 1_000 + second * 1_000),
        Metrics = { metrics },
    }.ToByteArray();
}
