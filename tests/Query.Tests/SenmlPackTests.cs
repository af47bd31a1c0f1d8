using System.Text.Json;
using Cli.Recordings;
using TwinModel.Telemetry;

namespace Query.Tests;

public class SenmlPackTests
{
    [Fact]
    public void A_row_keeps_its_time_to_the_microsecond()
    {
        var at = Micros.ToTime(1_772_366_400_123_457);
        var pack = JsonElement.Parse(SenmlPack.Of(at, [("pressure", 1.25), ("volume-flow", 32)]));
        Assert.Equal(1_772_366_400.123457m, pack[0].GetProperty("bt").GetDecimal());
        Assert.Equal("volume-flow", pack[1].GetProperty("n").GetString());
        Assert.Equal(1.25, pack[0].GetProperty("v").GetDouble());
    }
}
