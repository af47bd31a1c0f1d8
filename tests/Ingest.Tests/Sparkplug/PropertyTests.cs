using System.IO.Compression;
using Contracts.Sparkplug;
using Google.Protobuf;
using TwinModel.Telemetry;
using static Ingest.Tests.Given;
using Metric = Contracts.Sparkplug.Payload.Types.Metric;
using Property = Contracts.Sparkplug.Payload.Types.PropertyValue;

namespace Ingest.Tests.Sparkplug;

/// <summary>Quality, unit, datatype 0, null, compression, and devices of others: nothing is taken wrongly or vanishes.</summary>
public class PropertyTests : SparkplugTest
{
    static Metric With(Metric metric, string key, Property value)
    {
        metric.Properties ??= new();
        metric.Properties.Keys.Add(key);
        metric.Properties.Values.Add(value);
        return metric;
    }

    [Theory]
    [InlineData(0u, Quality.Bad), InlineData(192u, Quality.Good), InlineData(500u, Quality.Uncertain), InlineData(64u, Quality.Uncertain), InlineData(7777u, Quality.Uncertain)]
    public void The_property_quality_is_the_readings(uint code, Quality quality)
    {
        BornWithMelt();
        Data(2, With(Changed(7, 201), "Quality", new() { Type = Int32, IntValue = code }));
        Assert.Equal((201, quality), (decoded.Reading().Value, decoded.Reading().Quality));
    }

    [Fact]
    public void The_unit_of_the_birth_holds_for_its_data()
    {
        NodeBirth();
        DeviceBirth(1, With(Declared(Melt, 7, 392), "engUnit", new() { Type = Text, StringValue = "degF" }));
        Assert.Equal(200, decoded.Reading().Value, 9);
        Data(2, Changed(7, 212));
        Assert.Equal(100, decoded.Reading().Value, 9);
    }

    [Fact]
    public void A_unit_of_another_quantity_is_rejected()
    {
        NodeBirth();
        DeviceBirth(1, With(Declared(Melt, 7, 20), "engUnit", new() { Type = Text, StringValue = "bar" }));
        Assert.Equal("unit-mismatch", decoded.Code());
    }

    [Fact]
    public void Datatype_0_means_that_of_the_birth()
    {
        NodeBirth();
        DeviceBirth(1, new Metric { Name = Melt, Alias = 7, Datatype = Int32, IntValue = 200 });
        Data(2, new Metric { Alias = 7, Datatype = 0, IntValue = 21 });
        Assert.Equal(21, decoded.Reading().Value);
    }

    [Fact]
    public void A_null_is_counted_as_rejected_and_says_so()
    {
        BornWithMelt();
        Data(2, new Metric { Alias = 7, Datatype = Double, IsNull = true });
        Assert.Equal("no-value", decoded.Code());
        Assert.Equal(1, decoded.RejectedReadings);
    }

    static byte[] Compressed(byte[] inner, string? algorithm, ulong seq = 2)
    {
        using var body = new MemoryStream();
        using (Stream stream = algorithm == "GZIP" ? new GZipStream(body, CompressionLevel.Fastest, leaveOpen: true) : new ZLibStream(body, CompressionLevel.Fastest, leaveOpen: true)) stream.Write(inner);
        var outer = new Payload { Seq = seq, Timestamp = NowMillis, Uuid = "SPBV1.0_COMPRESSED", Body = ByteString.CopyFrom(body.ToArray()) };
        if (algorithm is not null) outer.Metrics.Add(new Metric { Name = "algorithm", Datatype = Text, StringValue = algorithm });
        return outer.ToByteArray();
    }

    void ReceiveData(byte[] payload) => Receive("spBv1.0/pollux/DDATA/edge-1/line-1", payload);

    [Theory, InlineData(null), InlineData("DEFLATE"), InlineData("GZIP")]
    public void A_compressed_payload_is_read(string? algorithm)
    {
        BornWithMelt();
        ReceiveData(Compressed(Message(2, NowMillis, Changed(7, 61)), algorithm));
        Assert.Equal(61, decoded.Reading().Value);
    }

    [Fact]
    public void What_cannot_be_decompressed_is_rejected_by_name()
    {
        BornWithMelt();
        ReceiveData(Compressed(Message(2, NowMillis, Changed(7, 61)), "LZ4"));
        Assert.Equal("compressed", decoded.Code());
        ReceiveData(new Payload { Seq = 2, Uuid = "SPBV1.0_COMPRESSED", Body = ByteString.CopyFromUtf8("no such thing") }.ToByteArray());
        Assert.Equal("compressed", decoded.Code());
        ReceiveData(new Payload { Seq = 2, Uuid = "x", Body = ByteString.CopyFromUtf8("y") }.ToByteArray());
        Assert.Equal("unknown-body", decoded.Code());
    }

    [Fact]
    public void A_compressed_payload_has_the_same_limit_as_any_other()
    {
        BornWithMelt();
        ReceiveData(Compressed(new byte[2 << 20], "DEFLATE"));
        Assert.Equal("too-large", decoded.Code());
    }

    [Fact]
    public void A_device_of_others_is_rejected_with_the_reason_and_its_death_means_nothing()
    {
        sourceOf = _ => new(Extruder, null, new("foreign-device", "not ours"));
        Receive("spBv1.0/other/DBIRTH/x/line-1", Message(0, NowMillis, Declared(Melt, 7, 77)));
        Assert.Equal("foreign-device", decoded.Code());
        Assert.Empty(decoded.Readings);
        Assert.Empty(Receive("spBv1.0/other/DDEATH/x/line-1", Message(1, NowMillis)).WentOffline);
        Assert.Empty(Receive("spBv1.0/other/NDEATH/x", []).WentOffline);
    }
}
