using Contracts.Sparkplug;
using FsCheck.Xunit;
using Google.Protobuf;
using Ingest.Payloads;
using TwinModel.Assets;
using TwinModel.Telemetry;
using static Ingest.Tests.Given;
using Metric = Contracts.Sparkplug.Payload.Types.Metric;

namespace Ingest.Tests;

public class SparkplugTests
{
    const ulong NowMillis = 1_700_000_000_000;
    const uint Float = 9, Double = 10, Boolean = 11, Text = 12, Int32 = 3, Int64 = 4;
    const string Melt = "Die/Melt Temperature", Pressure = "Die/Melt Pressure";

    static readonly SparkplugSource Line = new(Extruder, Extruder.Connections.First(c => c.Payload == PayloadFormat.SparkplugB));

    readonly SparkplugNode node = new();
    readonly Decoded decoded = new();
    Func<string, SparkplugSource?> sourceOf = id => id.StartsWith("line-", StringComparison.Ordinal) ? Line : null;

    SparkplugNews Receive(string topic, byte[] payload, long receivedAt = Now)
    {
        Assert.True(SparkplugTopic.TryParse(topic, out var parsed));
        return SparkplugDecoder.Decode(parsed, payload, node, sourceOf, receivedAt, decoded);
    }

    SparkplugNews NodeBirth(ulong birthNumber = 0, ulong seq = 0, ulong timestamp = NowMillis) => Receive(
        "spBv1.0/pollux/NBIRTH/edge-1",
        Message(seq, timestamp, new() { Name = "bdSeq", Datatype = Int64, LongValue = birthNumber }, new() { Name = "Node Control/Rebirth", Datatype = Boolean, BooleanValue = false }));

    SparkplugNews NodeDeath(ulong birthNumber) => Receive(
        "spBv1.0/pollux/NDEATH/edge-1", new Payload { Timestamp = NowMillis, Metrics = { new Metric { Name = "bdSeq", Datatype = Int64, LongValue = birthNumber } } }.ToByteArray());

    SparkplugNews DeviceBirth(ulong seq, params Metric[] metrics) => Receive("spBv1.0/pollux/DBIRTH/edge-1/line-1", Message(seq, NowMillis, metrics));

    SparkplugNews Data(ulong seq, params Metric[] metrics) => Receive("spBv1.0/pollux/DDATA/edge-1/line-1", Message(seq, NowMillis + 1000, metrics));

    static byte[] Message(ulong seq, ulong timestamp, params Metric[] metrics) => new Payload { Seq = seq, Timestamp = timestamp, Metrics = { metrics } }.ToByteArray();

    static Metric Declared(string name, ulong alias, double value) => new() { Name = name, Alias = alias, Datatype = Double, DoubleValue = value };

    static Metric Changed(ulong alias, double value) => new() { Alias = alias, DoubleValue = value };

    void BornWithMelt()
    {
        NodeBirth();
        DeviceBirth(1, Declared(Melt, 7, 200));
    }

    [Theory]
    [InlineData("spBv1.0/g/NBIRTH/n", true)]
    [InlineData("spBv1.0/g/DDATA/n/d", true)]
    [InlineData("spBv1.0/g/NCMD/n", true)]
    [InlineData("spBv1.0/g/DDATA/n", false)]
    [InlineData("spBv1.0/g/NDATA/n/d", false)]
    [InlineData("spBv1.0/g/DDATA/n/d/e", false)]
    [InlineData("spBv1.0/g/DDATA//d", false)]
    [InlineData("spBv1.0/STATE/host", false)]
    [InlineData("spAv1.0/g/NBIRTH/n", false)]
    [InlineData("", false)]
    public void A_topic_has_group_message_node_and_for_devices_a_device(string topic, bool isSparkplug) => Assert.Equal(isSparkplug, SparkplugTopic.TryParse(topic, out _));

    [Fact]
    public void Values_of_a_birth_are_readings()
    {
        NodeBirth();
        var news = DeviceBirth(1, Declared(Melt, 7, 200), Declared("melt-pressure", 8, 90));
        Assert.Equal([new(6, 1_700_000_000_000_000, 200), new(7, 1_700_000_000_000_000, 90)], decoded.Readings);
        Assert.Empty(decoded.Rejections);
        Assert.False(news.RebirthRequested);
    }

    [Fact]
    public void Data_names_its_metric_by_alias_or_by_name()
    {
        BornWithMelt();
        Data(2, Changed(7, 201), new() { Name = Melt, DoubleValue = 202 });
        Assert.Equal([201, 202], decoded.Readings.Select(r => r.Value));
        Assert.All(decoded.Readings, r => Assert.Equal(1_700_000_001_000_000, r.SampledAt));
    }

