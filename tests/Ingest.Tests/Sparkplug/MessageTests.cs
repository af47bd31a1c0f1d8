using System.Text;
using Contracts.Sparkplug;
using FsCheck.Xunit;
using Google.Protobuf;
using Ingest.Payloads;
using TwinModel.Telemetry;
using static Ingest.Tests.Given;
using Metric = Contracts.Sparkplug.Payload.Types.Metric;

namespace Ingest.Tests.Sparkplug;

/// <summary>Topics, commands, and bytes that are not Sparkplug.</summary>
public class MessageTests : SparkplugTest
{
    [Theory]
    [InlineData("Press 4", "press-4")]
    [InlineData("press_4", "press-4")]
    [InlineData("  Line-A/2 (old) ", "line-a-2-old")]
    [InlineData("press-4", "press-4")]
    [InlineData("Ü1", "1")]
    [InlineData("___", "")]
    public void A_device_is_the_asset_of_its_letters_and_digits(string device, string asset) =>
        Assert.Equal(asset, SparkplugTopic.AssetIdOf(device));

    [Fact]
    public void The_state_of_the_host_is_that_of_the_specification()
    {
        Assert.Equal("spBv1.0/STATE/pollux", SparkplugHost.TopicOf("pollux"));
        Assert.Equal(("STATE/pollux", "ONLINE", "OFFLINE"),
            (SparkplugHost.LegacyTopicOf("pollux"), SparkplugHost.LegacyOnline, SparkplugHost.LegacyOffline));
        Assert.Equal("""{"online":true,"timestamp":1700000000123}""", Encoding.UTF8.GetString(SparkplugHost.State(true, Now)));
        Assert.True(SparkplugHost.SaysOffline(SparkplugHost.State(false, Now)));
        Assert.False(SparkplugHost.SaysOffline(SparkplugHost.State(true, Now)));
        foreach (var odd in new[] { "OFFLINE", "", "[]", "{", """{"online":"false"}""", "\u0000" })
            Assert.False(SparkplugHost.SaysOffline(Encoding.UTF8.GetBytes(odd)));
    }

    [Theory]
    [InlineData("spBv1.0/g/NBIRTH/n", true)]
    [InlineData("spBv1.0/g/DDATA/n/d", true)]
    [InlineData("spBv1.0/g/NCMD/n", true)]
    [InlineData("spBv1.0/g/DDATA/n", false)]
    [InlineData("spBv1.0/g/NDATA/n/d", false)]
    [InlineData("spBv1.0/g/DDATA/n/d/e", false)]
    [InlineData("spBv1.0/g/DDATA//d", false)]
    [InlineData("spBv1.0/g/ddata/n/d", false)]
    [InlineData("spBv1.0/g/NCMD/n/d", false)]
    [InlineData("spBv1.0/g/DCMD/n/d", true)]
    [InlineData("spBv1.0/STATE/host", false)]
    [InlineData("spAv1.0/g/NBIRTH/n", false)]
    [InlineData("", false)]
    public void A_topic_has_group_message_node_and_for_devices_a_device(string topic, bool isSparkplug) =>
        Assert.Equal(isSparkplug, SparkplugTopic.TryParse(topic, out _));

    [Fact]
    public void Commands_carry_no_readings()
    {
        var (topic, payload) = SparkplugRebirth.Command("pollux", "edge-1", Now);
        Assert.Equal("spBv1.0/pollux/NCMD/edge-1", topic);
        Receive(topic, payload);
        Assert.Empty(decoded.Readings);
        Assert.Empty(decoded.Rejections);
        var metric = Assert.Single(Payload.Parser.ParseFrom(payload).Metrics);
        Assert.Equal(("Node Control/Rebirth", true, Boolean), (metric.Name, metric.BooleanValue, metric.Datatype));
    }

    [Fact]
    public void Garbage_is_rejected_whole()
    {
        BornWithMelt();
        Receive("spBv1.0/pollux/DDATA/edge-1/line-1", [0xFF, 0xFF, 0xFF]);
        Assert.Equal("malformed-protobuf", decoded.Code());
        Receive("spBv1.0/pollux/DDATA/edge-1/line-1", new byte[(1 << 20) + 1]);
        Assert.Equal("too-large", decoded.Code());
    }

    [Theory]
    [InlineData("NBIRTH/edge-1")]
    [InlineData("DBIRTH/edge-1/line-1")]
    [InlineData("DDATA/edge-1/line-1")]
    [InlineData("NDEATH/edge-1")]
    public void A_payload_cut_off_at_any_byte_never_throws(string topic)
    {
        BornWithMelt();
        var whole = Message(2, NowMillis, Declared(Melt, 7, 200), new()
        {
            Alias = 9,
            Datatype = Int32,
            IntValue = 0xFFFFFFFF,
            Timestamp = NowMillis,
        }, new() { Name = "x", StringValue = "text" });
        for (var length = 0; length < whole.Length; length++)
        {
            Receive($"spBv1.0/pollux/{topic}", whole[..length]);
            Assert.All(decoded.Readings, r => Assert.True(double.IsFinite(r.Value)));
        }
    }

    [Property(MaxTest = 2000)]
    public void Random_bytes_never_throw(byte[] bytes, bool isBirth) =>
        Receive($"spBv1.0/pollux/{(isBirth ? "DBIRTH" : "DDATA")}/edge-1/line-1", bytes);

    [Property(MaxTest = 3000)]
    public void A_payload_with_any_bytes_overwritten_never_throws(byte replacement, ushort at, byte second, ushort alsoAt, bool isBirth)
    {
        var bytes = Message(2, NowMillis, Declared(Melt, 7, 200), new()
        {
            Name = Pressure,
            Alias = 9,
            Datatype = Int64,
            LongValue = 5,
            Timestamp = NowMillis,
        });
        bytes[at % bytes.Length] = replacement;
        bytes[alsoAt % bytes.Length] = second;
        Receive($"spBv1.0/pollux/{(isBirth ? "DBIRTH" : "DDATA")}/edge-1/line-1", bytes);
        Assert.All(decoded.Readings, r => Assert.True(double.IsFinite(r.Value)));
    }
}
