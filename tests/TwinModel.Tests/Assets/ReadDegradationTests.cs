using TwinModel.Assets;
using TwinModel.ConditionMonitoring;
using TwinModel.Maintenance;
using TwinModel.Prognostics;

namespace TwinModel.Tests.Assets;

public class ReadDegradationTests
{
    static readonly string Yaml = File.ReadAllText(Path.Combine(ReadAssetModelTests.Directory, "extrusion-line.asset.yaml"));

    [Fact]
    public void The_bearing_of_the_extrusion_line_is_described_by_data()
    {
        var bearing = Assert.Single(ReadAssetModel.FromText(Yaml, "line").Degradations);
        Assert.Equal(("gearbox-bearing", 12, 9, 7), (bearing.Component, bearing.Indicator, bearing.Speed!.Sensor, bearing.Force!.Sensor));
        Assert.Equal((TimeSpan.FromMinutes(10), 144, 7.1),
            (bearing.Condition.Window, bearing.Condition.BaselineCount, bearing.Condition.CriticalValue));
        Assert.Equal((7.1, 0.2, 1.8, 900),
            (bearing.Rul.Threshold.Value, bearing.Rul.Threshold.SdLn, bearing.Rul.Fleet!.Shape, bearing.Rul.Fleet.ScaleDays));
        // Economics of the reference decision: Cp = 14 780, Cf = 42 200.
        Assert.Equal((14_780, 42_200), (bearing.Economics!.PlannedCost(bearing.Economics.PlannedHours), bearing.Economics.FailureCost));
    }

    [Fact]
    public void A_higher_rate_shortens_the_life_as_the_reference_calculates()
    {
        var bearing = ReadAssetModel.FromText(Yaml, "line").Degradations[0];
        // Reference for +15 % rate: 91.832 rpm and 23.7414 kN instead of 80 rpm and 23.2223 kN give life x 0.8093. Here speed is
        // proportional to rate.
        Assert.Equal(0.8093, 1 / bearing.Life!.AgeingRate(1.15), 0.005);
        Assert.Equal(1, bearing.Life.AgeingRate(1));
    }

    [Fact]
    public void A_model_without_the_section_has_no_wearing_parts() => Assert.Empty(Given.Model.Degradations);

    [Theory]
    [InlineData("  - component: gearbox-bearing\n", "  - component: gearbox-baering\n", "degradation[0].component", "gearbox-bearing")]
    [InlineData("indicator: bearing-vibration", "indicator: vibration", "degradation[0].indicator", "bearing-vibration")]
    [InlineData("transformation: ln", "transformation: log10", "degradation[0].transformation", "ln")]
    [InlineData("window: 10min", "window: 1ms", "degradation[0].window", "100ms")]
    [InlineData("assess-every: 1h", "assess-every: 0s", "degradation[0].assess-every", "one window")]
    [InlineData("late: 10min", "late: 10h", "degradation[0].late", "ten windows")]
    [InlineData("sensor: screw-speed, reference: 80,", "sensor: screw-sped, reference: 80,", "degradation[0].load.speed.sensor",
        "screw-speed")]
    [InlineData("reference: 82,", "reference: -82,", "degradation[0].load.force.reference", "greater than 0")]
    [InlineData("slack: 0.5", "slack: 0", "degradation[0].detection", "greater than 0")]
    [InlineData("baseline: 144", "baseline: 3", "degradation[0].detection.baseline", "10 to 100000")]
    [InlineData("threshold: { value: 7.1", "threshold: { value: -7.1", "degradation[0].detection", "greater than 0")]
    [InlineData("fleet: { shape: 1.8", "fleet: { shape: 0", "degradation[0].threshold", "greater than 0")]
    [InlineData("part-cost: 6500", "part-cost: -1", "degradation[0].economics", "0 or more")]
    [InlineData("waiting-hours-per-day: 21.6", "waiting-hours-per-day: 25", "degradation[0].economics", "0 to 24")]
    [InlineData("labour-cost: 2400", "labor-cost: 2400", "degradation[0].economics", "labour-cost")]
    public void A_bad_entry_is_refused_with_path_and_what_is_allowed(string good, string bad, string path, string allowed)
    {
        Assert.Contains(good, Yaml, StringComparison.Ordinal);
        var problems = Assert.Throws<InvalidModelException>(
            () => ReadAssetModel.FromText(Yaml.Replace(good, bad, StringComparison.Ordinal), "line")).Problems;
        Assert.Contains(problems, p => p.Path == path && p.Message.Contains(allowed, StringComparison.Ordinal) && p.Line > 1);
    }
}
