using System.Globalization;
using System.Text.RegularExpressions;
using Plant.Line;
using Plant.Sensors;

namespace Plant.Tests;

public partial class SensorTests
{
    static readonly string Model = File.ReadAllText(Path.Combine(RepositoryRoot(), "contracts", "assets", "extrusion-line.asset.yaml"));
    static readonly LineState State = ExtrusionLine.Hot(seed: 7).State();

    [Fact]
    public void The_catalog_agrees_with_the_asset_model()
    {
        // The plant does not know the twin's physics, how it judges parts, or what it computes from waveforms.
        var model = Model.Split(["\nphysics:", "\ndegradation:", "\nwaveforms:"], 2, StringSplitOptions.None)[0];
        var sensors = SensorLine().Matches(model).Select(match => (Id: match.Groups[1].Value, Noise: Number(match.Groups[2].Value)));
        var names = SparkplugLine().Matches(model).Select(match => (match.Groups[1].Value, match.Groups[2].Value));

        Assert.Equal(sensors.OrderBy(s => s.Id), SensorCatalog.All.Select(spec => (spec.Id, spec.Noise)).OrderBy(s => s.Id));
        Assert.Equal(names.Order(), SensorCatalog.All.Select(spec => (spec.SparkplugName, spec.Id)).Order());
    }

    [Fact]
    public void Values_are_short_decimals()
    {
        foreach (var measurement in Measure(new(1)).Measurements)
        {
            var text = measurement.Value.ToString(CultureInfo.InvariantCulture);
            Assert.True(text.Length - 1 - text.IndexOf('.') <= measurement.Sensor.Decimals || !text.Contains('.'),
                $"{measurement.Sensor.Id} {text}");
        }
    }

    [Fact]
    public void Values_scatter_around_the_truth_by_the_stated_noise()
    {
        var bank = new SensorBank(seed: 3);
        var pressures = Enumerable.Range(0, 2000).Select(_ => ValueOf("melt-pressure", Measure(bank))!.Value).ToList();

        var mean = pressures.Average();
        Assert.InRange(mean, State.MeltPressureBar - 0.4, State.MeltPressureBar + 0.4);
        Assert.InRange(Math.Sqrt(pressures.Average(p => (p - mean) * (p - mean))), 0.15, 0.3);
    }

    [Fact]
    public void Slow_sensors_are_read_every_fifth_frame()
    {
        var bank = new SensorBank(seed: 3);

        Assert.Equal([true, false, false, false, false, true],
            Enumerable.Range(0, 6).Select(_ => ValueOf("bearing-temperature", Measure(bank)) is not null));
    }

    [Fact]
    public void Dropped_sensors_are_missing()
    {
        var frame = Measure(new(1), new() { Dropout = 1 });

        Assert.Null(ValueOf("melt-pressure", frame));
        Assert.NotNull(ValueOf("melt-flow", frame));
    }

    [Fact]
    public void A_stuck_sensor_repeats_its_last_value()
    {
        var bank = new SensorBank(seed: 3);
        var before = ValueOf("zone-3-temperature", Measure(bank));

        Assert.All(Enumerable.Range(0, 20), _ => Assert.Equal(before, ValueOf("zone-3-temperature", Measure(bank, new()
        {
            Stuck = "zone-3-temperature",
        }))));
    }

    [Fact]
    public void Impossible_values_are_outside_the_physical_range_and_spikes_inside_it()
    {
        var features = FeatureLine().Matches(Model).Select(match => match.Groups[1].Value).ToHashSet();
        foreach (Match match in RangeLine().Matches(Model))
        {
            if (features.Contains(match.Groups[1].Value)) continue;
            var spec = SensorCatalog.All.Single(spec => spec.Id == match.Groups[1].Value);
            var (lowest, highest, likelyLowest, likelyHighest) =
                (Number(match.Groups[2].Value), Number(match.Groups[3].Value), Number(match.Groups[4].Value),
                    Number(match.Groups[5].Value));
            Assert.True(spec.Impossible < lowest || spec.Impossible > highest, spec.Id);
            Assert.InRange(spec.Implausible, lowest, highest);
            Assert.True(spec.Implausible < likelyLowest || spec.Implausible > likelyHighest, spec.Id);
        }
    }

    [Fact]
    public void The_device_clock_is_off_by_offset_drift_and_jump()
    {
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var clock = new DeviceClock(start, offsetMilliseconds: 40, driftPpm: 5);
        var later = start.AddSeconds(1000);
        var trueMicros = (long)(later - DateTimeOffset.UnixEpoch).TotalMicroseconds;

        Assert.Equal(trueMicros + 45_000, clock.Micros(later));
        clock.Jump = TimeSpan.FromSeconds(2);
        Assert.Equal(trueMicros + 2_045_000, clock.Micros(later));
    }

    static Frame Measure(SensorBank bank, SensorDisturbances? disturbances = null) =>
        bank.Measure(State, elapsedSeconds: 1, deviceMicros: 1_700_000_000_000_000, disturbances ?? SensorDisturbances.None);

    static double? ValueOf(string sensor, Frame frame) =>
        frame.Measurements.Where(m => m.Sensor.Id == sensor).Select(m => (double?)m.Value).SingleOrDefault();

    static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    static string RepositoryRoot([System.Runtime.CompilerServices.CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", ".."));

    [GeneratedRegex(@"- \{ feature: .*sensor: ([a-z0-9-]+)")]
    private static partial Regex FeatureLine();

    [GeneratedRegex(@"- \{ id: ([a-z0-9-]+), number: .* noise: ([0-9.]+) \}")]
    private static partial Regex SensorLine();

    [GeneratedRegex(@"^      (\w[^:\n]*): ([a-z0-9-]+)$", RegexOptions.Multiline)]
    private static partial Regex SparkplugLine();

    [GeneratedRegex(@"id: ([a-z0-9-]+), number: .*physical: \[([-0-9.]+), ([-0-9.]+)\], plausible: \[([-0-9.]+), ([-0-9.]+)\]")]
    private static partial Regex RangeLine();
}
