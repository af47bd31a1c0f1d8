using Ingest.Payloads;
using MQTTnet;
using MQTTnet.Protocol;
using ServiceDefaults;

namespace Ingest.Messages;

/// <summary>Where MQTT is.</summary>
/// <param name="Host">Host name or address.</param>
/// <param name="Port">TCP port.</param>
sealed record MqttAddress(string Host, int Port)
{
    /// <summary>From <c>mqtt://host:port</c>.</summary>
    public static MqttAddress Of(IConfiguration configuration)
    {
        var uri = new Uri(configuration.RequireConnectionString(
            "Mqtt", "mqtt://host:port", text =>
                Uri.TryCreate(text, UriKind.Absolute, out var address) && address is { Scheme: "mqtt", Host.Length: > 0 }));
        return new(uri.Host, uri.Port > 0 ? uri.Port : 1883);
    }
}

/// <summary>Options and subscriptions of the broker session.</summary>
static class MessageSource
{
    /// <summary>The broker keeps unacknowledged and new messages for a replica that is away this long.</summary>
    const uint SessionSeconds = 7 * 24 * 3600;

    // The default of 8 kB is less than a segment of the loopback interface: once the window has closed, TCP opens it by timer only, and
    // some 40 messages a second are all that comes until the backlog is gone.
    const int ReceiveBufferBytes = 1 << 20;

    /// <param name="address">The broker.</param>
    /// <param name="settings">Name the session and the Sparkplug host.</param>
    /// <param name="nowMicros">Time of the connection.</param>
    public static MqttClientOptions Options(MqttAddress address, IngestSettings settings, long nowMicros)
    {
        var options = new MqttClientOptionsBuilder()
            .WithTcpServer(address.Host, address.Port)
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

    /// <summary>Tells nodes that wait for their host that it is there.</summary>
    public static MqttApplicationMessage Online(IngestSettings settings, long nowMicros) => new MqttApplicationMessageBuilder()
        .WithTopic(SparkplugHost.TopicOf(settings.SparkplugHostId)).WithPayload(SparkplugHost.State(true, nowMicros))
        .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).WithRetainFlag().Build();

    /// <summary>
    /// SenML and plain topics are shared between replicas. Sparkplug is not: its aliases and sequence numbers only make sense to one who
    /// sees every message of a node; what two replicas both store, the log keeps once.
    /// </summary>
    public static MqttClientSubscribeOptions Subscriptions(IEnumerable<string> filters, string sharedGroup)
    {
        var subscriptions = new MqttClientSubscribeOptionsBuilder();
        // What a broker retains was published before: sent again at each subscription it would become a reading of that moment.
        foreach (var filter in filters)
            subscriptions.WithTopicFilter(
                $"$share/{sharedGroup}/{filter}", MqttQualityOfServiceLevel.AtLeastOnce,
                retainHandling: MqttRetainHandling.DoNotSendOnSubscribe);
        return subscriptions.WithTopicFilter(
            "spBv1.0/#", MqttQualityOfServiceLevel.AtLeastOnce, retainHandling: MqttRetainHandling.DoNotSendOnSubscribe).Build();
    }
}
