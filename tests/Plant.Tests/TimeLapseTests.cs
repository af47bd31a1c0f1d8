using Plant.Faults;

namespace Plant.Tests;

public class TimeLapseTests
{
    static readonly DateTimeOffset Now = new(2026, 3, 1, 6, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_past_is_lived_through_and_then_the_present()
    {
        var plant = ADayASecond();
        List<long> times = [];
        for (var tick = 1; tick <= 30; tick++) times.AddRange(plant.Sample(Now.AddSeconds(0.1 * tick)).Select(f => f.SampledAtMicros));
        Assert.False(plant.IsInTimeLapse);
        var lived = times.TakeWhile(t => t <= Micros(Now)).ToList();
        Assert.Equal(288, lived.Count);
        Assert.Equal(Micros(Now.AddDays(-2).AddMinutes(10)), lived[0]);
        Assert.All(lived.Zip(lived.Skip(1)), pair => Assert.Equal(600_000_000, pair.Second - pair.First));
        // Then one frame per interval at the current time.
        Assert.Equal(Micros(Now.AddSeconds(3)), times[^1]);
        Assert.InRange(times.Count - lived.Count, 5, 12);
    }

    [Fact]
    public void Wear_goes_on_with_the_device_clock()
    {
        var plant = new EmulatedPlant(new PlantSettings { TimeLapseDays = 3, SimulatedTimeFactor = 1_000_000 }, new Fixed());
        plant.SwitchOn(FaultCatalog.Find(FaultCatalog.BearingWear)!, 0.1, null, Now);
        while (plant.IsInTimeLapse) plant.Sample(Now.AddSeconds(1));
        // 5e-8 per second, 2.9 times as fast.
        Assert.InRange(plant.TrueState().BearingWear, 0.025, 0.06);
    }

    [Fact]
    public void The_clock_waits_where_it_is_told_and_does_not_make_up_for_it()
    {
        var plant = ADayASecond();
        List<long> Sample(double seconds) => [.. plant.Sample(Now.AddSeconds(seconds)).Select(f => f.SampledAtMicros)];
        var hold = Now.AddDays(-2).AddHours(1);
        plant.WaitAt(hold);
        Assert.Equal(Micros(hold), Sample(0.1)[^1]);
        Assert.Empty(Sample(0.2));
        Assert.Empty(Sample(10));
        Assert.True(plant.IsInTimeLapse);
        // A tenth of a second is a tenth of a day: 14 frames of ten minutes.
        plant.WaitAt(Now);
        Assert.Equal(14, Sample(10.1).Count);
    }

    // The last two days, a frame every ten minutes.
    static EmulatedPlant ADayASecond() => new(new PlantSettings
    {
        TimeLapseDays = 2,
        SimulatedTimeFactor = 86_400,
        TimeLapseSampleSeconds = 600,
        ClockSkewMilliseconds = 0,
        ClockDriftPpm = 0,
    }, new Fixed());

    static long Micros(DateTimeOffset at) => (at - DateTimeOffset.UnixEpoch).Ticks / 10;

    sealed class Fixed : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
