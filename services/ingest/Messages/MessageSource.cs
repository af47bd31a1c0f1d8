using Ingest.Payloads;
using MQTTnet;
using MQTTnet.Protocol;
using ServiceDefaults;

namespace Ingest.Messages;

/// <summary>Options and subscriptions of the broker session.</summary>
static class MessageSource
{
    /// <summary>How long the broker keeps unacknowledged and new messages for an absent replica, seconds.</summary>
    const uint SessionSeconds = 7 * 24 * 3600;

    // The default of 8 kB is smaller than a loopback segment: once the receive window has closed, TCP reopens it only on a timer, and about
    // 40 messages a second arrive until the backlog is gone.
    const int ReceiveBufferBytes = 1 << 20;

    /// <param name="address">The broker.</param>
    /// <param name="settings">Provides the client id and the Sparkplug host id.</param>
    /// <param name="nowMicros">Time of the connection, microseconds since the Unix epoch.</param>
    public static MqttClientOptions Options(MqttAddress address, IngestSettings settings, long nowMicros)
    {
        var options = new MqttClientOptionsBuilder()
            .WithBroker(address)
            .WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500)
            .WithClientId($"pollux-{settings.ClientId}")
            .WithCleanStart(false)
            .WithSessionExpiryInterval(SessionSeconds)
            .WithReceiveMaximum(ushort.MaxValue)
            .WithKeepAlivePeriod(TimeSpan.FromSeconds(15))
            .WithTimeout(TimeSpan.FromSeconds(10))
            .WithWillTopic(SparkplugHost.TopicOf(settings.SparkplugHostId))
            .WithWillPayload(SparkplugHost.State(false, nowMicros))
            .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
            .WithWillRetain()
            .Build();
        ((MqttClientTcpOptions)options.ChannelOptions).BufferSize = ReceiveBufferBytes;
        return options;
    }

    /// <summary>The message that tells waiting nodes that their host is online.</summary>
    public static MqttApplicationMessage Online(IngestSettings settings, long nowMicros) => new MqttApplicationMessageBuilder()
        .WithTopic(SparkplugHost.TopicOf(settings.SparkplugHostId)).WithPayload(SparkplugHost.State(true, nowMicros))
        .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).WithRetainFlag().Build();

    /// <summary>
    /// Replicas share SenML and plain topics. Sparkplug is not shared: only a client that receives every message of a node can follow its
    /// aliases and sequence numbers; see <see cref="EdgeNodes"/>.
    /// </summary>
    public static MqttClientSubscribeOptions Subscriptions(IEnumerable<string> filters, string sharedGroup)
    {
        var subscriptions = new MqttClientSubscribeOptionsBuilder();
        // A retained message was handled when it was published; sent again on subscription, it would become a reading of that moment.
        foreach (var filter in filters)
            subscriptions.WithTopicFilter(
                $"$share/{sharedGroup}/{filter}", MqttQualityOfServiceLevel.AtLeastOnce,
                retainHandling: MqttRetainHandling.DoNotSendOnSubscribe);
        return subscriptions.WithTopicFilter(
            "spBv1.0/#", MqttQualityOfServiceLevel.AtLeastOnce, retainHandling: MqttRetainHandling.DoNotSendOnSubscribe).Build();
    }
}
