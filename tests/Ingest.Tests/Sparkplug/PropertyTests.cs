using Contracts.Sparkplug;
using Google.Protobuf;
using TwinModel.Telemetry;
using static Ingest.Tests.Given;
using Metric = Contracts.Sparkplug.Payload.Types.Metric;
using Property = Contracts.Sparkplug.Payload.Types.PropertyValue;

namespace Ingest.Tests.Sparkplug;

/// <summary>Quality, unit, datatype 0, null, and other devices: nothing is misread or lost.</summary>
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
    [InlineData(0u, Quality.Bad), InlineData(192u, Quality.Good), InlineData(500u, Quality.Uncertain), InlineData(64u, Quality.Uncertain),
        InlineData(7777u, Quality.Uncertain)]
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

    [Theory]
    [InlineData("engUnit")]
    [InlineData("EngUnits")]
    public void A_unit_of_another_quantity_is_rejected(string property)
    {
        NodeBirth();
        DeviceBirth(1, With(Declared(Melt, 7, 20), property, new() { Type = Text, StringValue = "bar" }));
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
