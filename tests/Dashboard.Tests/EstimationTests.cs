using System.Reflection;
using Contracts.Query.V1;
using Dashboard.Charts;
using Dashboard.Machine;
using Dashboard.Shown;
using Google.Protobuf.WellKnownTypes;
using Plotly.Blazor.Traces;
using TwinModel.Assets;
using Sensor = Contracts.Query.V1.Sensor;

namespace Dashboard.Tests;

/// <summary>Estimated signals beside measured ones.</summary>
public class EstimationTests
{
    static readonly DateTimeOffset Now = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    static readonly Estimation Extruder = Estimation.Of(Model("extrusion-line"));

    static AssetModel Model(string id) => ReadAssetModel.FromDirectory(
        Path.Combine(typeof(EstimationTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(a => a.Key == "Repository").Value!, "contracts", "assets")).Single(m => m.Id == id);

    static MachineView View(Twin? twin = null, AsOfTime? asOf = null) => new(
        new Asset { Id = "line-1", Sensors = { new Sensor { Id = "melt-pressure", Name = "melt pressure" } } }, AxisSensors.None, Extruder,
        twin ?? new Twin(), Now, asOf, null);

    [Fact]
    public void The_model_says_what_is_estimated_and_which_sensor_measures_it()
    {
        Assert.Equal(
            ["polymer-temperature-600", "polymer-temperature-900", "polymer-temperature-1200", "melt-viscosity", "zone-1-heat",
                "zone-2-heat", "zone-3-heat", "zone-4-heat", "zone-5-heat", "specific-energy", "melting-length", "residence-time", "thrust",
                "zone-5-fan", "specific-drive-energy", "specific-drive-energy-mean", "melt-temperature-rate", "heat-from-barrel"],
            Extruder.Signals.Where(s => s.SensorId.Length == 0).Select(s => s.Id));
        Assert.Equal("motor-power / melt-flow", Extruder.Signals.Single(s => s.Id == "specific-drive-energy").Expression);
        Assert.Equal(("melt-flow", "production rate", "kg/h"),
            Extruder.Signals.Where(s => s.SensorId == "melt-flow").Select(s => (s.Id, s.Name, s.Unit)).Single());
        Assert.Equal(
            ["flow", "pump-pressure", "current", "body-temperature", "water-temperature", "head", "pump-power", "shaft-power",
                "electric-power", "efficiency", "speed", "suction-margin", "outlet-loss"],
            Estimation.Of(Model("pump-loop")).Signals.Where(s => s.Expression.Length == 0).Select(s => s.Id));
        Assert.Equal(["hydraulic-power", "apparent-power", "hydraulic-share", "motor-temperature-rate", "departure",
            "departure-acceleration", "departure-current", "departure-pressure", "departure-voltage", "departure-volume-flow"],
            Estimation.Of(Model("pump-loop")).Signals.Skip(13).Select(s => s.Id));
    }

    [Fact]
    public void A_machine_without_an_estimate_says_what_it_waits_for()
    {
        var heard = Timestamp.FromDateTimeOffset(Now);
        var twin = new Twin
        {
            Sensors =
            {
                Extruder.Inputs.Select(id => new SensorState { Id = id, Name = id.Replace('-', ' '), SampledAt = heard }),
                new SensorState { Id = "melt-flow", Name = "melt flow" },
            },
        };
        Assert.Equal(
            "There is no estimate yet. All inputs of the physics are known; the first estimate needs 20 s of readings.",
            Extruder.WaitsFor(twin));
        twin.Sensors[0].SampledAt = twin.Sensors[3].SampledAt = null;
        Assert.Equal(
            "There is no estimate yet. The physics waits for the first reading of screw speed, zone 3 set point.", Extruder.WaitsFor(twin));
    }

    [Fact]
    public void What_the_twin_says_is_estimated_counts_more_than_a_model_that_cannot_be_read()
    {
        var twin = new Twin { Estimate = new() { Signals = { new EstimatedSignal { Id = "thrust" } } } };
        Assert.Equal(["thrust"], (View(twin) with { Estimation = Estimation.None }).EstimatedSignals.Select(s => s.Id));
    }

    [Fact]
    public void Estimates_are_left_out_of_a_past_shown_as_known_then()
    {
        Assert.NotEmpty(View(asOf: new(Now, null)).EstimatedSignals);
        Assert.Empty(View(asOf: new(Now, Now)).EstimatedSignals);
        Assert.True(View(asOf: new(Now, Now)).IsEstimated);
        Assert.False((View(new()) with { Estimation = Estimation.None }).IsEstimated);
    }

    [Theory]
    [InlineData(201.5, 0.5, "no", "201.50\u00a0°C", "200.00\u00a0°C", "+1.50\u00a0K", "+3.0", "", false)]
    [InlineData(198.0, 0.5, "no", "198.00\u00a0°C", "200.00\u00a0°C", "\u22122.00\u00a0K", "\u22124.0", "", true)]
    [InlineData(200.001, 0.5, "no", "200.00\u00a0°C", "200.00\u00a0°C", "0.00\u00a0K", "0.0", "", false)]
    [InlineData(null, null, "missing", "–", "200.0\u00a0°C", "–", "–", "left out: no readings", false)]
    [InlineData(201.0, null, "frozen", "201.0\u00a0°C", "200.0\u00a0°C", "+1.0\u00a0K", "–", "left out: frozen", false)]
    public void A_residual_says_by_how_much_a_sensor_differs_or_why_it_was_left_out(
        double? measured, double? deviation, string leftOut, string shown, string predicted, string difference, string inDeviations,
        string why, bool isLarge)
    {
        var residual = new SensorResidual { Unit = "degC", Predicted = 200, LeftOut = leftOut };
        if (measured is { } m) residual.Measured = m;
        if (deviation is { } d) residual.StandardDeviation = d;
        Assert.Equal(new(shown, predicted, difference, inDeviations, why, isLarge), Residual.Of(residual));
    }

    [Theory]
    [InlineData("drifting", ", most of all zone 2 temperature")]
    [InlineData("lost", ", most of all zone 2 temperature")]
    [InlineData("in-sync", ", but zone 2 temperature deviates")]
    public void A_single_sensor_may_deviate_while_the_physics_follows_the_machine(string state, string said) =>
        Assert.Equal(said, SyncStates.Deviating(state, "zone 2 temperature"));

    [Theory]
    [InlineData(812.41, 3.14, "kJ/kg", "812.4\u00a0±\u00a03.1\u00a0kJ/kg")]
    [InlineData(12034, 45.3, "Pa s^n", "12\u202f034\u00a0±\u00a045\u00a0Pa sⁿ")]
    [InlineData(0.8712, 0.0123, "1", "0.871\u00a0±\u00a00.012")]
    [InlineData(25, 0, "degC", "25.0\u00a0°C")]
    [InlineData(2.022357, 1e-12, "1", "2.02")]
    public void A_mean_has_the_digits_of_its_standard_deviation(double mean, double deviation, string unit, string text) =>
        Assert.Equal(text, Units.PlusMinus(mean, deviation, unit));

    [Fact]
    public void A_trend_shows_the_estimate_with_its_90_percent_band_beside_what_is_measured()
    {
        var traces = Traces(Measured(), Estimated("melt-pressure", "thrust"));
        Assert.Equal(TrendChart.TracesPerSensor + 2 * 3, traces.Count);
        // Two estimates of one signal would be one too many.
        Assert.Empty(traces[2].X);
        Assert.Equal([80.5], traces[TrendChart.ValuesTrace].Y);
        var (low, high, mean) = (traces[4], traces[5], traces[6]);
        Assert.Equal((80 - 1.645 * 0.2, 80 + 1.645 * 0.2, 80.0), ((double)low.Y[0], (double)high.Y[0], (double)mean.Y[0]));
        Assert.Equal(("melt pressure, estimated", false, "dash"), (mean.Name, mean.ShowLegend, mean.Line.Dash));
        Assert.Equal(traces[TrendChart.ValuesTrace].Line.Color, mean.Line.Color);
        Assert.Equal(("thrust, estimated", true, "y2"), (traces[9].Name, traces[9].ShowLegend, traces[9].YAxis));
    }

    [Fact]
    public void Without_an_estimate_single_readings_are_smoothed()
    {
        var traces = Traces(Measured(), new());
        Assert.Equal(TrendChart.TracesPerSensor, traces.Count);
        Assert.Equal([80.4], traces[2].Y);
    }

    [Fact]
    public void The_profile_has_its_90_percent_band_and_leaves_out_what_is_not_a_temperature_of_wall_or_material()
    {
        var profile = Assert.Single(AxisChart.Estimated(new()
        {
            Profiles =
            {
                Profile("barrel-temperature", "degC"), Profile("screw-temperature", "degC"), Profile("melt-fraction", "1"),
            },
        }));
        Assert.Equal(("barrel temperature, estimated", 200 - 1.645 * 2, 200 + 1.645 * 2), (profile.Name, profile.Low[0], profile.High[0]));

        static EstimatedProfile Profile(string id, string unit) => new()
        {
            Id = id,
            Name = id.Replace('-', ' '),
            Unit = unit,
            PositionsMetre = { 0.5 },
            Means = { 200 },
            StandardDeviations = { 2 },
        };
    }

    static List<Scatter> Traces(GetHistoryResponse history, GetEstimateHistoryResponse estimates) =>
        [.. TrendChart.Of(history, estimates, View(), TimeZoneInfo.Utc, Now.AddMinutes(-5), Now, "1").Traces(ChartTheme.For(isDark: false))
            .Cast<Scatter>()];

    static GetHistoryResponse Measured() => new()
    {
        Series =
        {
            new SensorHistory
            {
                SensorId = "melt-pressure",
                Unit = "bar",
                Points =
                {
                    new HistoryPoint
                    {
                        FirstAt = Timestamp.FromDateTimeOffset(Now),
                        Count = 1,
                        Mean = 80.5,
                        Estimate = 80.4,
                        EstimateStandardDeviation = 0.1,
                    },
                },
            },
        },
    };

    static GetEstimateHistoryResponse Estimated(params string[] signals) => new()
    {
        BucketSeconds = 10,
        Series =
        {
            signals.Select(id => new EstimateSeries
            {
                SignalId = id,
                Unit = Extruder.Signals.Single(s => s.Id == id).Unit,
                Points = { new EstimatePoint { Start = Timestamp.FromDateTimeOffset(Now), Count = 1, Mean = 80, StandardDeviation = 0.2 } },
            }),
        },
    };
}
