using System.Text.Json;

namespace Ingest.Payloads;

/// <summary>
/// State of the Sparkplug host application (specification 3.0, chapter 5): nodes configured to wait for their primary host publish only
/// while it is online.
/// </summary>
static class SparkplugHost
{
    /// <summary>The topic on which a host announces its state; retained.</summary>
    public static string TopicOf(string hostId) => $"{SparkplugTopic.Namespace}/STATE/{hostId}";

    /// <summary>The topic in version 2.2; its payload is <see cref="LegacyOnline"/> or <see cref="LegacyOffline"/>, retained.</summary>
    public static string LegacyTopicOf(string hostId) => $"STATE/{hostId}";

    public const string LegacyOnline = "ONLINE";

    public const string LegacyOffline = "OFFLINE";

    /// <summary>
    /// The state payload. A will carries the time its connection was made, so that an outdated will can be recognised.
    /// </summary>
    public static byte[] State(bool isOnline, long atMicros) =>
        JsonSerializer.SerializeToUtf8Bytes(new { online = isOnline, timestamp = atMicros / 1000 });

    /// <summary>True if the payload announces offline.</summary>
    public static bool SaysOffline(ReadOnlySpan<byte> payload)
    {
        try
        {
            var reader = new Utf8JsonReader(payload);
            return JsonDocument.TryParseValue(ref reader, out var state)
                && state.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("online", out var online)
                    && online.ValueKind == JsonValueKind.False;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
