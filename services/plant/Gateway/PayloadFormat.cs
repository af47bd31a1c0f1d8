using Plant.Sensors;

namespace Plant.Gateway;

/// <summary>One MQTT message to send.</summary>
sealed record Packet(string Topic, byte[] Payload, string ContentType);

/// <summary>Converts frames to packets. Used by one connection loop at a time.</summary>
interface IPayloadFormat
{
    /// <summary>Topics to subscribe to, besides the plant's own commands.</summary>
    IReadOnlyList<string> Subscriptions { get; }

    /// <summary>Starts a new session and returns its will, which the broker publishes if the session breaks.</summary>
    Packet? Will();

    /// <summary>The packets that introduce the device after connecting or on request.</summary>
    IReadOnlyList<Packet> Birth(IReadOnlyList<Measurement> latest, long deviceMicros);

    /// <param name="frame">The frame to send.</param>
    /// <param name="historical">True if the frame was buffered while the connection was down.</param>
    Packet Data(Frame frame, bool historical);

    /// <summary>A report on the gateway itself; null if the format has none.</summary>
    Packet? GatewayNews(int bufferedFrames, long deviceMicros);

    /// <summary>The message to send before an orderly disconnect; null if the format has none.</summary>
    Packet? Death(long deviceMicros);

    bool AsksForRebirth(string topic, ReadOnlySpan<byte> payload);
}
