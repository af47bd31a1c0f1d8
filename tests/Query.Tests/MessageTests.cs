using FsCheck.Xunit;
using Google.Protobuf;
using Query.Api;
using Query.Twins;
using Proto = Contracts.Query.V1;

namespace Query.Tests;

public class MessageTests
{
    [Fact]
    public void A_twin_says_the_same_over_grpc_as_over_rest()
    {
        var answer = TwinAnswer.Of(
            Given.A_view(alarms: Given.An_alarm()), Given.Noon.AddSeconds(2), new(Given.Noon, 90, Given.Noon.AddMinutes(-1)));
        var twin = Proto.Twin.Parser.ParseFrom(TwinMessage.Of(answer).ToByteArray());
        Assert.Equal(answer.StateHash, twin.StateHash);
        Assert.Equal(answer.SampledAt, twin.SampledAt.ToDateTimeOffset());
        var (sensor, expected) = (Assert.Single(twin.Sensors), answer.Sensors[0]);
        Assert.Equal((expected.Id, expected.Unit, expected.Value, expected.AgeSeconds),
            (sensor.Id, sensor.Unit, (double?)sensor.Value, (double?)sensor.AgeSeconds));
        Assert.Equal(expected.Statistics!.Mean, sensor.Statistics.Mean);
        Assert.Equal("critical", Assert.Single(twin.Alarms).Severity);
        Assert.Equal(90, twin.AsOf.KnownAtPosition);
    }

    [Fact]
    public void A_sensor_without_a_reading_has_no_value()
    {
        var silent = Given.A_reading(1, Given.Noon) with
        {
            Value = null,
            SampledAt = null,
            StaleAt = null,
            Quality = "none",
            Statistics = null,
        };
        var sensor = TwinMessage.Of(TwinAnswer.Of(Given.A_view() with { Sensors = [silent] }, Given.Noon)).Sensors[0];
        Assert.False(sensor.HasValue);
        Assert.False(sensor.HasAgeSeconds);
        Assert.Null(sensor.SampledAt);
        Assert.True(sensor.IsStale);
    }

    [Property]
    public void Times_survive_to_the_tick(long seed)
    {
        var time = new DateTimeOffset((long)((ulong)seed % (ulong)DateTimeOffset.MaxValue.UtcTicks), TimeSpan.Zero);
        Assert.Equal(time, time.ToProto().ToTime("time"));
    }
}
