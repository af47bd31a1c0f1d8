using Contracts.Sparkplug;
using Google.Protobuf;
using Ingest.Payloads;
using TwinModel.Assets;
using static Ingest.Tests.Given;
using Metric = Contracts.Sparkplug.Payload.Types.Metric;

namespace Ingest.Tests.Sparkplug;

/// <summary>A node with a device and the messages they send; <see cref="decoded"/> holds the decoder's result.</summary>
public abstract class SparkplugTest
{
    protected const ulong NowMillis = 1_700_000_000_000;
    protected const uint Float = 9, Double = 10, Boolean = 11, Text = 12, Int32 = 3, Int64 = 4;
    protected const string Melt = "Die/Melt Temperature", Pressure = "Die/Melt Pressure";

    private protected static readonly SparkplugSource Line = new(
        Extruder, Extruder.Connections.First(c => c.Payload == PayloadFormat.SparkplugB));

    readonly SparkplugNode node = new();
    private protected readonly Decoded decoded = new();
    private protected Func<string, SparkplugSource?> sourceOf = id => id.StartsWith("line-", StringComparison.Ordinal) ? Line : null;

    private protected SparkplugNews Receive(string topic, byte[] payload, long receivedAt = Now)
    {
        Assert.True(SparkplugTopic.TryParse(topic, out var parsed));
        return SparkplugDecoder.Decode(parsed, payload, node, sourceOf, receivedAt, decoded);
    }

    private protected SparkplugNews NodeBirth(ulong birthNumber = 0, ulong seq = 0, ulong timestamp = NowMillis) => Receive(
        "spBv1.0/pollux/NBIRTH/edge-1",
        Message(seq, timestamp, new() { Name = "bdSeq", Datatype = Int64, LongValue = birthNumber }, new()
        {
            Name = "Node Control/Rebirth",
            Datatype = Boolean,
            BooleanValue = false,
        }));

    private protected SparkplugNews NodeDeath(ulong birthNumber) => Receive(
        "spBv1.0/pollux/NDEATH/edge-1",
        new Payload
        {
            Timestamp = NowMillis,
            Metrics = { new Metric { Name = "bdSeq", Datatype = Int64, LongValue = birthNumber } },
        }.ToByteArray());

    private protected SparkplugNews DeviceBirth(ulong seq, params Metric[] metrics) =>
        Receive("spBv1.0/pollux/DBIRTH/edge-1/line-1", Message(seq, NowMillis, metrics));

    private protected SparkplugNews Data(ulong seq, params Metric[] metrics) =>
        Receive("spBv1.0/pollux/DDATA/edge-1/line-1", Message(seq, NowMillis + 1000, metrics));

    protected static byte[] Message(ulong seq, ulong timestamp, params Metric[] metrics) =>
        new Payload { Seq = seq, Timestamp = timestamp, Metrics = { metrics } }.ToByteArray();

    protected static Metric Declared(string name, ulong alias, double value) =>
        new() { Name = name, Alias = alias, Datatype = Double, DoubleValue = value };

    protected static Metric Changed(ulong alias, double value) => new() { Alias = alias, DoubleValue = value };

    protected void BornWithMelt()
    {
        NodeBirth();
        DeviceBirth(1, Declared(Melt, 7, 200));
    }
}