    [Fact]
    public void A_metrics_time_goes_before_the_payloads_and_that_before_the_receipt()
    {
        BornWithMelt();
        Data(2, new Metric { Alias = 7, DoubleValue = 1, Timestamp = 1_699_999_999_123 });
        Assert.Equal(1_699_999_999_123_000, decoded.Reading().SampledAt);
        Receive("spBv1.0/pollux/DDATA/edge-1/line-1", new Payload { Seq = 3, Metrics = { Changed(7, 2) } }.ToByteArray());
        Assert.Equal(Now, decoded.Reading().SampledAt);
    }

    [Fact]
    public void A_time_outside_the_calendar_is_rejected()
    {
        BornWithMelt();
        Data(2, new Metric { Alias = 7, DoubleValue = 1, Timestamp = ulong.MaxValue });
        Assert.Equal("invalid-time", decoded.Code());
    }

    [Theory]
    [InlineData(1, 0xFFFFFFFFu, -1)]
    [InlineData(1, 0x80u, -128)]
    [InlineData(2, 0xFFFF8000u, -32768)]
    [InlineData(2, 0xFFFFu, -1)]
    [InlineData(3, 0x80000000u, -2147483648.0)]
    [InlineData(3, 5u, 5)]
    [InlineData(5, 200u, 200)]
    [InlineData(6, 60000u, 60000)]
    [InlineData(7, 0xFFFFFFFFu, 4294967295.0)]
    public void Integers_of_up_to_32_bits_are_twos_complement_of_their_datatype(uint datatype, uint bits, double value)
    {
        NodeBirth();
        DeviceBirth(1, new Metric { Name = Melt, Alias = 7, Datatype = datatype, IntValue = bits });
        Assert.Equal(value, decoded.Reading().Value);
        Data(2, new Metric { Alias = 7, IntValue = bits });
        Assert.Equal(value, decoded.Reading().Value);
    }

    [Theory]
    [InlineData(4, ulong.MaxValue, -1)]
    [InlineData(4, 0x8000000000000000ul, -9223372036854775808.0)]
    [InlineData(3, 0xFFFFFFFFFFFFFFFEul, -2)]
    [InlineData(8, ulong.MaxValue, 18446744073709551615.0)]
    public void Integers_of_64_bits_are_twos_complement_of_their_datatype(uint datatype, ulong bits, double value)
    {
        NodeBirth();
        DeviceBirth(1, new Metric { Name = Melt, Alias = 7, Datatype = datatype, LongValue = bits });
        Assert.Equal(value, decoded.Reading().Value);
    }

    [Fact]
    public void Text_booleans_and_nothing_are_no_values_of_numeric_sensors()
    {
        NodeBirth();
        DeviceBirth(
            1, new() { Name = Melt, Datatype = Boolean, BooleanValue = true }, new() { Name = Pressure, Datatype = Text, StringValue = "90" },
            new() { Name = "Die/Melt Flow", Datatype = Double }, new() { Name = "Screw/Speed", Datatype = 20, BytesValue = ByteString.CopyFrom(1) });
        Assert.Empty(decoded.Readings);
        Assert.Equal(4, decoded.RejectedReadings);
        Assert.All(decoded.Rejections, r => Assert.Equal("wrong-type", r.Code));
    }

    [Fact]
    public void Values_that_are_not_finite_are_rejected()
    {
        NodeBirth();
        DeviceBirth(1, new Metric { Name = Melt, Datatype = Float, FloatValue = float.NaN });
        Assert.Equal("not-finite", decoded.Code());
    }

    [Fact]
    public void A_null_is_no_reading_and_a_null_with_a_value_is_a_bad_one()
    {
        BornWithMelt();
        Data(2, new Metric { Alias = 7, IsNull = true });
        Assert.Empty(decoded.Readings);
        Assert.Empty(decoded.Rejections);
        Data(3, new Metric { Alias = 7, IsNull = true, DoubleValue = 201 });
        Assert.Equal(Quality.Bad, decoded.Reading().Quality);
    }

    [Fact]
    public void Historical_values_are_readings()
    {
        BornWithMelt();
        Data(2, new Metric { Alias = 7, DoubleValue = 5, IsHistorical = true, Timestamp = 1_600_000_000_000 });
        Assert.Equal(1_600_000_000_000_000, decoded.Reading().SampledAt);
    }

    [Fact]
    public void Metrics_that_are_no_sensors_by_convention_are_passed_over()
    {
        NodeBirth();
        DeviceBirth(
            1, Declared("Device Control/Reboot", 1, 0), Declared("Properties/Serial", 2, 0), Declared("Node Control/Rebirth", 3, 0), Declared("bdSeq", 4, 0));
        Assert.Empty(decoded.Rejections);
        Data(2, Changed(2, 1));
        Assert.Empty(decoded.Rejections);
    }

