using MQTTnet;
using MQTTnet.Packets;
using ServiceDefaults;

namespace Ingest.Messages;

/// <summary>What an MQTT message says of itself in user properties.</summary>
/// <param name="TraceParent">W3C trace context, or null.</param>
/// <param name="Client">Name of the sender, or null.</param>
readonly record struct MessageContext(string? TraceParent, string? Client)
{
    public static MessageContext Of(MqttApplicationMessage message)
    {
        string? traceParent = null, client = null;
        foreach (var property in message.UserProperties ?? [])
        {
            if (property.Name == "traceparent") traceParent ??= property.ReadValueAsString();
            if (property.Name == MessageOrigin.ClientProperty) client ??= property.ReadValueAsString();
        }
        return new(traceParent, client);
    }
}
