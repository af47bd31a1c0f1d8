using Contracts.Calibrations;
using TwinModel.Calibration;
using TwinModel.Estimation;
using TwinModel.Telemetry;
using TwinModel.Tests.Estimation;

namespace TwinModel.Tests.Calibration;

public class CalibrateModelTests
{
    const int WarmUpTicks = 360;

    // The consistency in the shipped model, Pa s^n at 200 1/s.
    const double Nominal = 526.71241;

    static readonly EstimationSetup Shipped = EstimatedPlant.SetupOf();

    static EstimatedPlant Machine(ulong seed = 1) =>
        new(Shipped, seed, ("channel.melt-coefficient", 1.2), ("polymer.consistency", 0.9));

    // An hour to warm up, and a window.
    static WindowReadings Window(
        EstimatedPlant plant, int ticks, Action<EstimatedPlant, int>? each = null, Func<Reading, bool>? keep = null)
    {
        var from = EstimatedPlant.Origin + WarmUpTicks * plant.Setup.TickMicros;
        var readings = new WindowReadings(plant.Setup, from, from + ticks * plant.Setup.TickMicros);
        for (var tick = 0; tick < WarmUpTicks + ticks; tick++)
        {
            each?.Invoke(plant, tick - WarmUpTicks);
            foreach (var reading in plant.Tick().Where(r => keep?.Invoke(r) != false)) readings.Add(reading);
        }
        return readings;
    }

    static void StepOfSpeed(EstimatedPlant plant, int tick)
    {
        if (tick == 360) plant.Set("screw-speed", 95 / 60.0);
    }

    static CalibrationResult Run(WindowReadings readings, ParameterSet? inForce = null, params string[] wanted) =>
        new CalibrateModel(Shipped, readings, inForce).Run(wanted, TestContext.Current.CancellationToken);

    [Fact]
    public void A_step_of_the_speed_shows_the_viscosity_of_this_machine_and_what_it_does_not_show()
    {
        var result = Run(Window(Machine(), 720, StepOfSpeed));
        var consistency = result.Parameters.Single(p => p.Id == "polymer.consistency");
        Assert.True(consistency.IsIdentified);
        Assert.Equal((Nominal, Nominal), (consistency.Model, consistency.Before));
        Assert.InRange(consistency.After / Nominal, 0.9 * 0.97, 0.9 * 1.03);
        Assert.InRange(0.9 * Nominal, consistency.P5 * 0.98, consistency.P95 * 1.02);
        // Said to be unknown rather than made up: it keeps its value.
        var melting = result.Parameters.Single(p => p.Id == "channel.melt-coefficient");
        Assert.Equal((false, melting.Before), (melting.IsIdentified, melting.After));
        Assert.InRange(1.2 * melting.Model, melting.P5, melting.P95);
        Assert.True(result.IsRecommended);
        Assert.True(result.HoldOut!.After < 0.7 && result.HoldOut.Before > 3, $"{result.HoldOut}");
        Assert.Equal(["steady", "step"], result.Spans.Select(s => s.Kind).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(result.Spans.Count / 3, result.Spans.Count(s => s.IsHeldOut));
        var melt = result.Signals.Single(s => s.SignalId == "melt-temperature");
        Assert.True(melt.Before > 3 && melt.After < 0.5 && melt.HoldOutAfter < 0.5, $"{melt}");
        Assert.Equal("K", melt.Unit);
        Assert.Equal(result.Parameters.Count(p => p.IsIdentified), result.Correlation.Count);
        Assert.All(result.Correlation.Select((row, i) => row[i]), one => Assert.Equal(1, one));
    }

    [Fact]
    public void The_same_readings_in_another_order_give_the_same_answer()
    {
        List<Reading> kept = [];
        var readings = Window(Machine(), 180, keep: r => { kept.Add(r); return true; });
        var shuffled = new WindowReadings(Shipped, readings.From, readings.To);
        foreach (var reading in kept.OrderBy(r => r.Sensor).ThenByDescending(r => r.SampledAt)) shuffled.Add(reading);
        Assert.Equal(System.Text.Json.JsonSerializer.Serialize(Run(readings)), System.Text.Json.JsonSerializer.Serialize(Run(shuffled)));
    }

    [Fact]
    public void A_window_without_a_change_says_so()
    {
        var result = Run(Window(Machine(), 360));
        Assert.Contains(result.Warnings, w => w.StartsWith("Nothing was changed in the window", StringComparison.Ordinal));
        Assert.All(result.Spans, s => Assert.Equal("steady", s.Kind));
    }

    [Fact]
    public void Only_what_is_asked_for_is_learned()
    {
        var result = Run(Window(Machine(), 180), null, "polymer.consistency");
        Assert.Equal("polymer.consistency", Assert.Single(result.Parameters).Id);
    }

    [Fact]
    public void A_window_too_short_to_hold_anything_out_is_not_recommended()
    {
        var result = Run(Window(Machine(), 120));
        Assert.Null(result.HoldOut);
        Assert.False(result.IsRecommended);
        Assert.Contains(result.Warnings, w => w.Contains("too few parts to hold any out", StringComparison.Ordinal));
    }

    [Fact]
    public void A_machine_that_is_as_in_force_is_not_improved()
    {
        var plant = new EstimatedPlant(Shipped, 4);
        var result = Run(Window(plant, 360));
        Assert.All(result.Signals, s => Assert.True(s.Before < s.Deviation, $"{s}"));
        Assert.True(result.HoldOut!.Before < 1, $"{result.HoldOut}");
    }

    [Fact]
    public void Parameters_in_force_are_where_the_search_begins()
    {
        var result = Run(Window(Machine(), 720, StepOfSpeed), Set(0.9 * Nominal));
        var consistency = result.Parameters.Single(p => p.Id == "polymer.consistency");
        Assert.Equal((Nominal, 0.9 * Nominal), (consistency.Model, consistency.Before));
        Assert.Equal("c1", result.BaseId);
        Assert.True(result.HoldOut!.Before < 1.5, $"{result.HoldOut}");
    }

    [Fact]
    public void Silence_is_no_answer()
    {
        var readings = new WindowReadings(Shipped, EstimatedPlant.Origin, EstimatedPlant.Origin + 3_600_000_000);
        var failed = Assert.Throws<CalibrationFailedException>(() => Run(readings));
        Assert.Equal("invalid", failed.Cause);
        Assert.Contains("too few readings", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sensor_that_is_frozen_or_doubtful_is_left_out()
    {
        var plant = Machine();
        plant.Freeze("melt-pressure");
        var speed = Shipped.Model.Sensor("motor-power")!.Number;
        var from = EstimatedPlant.Origin + WarmUpTicks * plant.Setup.TickMicros;
        var readings = new WindowReadings(plant.Setup, from, from + 180 * plant.Setup.TickMicros);
        for (var tick = 0; tick < WarmUpTicks + 180; tick++)
            foreach (var r in plant.Tick()) readings.Add(r.Sensor == speed ? r with { Quality = Quality.Uncertain, Value = 0 } : r);
        var result = Run(readings);
        Assert.Contains(result.Warnings, w => w.Contains("'melt-pressure' shows exactly the same value", StringComparison.Ordinal));
        Assert.Equal(0, result.Signals.Single(s => s.SignalId == "motor-power").After);
        Assert.False(result.Parameters.Single(p => p.Id == "drive.efficiency").IsIdentified);
    }

    static ParameterSet Set(double consistency) => new(
        "c1", Shipped.Model.Hash, [new("polymer.consistency", "Pa s^n", consistency, 0.01)], [[1]]);
}
