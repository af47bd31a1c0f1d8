using TwinModel.Scenarios;
using TwinModel.Telemetry;
using TwinModel.Tests.Physics;

namespace TwinModel.Tests.Scenarios;

public class RecordInputsTests
{
    const long Start = 1_750_000_000_000_000;
    static readonly ushort Speed = Extruder.Asset.Sensor("screw-speed")!.Number;

    // One reading per second, with sensor noise.
    static IEnumerable<Reading> Readings(double from, double to, Func<double, double> value) =>
        Enumerable.Range((int)from, (int)(to - from))
        .Select(s => new Reading(Speed, Start + s * Micros.PerSecond, value(s) + 0.02 * Math.Sin(12.9898 * s)));

    static IReadOnlyList<Setting> Course(IEnumerable<Reading> readings, double horizon = 0) =>
        RecordInputs.From(Extruder.Asset, readings, Start, horizon).Courses["screw-speed"];

    [Fact]
    public void Noise_is_no_setting()
    {
        var setting = Assert.Single(Course(Readings(-3600, 0, _ => 80)));
        Assert.Equal(-RecordInputs.WarmUpSeconds, setting.Seconds);
        Assert.Equal(80.0 / 60, setting.Value, 1e-3 / 60);
    }

    [Fact]
    public void A_turned_knob_is_one_at_its_time()
    {
        var course = Course(Readings(-3600, 600, s => s < -1200 ? 60 : s < 300 ? 80 : 75), 600);
        Assert.Equal([-3600, -1200, 300], course.Select(c => c.Seconds));
        foreach (var (expected, actual) in new[] { 60.0, 80, 75 }.Zip(course)) Assert.Equal(expected / 60, actual.Value, 1e-3);
    }

    [Fact]
    public void Order_bad_readings_and_what_lies_outside_the_window_do_not_matter()
    {
        var readings = Readings(-3600, 600, s => s < -1200 ? 60 : 80).ToList();
        var expected = RecordInputs.From(Extruder.Asset, readings, Start, 0);
        readings.Reverse();
        readings.Add(new(Speed, Start - 100 * Micros.PerSecond, 140, Quality.Bad));
        readings.AddRange(Readings(-9000, -8000, _ => 20));
        var other = RecordInputs.From(Extruder.Asset, readings, Start, 0);
        Assert.Equal(expected.Hash, other.Hash);
        Assert.NotEqual(expected.Hash, RecordInputs.From(Extruder.Asset, Readings(-3600, 0, _ => 61), Start, 0).Hash);
    }

    [Fact]
    public void Nothing_recorded_is_no_course() => Assert.Empty(RecordInputs.From(Extruder.Asset, [], Start, 0).Courses);
}