    [Fact]
    public void An_unknown_metric_is_rejected_at_birth_and_in_data_without_a_rebirth()
    {
        NodeBirth();
        DeviceBirth(1, Declared("Die/Colour", 7, 0));
        Assert.Equal("unknown-sensor", decoded.Code());
        Assert.False(Data(2, Changed(7, 1)).RebirthRequested);
        Assert.Equal("unknown-sensor", decoded.Code());
    }

    [Fact]
    public void An_unknown_alias_is_rejected_and_asks_for_a_rebirth()
    {
        BornWithMelt();
        var news = Data(2, Changed(7, 201), Changed(8, 5));
        Assert.True(news.RebirthRequested);
        Assert.Equal(201, Assert.Single(decoded.Readings).Value);
        Assert.Equal("unknown-alias", Assert.Single(decoded.Rejections).Code);
    }

    [Fact]
    public void Data_before_its_birth_is_rejected_and_asks_for_one_rebirth_in_ten_seconds()
    {
        Assert.True(Data(17, Changed(7, 1), Changed(8, 1)).RebirthRequested);
        Assert.Empty(decoded.Readings);
        Assert.Equal(2, decoded.RejectedReadings);
        Assert.Equal("unknown-alias", Assert.Single(decoded.Rejections).Code);
        Assert.False(Data(18, Changed(7, 1)).RebirthRequested);
        Assert.True(Receive("spBv1.0/pollux/DDATA/edge-1/line-1", Message(19, NowMillis, Changed(7, 1)), Now + 10_000_000).RebirthRequested);
    }

    [Fact]
    public void A_birth_answers_the_request()
    {
        Data(17, Changed(7, 1));
        BornWithMelt();
        Assert.False(Data(2, Changed(7, 201)).RebirthRequested);
        Assert.Equal(201, decoded.Reading().Value);
    }

    [Fact]
    public void A_gap_in_the_sequence_asks_once_and_keeps_the_readings()
    {
        BornWithMelt();
        Assert.False(Data(2, Changed(7, 1)).RebirthRequested);
        Assert.True(Data(4, Changed(7, 2)).RebirthRequested);
        Assert.Equal(2, decoded.Reading().Value);
        Assert.False(Data(5, Changed(7, 3)).RebirthRequested);
        Assert.Equal(3, decoded.Reading().Value);
    }

    [Fact]
    public void The_sequence_wraps_from_255_to_0()
    {
        BornWithMelt();
        for (var seq = 2ul; seq < 600; seq++) Assert.False(Data(seq % 256, Changed(7, seq)).RebirthRequested);
    }

    [Fact]
    public void The_sequence_runs_over_all_messages_of_the_node()
    {
        BornWithMelt();
        Assert.False(Receive("spBv1.0/pollux/DBIRTH/edge-1/line-2", Message(2, NowMillis, Declared(Melt, 9, 1))).RebirthRequested);
        Assert.False(Receive("spBv1.0/pollux/NDATA/edge-1", Message(3, NowMillis)).RebirthRequested);
        Assert.False(Data(4, Changed(7, 1)).RebirthRequested);
        Assert.False(Receive("spBv1.0/pollux/DDEATH/edge-1/line-2", Message(5, NowMillis)).RebirthRequested);
        Assert.True(Data(7, Changed(7, 1)).RebirthRequested);
    }

    [Fact]
    public void A_repeated_message_is_no_gap()
    {
        BornWithMelt();
        Data(2, Changed(7, 1));
        Assert.False(Data(2, Changed(7, 1)).RebirthRequested);
        Assert.False(Data(3, Changed(7, 1)).RebirthRequested);
    }

    [Fact]
    public void A_repeated_node_birth_keeps_the_aliases_of_devices()
    {
        BornWithMelt();
        NodeBirth();
        Assert.False(Data(2, Changed(7, 201)).RebirthRequested);
        Assert.Equal(201, decoded.Reading().Value);
    }

    [Fact]
    public void A_new_node_birth_voids_the_aliases_of_devices()
    {
        BornWithMelt();
        NodeBirth(timestamp: NowMillis + 5000);
        Assert.True(Data(1, Changed(7, 201)).RebirthRequested);
        Assert.Equal("unknown-alias", decoded.Code());
    }

    [Fact]
    public void Aliases_of_two_devices_may_be_the_same()
    {
        BornWithMelt();
        Receive("spBv1.0/pollux/DBIRTH/edge-1/line-2", Message(2, NowMillis, Declared(Pressure, 7, 1)));
        Data(3, Changed(7, 201));
        Assert.Equal(6, decoded.Reading().Sensor);
    }

