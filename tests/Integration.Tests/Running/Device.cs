using System.Text;
using MQTTnet;
using MQTTnet.Protocol;
using Xunit.Sdk;

namespace Integration.Tests.Running;

/// <summary>A device that publishes over MQTT 5 with QoS 1.</summary>
sealed class Device : IAsyncDisposable
{
    readonly IMqttClient client = new MqttClientFactory().CreateMqttClient();

    public static async Task<Device> Connect(Uri mqtt)
    {
        var device = new Device();
        await device.client.ConnectAsync(
            new MqttClientOptionsBuilder().WithBroker(mqtt)
                .WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500).Build());
        return device;
    }

    public Task Publish(string topic, string payload, string? traceParent = null, bool retain = false) =>
        Publish(topic, Encoding.UTF8.GetBytes(payload), traceParent, retain);

    /// <summary>Publishes and waits until the broker has acknowledged the message.</summary>
    public async Task Publish(string topic, byte[] payload, string? traceParent = null, bool retain = false)
    {
        var message = new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload(payload)
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).WithRetainFlag(retain);
        if (traceParent is not null) message.WithUserProperty("traceparent", Encoding.UTF8.GetBytes(traceParent));
        var result = await client.PublishAsync(message.Build());
        if (result.ReasonCode != MqttClientPublishReasonCode.Success)
            throw new XunitException($"The broker answered {result.ReasonCode} to a message on {topic}.");
    }

    /// <summary>The newest message on a topic; null if there is none yet.</summary>
    public async Task<Func<string?>> Listen(string topic)
    {
        string? newest = null;
        client.ApplicationMessageReceivedAsync += message =>
        {
            newest = message.ApplicationMessage.ConvertPayloadToString();
            return Task.CompletedTask;
        };
        await client.SubscribeAsync(topic, MqttQualityOfServiceLevel.AtLeastOnce);
        return () => newest;
    }

    public async ValueTask DisposeAsync()
    {
        if (client.IsConnected) await client.DisconnectAsync();
        client.Dispose();
    }
}
