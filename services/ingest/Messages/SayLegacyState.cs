using Ingest.Payloads;
using Microsoft.Extensions.Options;
using MQTTnet;
using MQTTnet.Protocol;

namespace Ingest.Messages;

/// <summary>
/// Tells Sparkplug 2.2 nodes whether their host is online. Uses its own connection because a connection has only one will, and that of
/// <see cref="ReceiveMessages"/> is for version 3.0: nodes must learn of a crashed host too, so that they buffer their data.
/// </summary>
sealed partial class SayLegacyState(
    ReceiveMessages messages, TimeProvider time, IOptions<IngestSettings> settings, MqttAddress address, ILogger<SayLegacyState> logger)
    : BackgroundService
{
    static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    // Makes the broker publish the will, as after a crash.
    static readonly MqttClientDisconnectOptions WithWill =
        new MqttClientDisconnectOptionsBuilder().WithReason(MqttClientDisconnectOptionsReason.DisconnectWithWillMessage).Build();

    readonly string topic = SparkplugHost.LegacyTopicOf(settings.Value.SparkplugHostId);

    protected override async Task ExecuteAsync(CancellationToken cancel)
    {
        using var mqtt = new MqttClientFactory().CreateMqttClient();
        // The will of another replica: the host is online as long as any replica is.
        mqtt.ApplicationMessageReceivedAsync += message =>
            message.ApplicationMessage.ConvertPayloadToString() == SparkplugHost.LegacyOffline
                ? SayOnline(mqtt, cancel)
                : Task.CompletedTask;
        for (; ; await Task.Delay(LookEvery, time, cancel))
        {
            try
            {
                // The host counts as online while it receives messages, not merely while it is connected.
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
            new MqttClientOptionsBuilder().WithBroker(address)
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
            // Disconnected; the next connection publishes it.
            LogNotSaid(topic, e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Sparkplug nodes of version 2.2 could not be told on {Topic} that their host is online: {Reason}")]
    partial void LogNotSaid(string topic, string reason);
}
