using Plant.Sensors;

namespace Plant.Gateway;

/// <summary>One MQTT message to send.</summary>
sealed record Packet(string Topic, byte[] Payload, string ContentType);

/// <summary>How frames become packets. Used by one connection loop at a time.</summary>
interface IPayloadFormat
{
    /// <summary>Topics to listen on, beside the plant's own commands.</summary>
    IReadOnlyList<string> Subscriptions { get; }

    /// <summary>Opens a new session; the broker sends the packet when the session breaks.</summary>
    Packet? Will();

    /// <summary>What introduces the device after connecting or on request.</summary>
    IReadOnlyList<Packet> Birth(IReadOnlyList<Measurement> latest, long deviceMicros);

    /// <param name="frame">The frame.</param>
    /// <param name="historical">It waited in the buffer while the connection was down.</param>
    Packet Data(Frame frame, bool historical);

    /// <summary>News of the gateway itself, if the format has such.</summary>
    Packet? GatewayNews(int bufferedFrames, long deviceMicros);

    /// <summary>Says goodbye before an orderly disconnect.</summary>
    Packet? Death(long deviceMicros);

    bool AsksForRebirth(string topic, ReadOnlySpan<byte> payload);
}
