using Plant.Line;
using Plant.Sensors;

namespace Plant.Tests;

public class AccelerometerTests
{
    static readonly DateTimeOffset Now = new(2026, 3, 1, 6, 0, 0, TimeSpan.Zero);
    static readonly LineState Hot = ExtrusionLine.Hot(seed: 7).State();

    static float[] Record(double wear, double speed = 80, int seed = 3) =>
        [.. new Accelerometer(seed).Record(Hot with { BearingWear = wear, ScrewSpeedPerMinute = speed }, 10_000_000).Samples];

    static double Rms(float[] samples) => Math.Sqrt(samples.Average(v => (double)v * v));

    static double Kurtosis(float[] samples) => samples.Average(v => Math.Pow(v, 4)) / Math.Pow(Rms(samples), 4);

    [Fact]
    public void The_same_seed_gives_the_same_waveform_and_another_seed_another()
    {
        Assert.Equal(Record(0.3), Record(0.3));
        Assert.NotEqual(Record(0.3), Record(0.3, seed: 4));
    }

    [Fact]
    public void It_ends_at_the_scan()
    {
        var waveform = new Accelerometer(3).Record(Hot, 10_000_000);
        Assert.Equal((8_400_000, Accelerometer.Count), (waveform.SampledAtMicros, waveform.Samples.Length));
    }

    [Fact]
    public void A_healthy_bearing_is_noise_and_wear_brings_impacts()
    {
        var (healthy, worn, critical) = (Record(0), Record(0.3), Record(0.74));
        Assert.InRange(Rms(healthy), 0.29, 0.35);
        Assert.InRange(Kurtosis(healthy), 2.7, 3.4);
        Assert.True(Kurtosis(worn) > 5, $"kurtosis {Kurtosis(worn)}");
        Assert.True(Rms(critical) > Rms(worn) && Rms(worn) > Rms(healthy));
        Assert.True(critical.Max(Math.Abs) < 50, "within the plausible range");
    }

    [Fact]
    public void A_line_at_rest_is_quiet() => Assert.InRange(Rms(Record(0.74, speed: 0)), 0.015, 0.025);

    [Fact]
    public void Every_ten_seconds_a_frame_carries_one()
    {
        var plant = new EmulatedPlant(new(), new Fixed());
        var frames = Enumerable.Range(1, 35).SelectMany(i => plant.Sample(Now.AddSeconds(i))).ToList();
        Assert.Equal([0, 10, 20, 30], frames.Index().Where(f => f.Item.Waveform is not null).Select(f => f.Index));
    }

    [Fact]
    public void In_time_lapse_every_tenth_frame_carries_one()
    {
        var plant = new EmulatedPlant(new() { TimeLapseDays = 1, SimulatedTimeFactor = 86_400, TimeLapseSampleSeconds = 600 }, new Fixed());
        List<Frame> frames = [];
        for (var i = 1; plant.IsInTimeLapse; i++) frames.AddRange(plant.Sample(Now.AddSeconds(0.1 * i)));
        var at = frames.Index().Where(f => f.Item.Waveform is not null).Select(f => f.Index).ToList();
        Assert.Equal([.. Enumerable.Range(0, at.Count).Select(i => 10 * i)], at);
        Assert.True(at.Count >= 14, $"{at.Count} in {frames.Count} frames");
    }

    [Fact]
    public void Sparkplug_carries_none() =>
        Assert.All(new EmulatedPlant(new() { Payload = "sparkplug-b" }, new Fixed()).Sample(Now.AddSeconds(1)),
            f => Assert.Null(f.Waveform));

    sealed class Fixed : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
