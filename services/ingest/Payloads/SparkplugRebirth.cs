using Contracts.Sparkplug;
using Google.Protobuf;

namespace Ingest.Payloads;

/// <summary>Requests an edge node to publish its births again.</summary>
static class SparkplugRebirth
{
    const uint Boolean = 11;

    /// <summary>The command's topic and payload.</summary>
    /// <param name="group">Group of the node.</param>
    /// <param name="node">The node.</param>
    /// <param name="sentAtMicros">Timestamp of the command, microseconds since the Unix epoch; some nodes require one.</param>
    public static (string Topic, byte[] Payload) Command(string group, string node, long? sentAtMicros = null)
    {
        var metric = new Payload.Types.Metric { Name = "Node Control/Rebirth", Datatype = Boolean, BooleanValue = true };
        var payload = new Payload { Metrics = { metric } };
        if (sentAtMicros is { } micros) payload.Timestamp = metric.Timestamp = (ulong)(micros / 1000);
        return ($"{SparkplugTopic.Namespace}/{group}/NCMD/{node}", payload.ToByteArray());
    }
}
