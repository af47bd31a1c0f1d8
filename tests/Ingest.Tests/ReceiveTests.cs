using System.Text;
using Cluster;
using Google.Protobuf;
using Ingest.Messages;
using Ingest.Payloads;
using Ingest.Recording;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MQTTnet;
using MQTTnet.Packets;
using ServiceDefaults;
using ServiceDefaults.Access;

namespace Ingest.Tests;

/// <summary>From the broker to the recorder, with an unreachable log.</summary>
public sealed class ReceiveTests : IDisposable
{
    readonly ServiceProvider services;
    readonly AssetRegistry registry;
    readonly ReceiveMessages receiver;
    bool isAcknowledged;

    public ReceiveTests()
    {
        services = new ServiceCollection().AddMetrics().AddLogging()
            .AddSingleton(Npgsql.NpgsqlDataSource.Create("Host=127.0.0.1;Port=1")).AddSingleton<LogReader>().AddAssetRegistry()
            .BuildServiceProvider();
        registry = services.GetRequiredService<AssetRegistry>();
        var settings = Options.Create(new IngestSettings { BlockedAfterSeconds = 0 });
        receiver = new(
            new RecordReadings(
                null!, new Owners(), null!, null!, null!, null!, TimeProvider.System, settings, NullLogger<RecordReadings>.Instance),
            new(registry), registry,
            new(registry, null!, services.GetRequiredService<Npgsql.NpgsqlDataSource>(), NullLogger<ReadSparkplug>.Instance),
            new Owners(), null!,
            new(
                Quotas.Read(new ConfigurationBuilder().Build()), services.GetRequiredService<Npgsql.NpgsqlDataSource>(),
                TimeProvider.System, NullLogger<TenantUse>.Instance),
            TimeProvider.System, settings,
            new("127.0.0.1", 1), NullLogger<ReceiveMessages>.Instance);
    }

    public void Dispose()
    {
        receiver.Dispose();
        services.Dispose();
    }

    Task Receive(string topic, byte[] payload, CancellationToken cancel)
    {
        var message = new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload(payload).Build();
        return receiver.Receive(new("ingest", message, new MqttPublishPacket(), (_, _) => Task.FromResult(isAcknowledged = true)), cancel);
    }

    async Task<string> UntilHeld(Task receiving)
    {
        while (true)
        {
            var health = await receiver.CheckHealthAsync(new HealthCheckContext(), TestContext.Current.CancellationToken);
            if (health.Description?.Contains("has been waiting", StringComparison.Ordinal) == true) return health.Description;
            Assert.False(receiving.IsCompleted);
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_birth_that_the_log_does_not_take_waits_unacknowledged_and_says_why()
    {
        using var stop = new CancellationTokenSource();
        var birth = new Contracts.Sparkplug.Payload
        {
            Seq = 0,
            Timestamp = 1,
            Metrics = { new Contracts.Sparkplug.Payload.Types.Metric { Name = "bdSeq", Datatype = 4, LongValue = 0 } },
        };
        var receiving = Receive("spBv1.0/pollux/NBIRTH/edge-1", birth.ToByteArray(), stop.Token);
        Assert.Contains("SocketException", await UntilHeld(receiving), StringComparison.Ordinal);
        Assert.False(receiving.IsCompleted || isAcknowledged);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving);
        Assert.False(isAcknowledged);
    }

    [Theory]
    [InlineData("pollux/press-9/senml", "[]")]
    [InlineData("pollux/line-1/sensors/new-sensor", "1")]
    public async Task Nothing_is_refused_before_the_log_was_asked_for_new_registrations(string topic, string payload)
    {
        registry.Take(1, new("line-1", "Line", "extrusion-line", 1, "hash", Given.Extruder.Source, DateTimeOffset.UnixEpoch));
        using var stop = new CancellationTokenSource();
        var receiving = Receive(topic, Encoding.UTF8.GetBytes(payload), stop.Token);
        await UntilHeld(receiving);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving);
        Assert.False(isAcknowledged);
    }

    [Fact]
    public async Task What_is_understood_does_not_ask()
    {
        registry.Take(1, new("line-1", "Line", "extrusion-line", 1, "hash", Given.Extruder.Source, DateTimeOffset.UnixEpoch));
        await Receive("pollux/line-1/sensors/melt-temperature", "200"u8.ToArray(), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("spBv1.0/rep/ddata/n1/line-1")]
    [InlineData("spBv1.0/rep/DDATA/n1")]
    [InlineData("spBv1.0/rep/NDATA/n1/line-1")]
    [InlineData("spBv1.0/rep/DDATA/n1/line-1/x")]
    [InlineData("spBv1.0/rep/DDATA//line-1")]
    [InlineData("spBv1.0/rep")]
    public void A_Sparkplug_topic_of_another_form_is_one_rejection(string topic)
    {
        var to = new Decoded();
        var reader = new ReadSparkplug(registry, null!, null!, NullLogger<ReadSparkplug>.Instance);
        Assert.Equal(Rejections.UnknownAsset, reader.Decode(topic, new byte[3], Given.Now, to)!.AssetId);
        Assert.Equal("malformed-topic", to.Code());
        Assert.Null(reader.Decode("spBv1.0/STATE/host", new byte[3], Given.Now, to));
        Assert.Null(reader.Decode("spBv1.0/rep/DCMD/n1/line-1", new byte[3], Given.Now, to));
    }

    [Fact]
    public void An_id_too_long_for_a_stream_is_no_assets()
    {
        registry.Take(1, new("line-1", "Line", "extrusion-line", 1, "hash", Given.Extruder.Source, DateTimeOffset.UnixEpoch));
        Assert.Equal("press-9", new RouteTopic(registry).Find("pollux/press-9/senml").AssetId);
        Assert.Equal(Rejections.UnknownAsset, new RouteTopic(registry).Find($"pollux/{new string('x', 3000)}/senml").AssetId);
    }
}
