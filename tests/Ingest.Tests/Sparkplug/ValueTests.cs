using Contracts.Sparkplug;
using FsCheck.Xunit;
using Google.Protobuf;
using Ingest.Payloads;
using TwinModel.Telemetry;
using static Ingest.Tests.Given;
using Metric = Contracts.Sparkplug.Payload.Types.Metric;

namespace Ingest.Tests.Sparkplug;

/// <summary>From metrics to readings.</summary>
public class ValueTests : SparkplugTest
{
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
            1, new() { Name = Melt, Datatype = Boolean, BooleanValue = true },
            new() { Name = Pressure, Datatype = Text, StringValue = "90" },
            new() { Name = "Die/Melt Flow", Datatype = Double },
            new() { Name = "Screw/Speed", Datatype = 20, BytesValue = ByteString.CopyFrom(1) });
        Assert.Empty(decoded.Readings);
        Assert.Equal(4, decoded.RejectedReadings);
        Assert.Equal(["wrong-type", "wrong-type", "no-value", "wrong-type"], decoded.Rejections.Select(r => r.Code));
    }

    [Theory]
    [InlineData(1, 300u)]
    [InlineData(1, 0xFFFFu)]
    [InlineData(2, 0xFFFF0001u)]
    [InlineData(5, 300u)]
    [InlineData(5, 0xFFFFFFFFu)]
    [InlineData(6, 65536u)]
    public void An_integer_that_does_not_fit_its_datatype_is_rejected(uint datatype, uint bits)
    {
        NodeBirth();
        DeviceBirth(1, new Metric { Name = Melt, Alias = 7, Datatype = datatype, IntValue = bits });
        Assert.Equal("out-of-range", decoded.Code());
        Assert.Contains($"'{bits} with datatype {datatype}'", decoded.Rejections[0].Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, 0x1_0000_0005ul)]
    [InlineData(7, 0xFFFFFFFFFFFFFFFFul)]
    [InlineData(1, 0xFFFFFFFFul)]
    public void So_is_one_of_64_bits(uint datatype, ulong bits)
    {
        NodeBirth();
        DeviceBirth(1, new Metric { Name = Melt, Alias = 7, Datatype = datatype, LongValue = bits });
        Assert.Equal("out-of-range", decoded.Code());
    }

    [Fact]
    public void A_reason_names_what_the_metric_holds()
    {
        BornWithMelt();
        Data(2, new Metric { Alias = 7, Datatype = Double, StringValue = "61" });
        Assert.Contains("'StringValue with datatype 10'; allowed: float_value", decoded.Rejections[0].Detail, StringComparison.Ordinal);
        Data(3, new Metric { Alias = 7, Datatype = Double });
        Assert.Equal(("no-value", $"'{Melt}' is missing; allowed: a value, or is_null, because melt-temperature is numeric."),
            (decoded.Rejections[0].Code, decoded.Rejections[0].Detail));
    }

    [Fact]
    public void Values_that_are_not_finite_are_rejected()
    {
        NodeBirth();
        DeviceBirth(1, new Metric { Name = Melt, Datatype = Float, FloatValue = float.NaN });
        Assert.Equal("not-finite", decoded.Code());
    }

    [Fact]
    public void A_null_is_a_bad_reading_without_a_value_and_a_null_with_a_value_a_bad_one()
    {
        BornWithMelt();
        Data(2, new Metric { Alias = 7, IsNull = true });
        Assert.Null(decoded.Reading().ValueOrNull);
        Assert.Equal(Quality.Bad, decoded.Reading().Quality);
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
            1, Declared("Device Control/Reboot", 1, 0), Declared("Properties/Serial", 2, 0), Declared("Node Control/Rebirth", 3, 0),
            Declared("bdSeq", 4, 0));
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
    public void A_new_model_of_the_asset_renames_the_declared_metrics()
    {
        NodeBirth();
        DeviceBirth(1, Declared("colour", 7, 200));
        sourceOf = _ => new(Extruder, Line.Connection! with { Names = new Dictionary<string, string> { ["colour"] = "melt-temperature" } });
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
}
