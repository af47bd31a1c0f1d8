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
        var pack = JsonElement.Parse(SenmlPack.Of([new("pressure", at, 1.25), new("volume-flow", at, 32)]));
        Assert.Equal(1_772_366_400.123457m, pack[0].GetProperty("bt").GetDecimal());
        Assert.Equal("volume-flow", pack[1].GetProperty("n").GetString());
        Assert.Equal(1.25, pack[0].GetProperty("v").GetDouble());
        Assert.False(pack[1].TryGetProperty("t", out _));
    }

    [Fact]
    public void Readings_of_other_times_and_qualities_are_told_apart()
    {
        var at = Micros.ToTime(1_772_366_400_123_457);
        var pack = JsonElement.Parse(SenmlPack.Of(
            [new("pressure", at, 1.25), new("pressure", at.AddMicroseconds(-1), 1.5, "uncertain"), new("pressure", at, null, "bad")]));
        Assert.Equal(-0.000001m, pack[1].GetProperty("t").GetDecimal());
        Assert.Equal("uncertain", pack[1].GetProperty("quality").GetString());
        Assert.Equal(("bad", false), (pack[2].GetProperty("quality").GetString(), pack[2].TryGetProperty("v", out _)));
    }
}