    [Fact]
    public void A_node_death_takes_its_devices_offline()
    {
        NodeBirth(birthNumber: 3);
        DeviceBirth(1, Declared(Melt, 7, 200));
        Receive("spBv1.0/pollux/DBIRTH/edge-1/line-2", Message(2, NowMillis, Declared(Melt, 9, 1)));
        Assert.Equal(["line-1", "line-2"], NodeDeath(3).WentOffline.Order());
        Assert.Empty(NodeDeath(3).WentOffline);
        Assert.True(Data(3, Changed(7, 1)).RebirthRequested);
    }

    [Fact]
    public void A_late_death_of_a_former_session_is_passed_over()
    {
        NodeBirth(birthNumber: 4);
        DeviceBirth(1, Declared(Melt, 7, 200));
        Assert.Empty(NodeDeath(3).WentOffline);
        Data(2, Changed(7, 201));
        Assert.Equal(201, decoded.Reading().Value);
    }

    [Fact]
    public void A_device_death_takes_the_device_offline_until_its_next_birth()
    {
        BornWithMelt();
        Assert.Equal(["line-1"], Receive("spBv1.0/pollux/DDEATH/edge-1/line-1", Message(2, NowMillis)).WentOffline);
        Data(3, Changed(7, 1));
        Assert.Equal("unknown-alias", decoded.Code());
        DeviceBirth(4, Declared(Melt, 8, 1));
        Data(5, Changed(8, 2));
        Assert.Equal(2, decoded.Reading().Value);
    }

    [Fact]
    public void A_device_that_is_not_registered_is_rejected_without_a_rebirth()
    {
        NodeBirth();
        Assert.False(Receive("spBv1.0/pollux/DBIRTH/edge-1/other", Message(1, NowMillis, Declared(Melt, 7, 1), Declared(Pressure, 8, 1))).RebirthRequested);
        Assert.Equal(2, decoded.RejectedReadings);
        Assert.Equal("unknown-asset", Assert.Single(decoded.Rejections).Code);
    }

    [Fact]
    public void A_new_model_of_the_asset_renames_the_declared_metrics()
    {
        NodeBirth();
        DeviceBirth(1, Declared("colour", 7, 200));
        sourceOf = _ => new(Extruder, Line.Connection with { Names = new Dictionary<string, string> { ["colour"] = "melt-temperature" } });
        Data(2, Changed(7, 201));
        Assert.Equal(new(6, 1_700_000_001_000_000, 201), decoded.Reading());
    }

    [Fact]
    public void A_node_that_is_an_asset_itself_has_readings()
    {
        sourceOf = _ => Line;
        Receive("spBv1.0/pollux/NBIRTH/edge-1", Message(0, NowMillis, Declared(Melt, 7, 200)));
        Assert.Equal(200, decoded.Reading().Value);
        Receive("spBv1.0/pollux/NDATA/edge-1", Message(1, NowMillis, Changed(7, 201)));
        Assert.Equal(201, decoded.Reading().Value);
        Assert.Equal(["edge-1"], Receive("spBv1.0/pollux/NDEATH/edge-1", []).WentOffline);
    }

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
        var whole = Message(2, NowMillis, Declared(Melt, 7, 200), new() { Alias = 9, Datatype = Int32, IntValue = 0xFFFFFFFF, Timestamp = NowMillis }, new() { Name = "x", StringValue = "text" });
        for (var length = 0; length < whole.Length; length++)
        {
            Receive($"spBv1.0/pollux/{topic}", whole[..length]);
            Assert.All(decoded.Readings, r => Assert.True(double.IsFinite(r.Value)));
        }
    }

    [Property(MaxTest = 2000)]
    public void Random_bytes_never_throw(byte[] bytes, bool isBirth) => Receive($"spBv1.0/pollux/{(isBirth ? "DBIRTH" : "DDATA")}/edge-1/line-1", bytes);

    [Property(MaxTest = 3000)]
    public void A_payload_with_any_bytes_overwritten_never_throws(byte replacement, ushort at, byte second, ushort alsoAt, bool isBirth)
    {
        var bytes = Message(2, NowMillis, Declared(Melt, 7, 200), new() { Name = Pressure, Alias = 9, Datatype = Int64, LongValue = 5, Timestamp = NowMillis });
        bytes[at % bytes.Length] = replacement;
        bytes[alsoAt % bytes.Length] = second;
        Receive($"spBv1.0/pollux/{(isBirth ? "DBIRTH" : "DDATA")}/edge-1/line-1", bytes);
        Assert.All(decoded.Readings, r => Assert.True(double.IsFinite(r.Value)));
    }
}
