using static Ingest.Tests.Given;
using Metric = Contracts.Sparkplug.Payload.Types.Metric;

namespace Ingest.Tests.Sparkplug;

/// <summary>Aliases that could belong to two metrics.</summary>
public class AliasTests : SparkplugTest
{
    [Fact]
    public void An_alias_that_a_birth_gives_twice_carries_no_data()
    {
        NodeBirth();
        DeviceBirth(1, Declared(Melt, 7, 200), Declared(Pressure, 7, 90));
        Assert.Equal(200, Assert.Single(decoded.Readings).Value);
        Assert.Equal("ambiguous-alias", Assert.Single(decoded.Rejections).Code);
        Assert.False(Data(2, Changed(7, 62)).RebirthRequested);
        Assert.Equal("ambiguous-alias", decoded.Code());
        // The name is unambiguous.
        Data(3, new Metric { Name = Pressure, Alias = 7, DoubleValue = 91 }, new() { Name = Melt, DoubleValue = 201 });
        Assert.Equal([(7, 91d), (6, 201d)], decoded.Readings.Select(r => ((int)r.Sensor, r.Value)));
    }

    [Fact]
    public void A_metric_with_the_alias_of_another_is_rejected()
    {
        NodeBirth();
        DeviceBirth(1, Declared(Melt, 7, 200), Declared(Pressure, 8, 90));
        Data(2, new Metric { Name = Pressure, Alias = 7, DoubleValue = 64.4 });
        Assert.Equal("ambiguous-alias", decoded.Code());
        Assert.Contains(Melt, decoded.Rejections[0].Detail, StringComparison.Ordinal);
        Data(3, new Metric { Name = Pressure, Alias = 8, DoubleValue = 91 });
        Assert.Equal(91, decoded.Reading().Value);
    }

    [Fact]
    public void The_same_metric_twice_in_a_birth_is_not_ambiguous()
    {
        NodeBirth();
        DeviceBirth(1, Declared(Melt, 7, 200), Declared(Melt, 7, 200));
        Data(2, Changed(7, 201));
        Assert.Equal(201, decoded.Reading().Value);
    }
}
