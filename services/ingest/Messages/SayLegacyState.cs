using Ingest.Payloads;
using Microsoft.Extensions.Options;
using MQTTnet;
using MQTTnet.Protocol;

namespace Ingest.Messages;

/// <summary>
/// Tells nodes of Sparkplug 2.2 whether their host is online. A connection of its own, because a connection has one will and that of
/// <see cref="ReceiveMessages"/> is for 3.0: after a crash, too, nodes must hear that the host is gone, to keep their data meanwhile.
/// </summary>
sealed partial class SayLegacyState(
    ReceiveMessages messages, TimeProvider time, IOptions<IngestSettings> settings, MqttAddress address, ILogger<SayLegacyState> logger)
    : BackgroundService
{
    static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    // Leaves as after a crash, so that the broker publishes the will.
    static readonly MqttClientDisconnectOptions WithWill =
        new MqttClientDisconnectOptionsBuilder().WithReason(MqttClientDisconnectOptionsReason.DisconnectWithWillMessage).Build();

    readonly string topic = SparkplugHost.LegacyTopicOf(settings.Value.SparkplugHostId);

    protected override async Task ExecuteAsync(CancellationToken cancel)
    {
        using var mqtt = new MqttClientFactory().CreateMqttClient();
        // The will of another replica: the host is there as long as one of its replicas is.
        mqtt.ApplicationMessageReceivedAsync += message =>
            message.ApplicationMessage.ConvertPayloadToString() == SparkplugHost.LegacyOffline
                ? SayOnline(mqtt, cancel)
                : Task.CompletedTask;
        for (; ; await Task.Delay(LookEvery, time, cancel))
        {
            try
            {
                // Online is who takes messages, not who has a connection.
                if (mqtt.IsConnected && !messages.IsReceiving) await mqtt.DisconnectAsync(WithWill, cancel);
                else if (!mqtt.IsConnected && messages.IsReceiving) await Connect(mqtt, cancel);
            }
            catch (Exception e) when (!cancel.IsCancellationRequested)
            {
                LogNotSaid(topic, e.Message);
            }
        }
    }

    async Task Connect(IMqttClient mqtt, CancellationToken cancel)
    {
        await mqtt.ConnectAsync(
            new MqttClientOptionsBuilder().WithTcpServer(address.Host, address.Port)
                .WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500)
                .WithClientId($"pollux-{settings.Value.ClientId}-state").WithKeepAlivePeriod(TimeSpan.FromSeconds(15))
                .WithWillTopic(topic).WithWillPayload(SparkplugHost.LegacyOffline).WithWillRetain()
                .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build(),
            cancel);
        await mqtt.SubscribeAsync(topic, MqttQualityOfServiceLevel.AtLeastOnce, cancel);
        await SayOnline(mqtt, cancel);
    }

    async Task SayOnline(IMqttClient mqtt, CancellationToken cancel)
    {
        try
        {
            await mqtt.PublishAsync(
                new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload(SparkplugHost.LegacyOnline).WithRetainFlag()
                    .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build(),
                cancel);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            // Not connected any more: the next connection says it.
            LogNotSaid(topic, e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Sparkplug nodes of version 2.2 could not be told on {Topic} that their host is online: {Reason}")]
    partial void LogNotSaid(string topic, string reason);
}
