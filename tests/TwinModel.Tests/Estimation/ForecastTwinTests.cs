using TwinModel.Estimation;
using TwinModel.Telemetry;

namespace TwinModel.Tests.Estimation;

public class ForecastTwinTests
{
    static readonly EstimationSetup Setup = EstimationCase.Setup;
    static readonly TimeSpan TwentyMinutes = TimeSpan.FromMinutes(20);
    static readonly TimeSpan TwoMinutes = TimeSpan.FromMinutes(2);

    static EstimateTwin Learned()
    {
        var (twin, work) = (new EstimateTwin(Setup), new EstimationWorkspace(Setup));
        for (var s = 0; s < 1_800; s++)
            twin.Step(
                [new(1, Given.T0 + s * Micros.PerSecond, 200 + s % 7 * 0.05), new(7, Given.T0 + s * Micros.PerSecond, 180)], work);
        return twin;
    }

    static SignalForecast Temperature(EstimateTwin twin, double watts) => new ForecastTwin(Setup)
        .Run(twin, new Dictionary<string, double> { ["power"] = watts }, TwentyMinutes, TwoMinutes).Single(f => f.Id == "temperature");

    // A lump: ΔT(t) = ΔP / UA (1 − exp(−t UA / C)), C = 1200 J/K, averaged over the last two of twenty minutes.
    [Fact]
    public void More_power_heats_as_a_lump_does()
    {
        var twin = Learned();
        var forecast = Temperature(twin, 280);
        var coefficient = twin.Estimate(new(Setup))!.Learned.Single(l => l.Kind == "parameter").Value.Mean;
        var conductance = coefficient * 0.1225;
        double Mean(double from, double to) => 100 / conductance
            * (1 - 1200 / conductance * (Math.Exp(-from * conductance / 1200) - Math.Exp(-to * conductance / 1200)) / (to - from));
        var difference = forecast.Changed.Zip(forecast.Unchanged, (c, u) => c - u).Average();
        Assert.Equal(Mean(1_080, 1_200), difference, 0.05 * difference);
        Assert.Equal(200, forecast.Unchanged.Average(), 3.0);
    }

    [Fact]
    public void It_is_the_same_again_and_leaves_the_estimate_alone()
    {
        var twin = Learned();
        var hash = twin.Hash();
        var (first, second) = (Temperature(twin, 250), Temperature(twin, 250));
        Assert.Equal(first.Changed, second.Changed);
        Assert.Equal(first.Unchanged, second.Unchanged);
        Assert.Equal(hash, twin.Hash());
        // Nothing is changed: no difference, member by member.
        var same = Temperature(twin, 180);
        Assert.Equal(same.Unchanged, same.Changed);
    }

    [Fact]
    public void An_offset_moves_each_members_own_value_and_the_band_holds_the_discrepancy()
    {
        var twin = Learned();
        SignalForecast With(double kelvin) => new ForecastTwin(Setup).Run(
            twin, new Dictionary<string, double>(), TwentyMinutes, TwoMinutes, new Dictionary<string, double> { ["room"] = kelvin })
            .Single(f => f.Id == "temperature");
        var forecast = With(5);
        var moved = forecast.Changed.Zip(forecast.Unchanged, (c, u) => c - u).ToList();
        Assert.All(moved, m => Assert.InRange(m, 0.5, 5));
        Assert.Equal(forecast.Unchanged, With(0).Changed);
        // As declared: its deviation, as the model states no discrepancy.
        Assert.Equal(0.2, forecast.Discrepancy);
        var (low, high) = forecast.Band();
        Assert.True(high - low > 2 * 1.644 * 0.2);
        Assert.Equal(forecast.Changed.Average(), (low + high) / 2, 1e-9);
        // Nothing is declared of its changes: the band is that of the members.
        Assert.Equal(0, forecast.ChangeDiscrepancy);
        var (least, most) = (forecast with { ChangeDiscrepancy = 2 }).ChangeBand();
        Assert.Equal(moved.Average(), (least + most) / 2, 1e-9);
        Assert.True(most - least > 2 * 1.644 * 2);
    }

    [Fact]
    public void What_is_left_out_of_a_change_grows_with_it_and_with_what_moves_at_all()
    {
        var stated = EstimationCase.Yaml.Replace(
            "deviation: 0.2, bias", "deviation: 0.2, discrepancy: 0.5, change: { share: 0.3, deviation: 0.4 }, bias",
            StringComparison.Ordinal);
        var settings = TwinModel.Assets.ReadAssetModel.FromText(stated, "kettle").Estimation!;
        double At(double change) => settings.ChangeDiscrepancyOf("temperature", _ => change);
        Assert.Equal(0, At(0));
        Assert.Equal(Math.Sqrt(0.03 * 0.03 + 0.08 * 0.08), At(0.1), 1e-12);
        Assert.Equal(Math.Sqrt(3 * 3 + 0.4 * 0.4), At(-10), 1e-12);
        Assert.Equal(0, settings.ChangeDiscrepancyOf("loss", _ => 10));
    }

    [Fact]
    public void What_cannot_be_forecast_says_why()
    {
        var forecast = new ForecastTwin(Setup);
        Assert.Contains("no estimate", Assert.Throws<ArgumentException>(
            () => forecast.Run(new(Setup), new Dictionary<string, double>(), TwentyMinutes, TwoMinutes)).Message);
        Assert.Contains("power, room", Assert.Throws<ArgumentException>(
            () => forecast.Run(Learned(), new Dictionary<string, double> { ["speed"] = 1 }, TwentyMinutes, TwoMinutes)).Message);
    }
}
