using TwinModel.Assets;
using TwinModel.Estimation;
using TwinModel.Telemetry;
using TwinModel.Twins;
using TwinModel.Uncertainty;

namespace TwinModel.Tests.Estimation;

/// <summary>Calculated signals and limits on signals, with and without physics.</summary>
public class SignalFoldTests
{
    const string Pump = """
        schema: pollux/asset-model/1
        id: pump
        name: Pump
        version: 1
        components:
          - { id: pump, kind: pump, name: Pump }
        sensors:
          - { id: pressure, number: 1, component: pump, quantity: pressure, unit: bar,
              physical: [-1, 50], plausible: [0, 10], interval: 1s, noise: 0.1 }
          - { id: flow, number: 2, component: pump, quantity: volume-flow, unit: l/min,
              physical: [-10, 900], plausible: [0, 200], interval: 1s, missing-after: 60s, noise: FLOW-NOISE }
          - { id: unused, number: 3, component: pump, quantity: ratio, unit: "1", physical: [0, 1], plausible: [0, 1], interval: 1s }
        limits:
          - { id: weak, signal: mean-power, below: 40, clear: 45, severity: alarm,
              on-delay: 20s, off-delay: 20s, message: The pump is weak }
        calculated:
          - { id: power, unit: W, expression: pressure * flow }
          - { id: mean-power, unit: W, expression: "mean(power, 1min)" }
          - { id: pressure-again, unit: bar, expression: power / flow }
        connections:
          - { topic: "pollux/{asset}/senml", payload: senml }
        """;

    static readonly AssetModel Model = Read(Pump);

    static AssetModel Read(string yaml, double flowNoise = 0) => ReadAssetModel.FromText(
        yaml.Replace("FLOW-NOISE", flowNoise.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal),
        "pump.asset.yaml");

    // The pump with other calculated signals.
    static AssetModel With(string calculated, double flowNoise = 0)
    {
        var (from, to) = (Pump.IndexOf("limits:", StringComparison.Ordinal), Pump.IndexOf("connections:", StringComparison.Ordinal));
        return Read(Pump.Remove(from, to - from).Insert(from, $"calculated:\n{calculated}\n"), flowNoise);
    }

    static TwinEstimate Estimate(AssetModel model, IEnumerable<Reading> readings)
    {
        var setup = new EstimationSetup(model);
        var (twin, work) = (new EstimateTwin(setup), new EstimationWorkspace(setup));
        twin.Step([.. readings], work);
        return twin.Estimate(work)!;
    }

    static readonly EstimationSetup Setup = new(Model);
    static readonly long Start = Setup.TickOf(Given.T0) * Setup.TickMicros;

    static IEnumerable<Reading> Ticks(int from, int count, double pressure, double flow) =>
        Enumerable.Range(from * 10, count * 10).SelectMany(
            s => new Reading[] { new(1, Start + s * Micros.PerSecond, pressure), new(2, Start + s * Micros.PerSecond, flow) });

    static TwinEstimate Estimate(IEnumerable<Reading> readings) => Estimate(Model, readings);

    static Estimate Of(TwinEstimate estimate, string signal) => estimate.Signals.Single(s => s.Id == signal).Value;

    [Fact]
    public void A_model_without_physics_has_calculated_signals_only()
    {
        var estimate = Estimate(Ticks(0, 10, 2, 30));
        Assert.Equal(["power", "mean-power", "pressure-again"], estimate.Signals.Select(s => s.Id));
        Assert.Empty(estimate.Profiles);
        Assert.Empty(estimate.Learned);
        Assert.Empty(estimate.Innovations);
        // 2 bar · 30 l/min = 100 W; ten readings with a deviation of 5 %.
        Assert.Equal(100, Of(estimate, "power").Mean, 1e-9);
        Assert.Equal(5 / Math.Sqrt(10), Of(estimate, "power").StandardDeviation, 1e-9);
        Assert.Equal(100, Of(estimate, "mean-power").Mean, 1e-9);
        Assert.Equal(2, Of(estimate, "pressure-again").Mean, 1e-9);
        Assert.Equal(0.1 / Math.Sqrt(10), Of(estimate, "pressure-again").StandardDeviation, 1e-9);
        var view = ShowEstimate.Of("pump-1", Setup, estimate, 7, "hash");
        Assert.Null(view.Sync);
        Assert.Equal(("pressure * flow", null), (view.Signals[0].Expression, view.Signals[0].SensorId));
    }

    [Fact]
    public void A_window_that_is_too_short_and_a_silent_sensor_give_no_value_and_are_not_shown()
    {
        var young = Estimate(Ticks(0, 3, 2, 30));
        Assert.True(double.IsNaN(Of(young, "mean-power").Mean));
        Assert.Equal(["power", "pressure-again"], ShowEstimate.Of("pump-1", Setup, young, 7, "hash").Signals.Select(s => s.Id));

        // The flow keeps its value for a minute.
        Reading[] silent = [.. Ticks(0, 10, 2, 30), .. Ticks(10, 14, 4, 30).Where(r => r.Sensor == 1)];
        Assert.Equal(200, Of(Estimate(silent.Where(r => r.SampledAt < Start + 155 * Micros.PerSecond)), "power").Mean, 1e-9);
        Assert.True(double.IsNaN(Of(Estimate(silent), "power").Mean));
    }

    [Fact]
    public void A_division_by_zero_gives_no_value()
    {
        var estimate = Estimate(Ticks(0, 10, 2, 0));
        Assert.Equal(0, Of(estimate, "power").Mean);
        Assert.True(double.IsNaN(Of(estimate, "pressure-again").Mean));
        // Nor when members differ by the noise of the sensor.
        Assert.True(double.IsNaN(Of(Estimate(Read(Pump, flowNoise: 0.5), Ticks(0, 10, 2, 0)), "pressure-again").Mean));
    }

    [Fact]
    public void Noise_averages_out_in_a_mean_and_is_independent_of_that_of_the_tick()
    {
        var model = With("""
              - { id: smooth, unit: bar, expression: "mean(pressure, 5min)" }
              - { id: away, unit: bar, expression: "pressure - mean(pressure, 5min)" }
              - { id: highest, unit: bar, expression: "max(pressure, 5min)" }
            """);
        var estimate = Estimate(model, Ticks(0, 40, 2, 30));
        var tick = 0.1 / Math.Sqrt(10);
        Assert.Equal(tick / Math.Sqrt(30), Of(estimate, "smooth").StandardDeviation, 1e-9);
        Assert.Equal(tick * Math.Sqrt(1 + 1.0 / 30), Of(estimate, "away").StandardDeviation, 1e-9);
        Assert.Equal(tick, Of(estimate, "highest").StandardDeviation, 1e-9);
        Assert.Equal(0, Of(estimate, "away").Mean);
    }

    [Fact]
    public void A_rate_has_the_standard_error_of_its_slope_whatever_the_noise_declared()
    {
        var model = With("""  - { id: change, unit: m3/s2, expression: "rate(flow, 5min)" }""");
        var zigzag = Enumerable.Range(0, 40).SelectMany(tick => Ticks(tick, 1, 2, 30 + tick % 2));
        var change = Of(Estimate(model, zigzag), "change");
        // One litre per minute up and down around the slope: s = ½ √(30/28), over √Σ(t - t̄)² = √(30 (30² - 1) / 12) ticks of 10 s.
        Assert.Equal(0.5 * Math.Sqrt(30.0 / 28) / Math.Sqrt(30 * 899 / 12.0) / 10, 60_000 * change.StandardDeviation, 5e-6);
    }

    [Fact]
    public void A_gap_interrupts_what_a_delay_waits_for()
    {
        var model = Read(Pump.Replace("on-delay: 20s", "on-delay: 10min", StringComparison.Ordinal));
        List<Reading> weak = [.. Ticks(0, 30, 0.2, 30)];
        Assert.False(Estimate(model, [.. weak, .. Ticks(400, 30, 0.2, 30)]).Limits.Single().IsViolated);
        Assert.True(Estimate(model, [.. weak, .. Ticks(30, 60, 0.2, 30)]).Limits.Single().IsViolated);
    }

    [Fact]
    public void Uncertain_readings_do_not_count()
    {
        var doubted = Ticks(10, 2, 9, 30).Select(r => r.Sensor == 1 ? r with { Quality = Quality.Uncertain } : r);
        Assert.Equal(100, Of(Estimate([.. Ticks(0, 10, 2, 30), .. doubted]), "power").Mean, 1e-9);
    }

    [Fact]
    public void A_limit_on_a_signal_is_violated_and_clear_after_its_delays()
    {
        List<Reading> readings = [.. Ticks(0, 12, 2, 30), .. Ticks(12, 20, 0.2, 30), .. Ticks(32, 20, 2, 30)];
        var (twin, work) = (new EstimateTwin(Setup), new EstimationWorkspace(Setup));
        List<(long Tick, SignalLimit Limit)> seen = [];
        twin.Step([.. readings], work, processed: tick => seen.Add((tick - Setup.TickOf(Start), twin.Estimate(work)!.Limits.Single())));
        var violated = seen.Where(s => s.Limit.IsViolated).ToList();
        // Mean of six ticks: 40 W with the fourth weak tick, less with the fifth, and two ticks more for the delay; back with the third
        // good tick, and two more.
        Assert.Equal((18, 35), (violated[0].Tick, violated[^1].Tick));
        Assert.Equal(Setup.EndOf(Setup.TickOf(Start) + 18), violated[0].Limit.Since);
        Assert.Equal("weak", violated[0].Limit.Limit.Id);
        Assert.Equal(10, violated[0].Limit.Value!.Value, 1e-9);
        Assert.Null(seen[^1].Limit.Since);
    }

    [Fact]
    public void Alarms_follow_the_limits()
    {
        var limit = Model.Limits.Single();
        var at = Micros.ToTime(Start);
        var raised = Assert.IsType<Contracts.Events.AlarmRaised>(Assert.Single(DecideAlarms.ForSignals(
            "pump-1", Model, AlarmBook.Empty, [new(limit, true, at.AddSeconds(-10), 12)], at)));
        Assert.Equal(("weak", null, "mean-power", "alarm", "The pump is weak"),
            (raised.LimitId, raised.SensorId, raised.SignalId, raised.Severity, raised.Message));
        Assert.Equal((12, "W", at.AddSeconds(-10)), (raised.Value, raised.Unit, raised.RaisedAt));
        var book = AlarmBook.Empty.Apply(raised);
        Assert.Equal("mean-power", book.Active("weak")!.SignalId);
        Assert.Empty(DecideAlarms.ForSignals("pump-1", Model, book, [new(limit, true, at, 11)], at));
        var cleared = Assert.IsType<Contracts.Events.AlarmCleared>(Assert.Single(
            DecideAlarms.ForSignals("pump-1", Model, book, [new(limit, false, null, 80)], at.AddSeconds(60))));
        Assert.Equal((raised.AlarmId, 80, at.AddSeconds(60)), (cleared.AlarmId, cleared.Value, cleared.ClearedAt));
        Assert.Empty(DecideAlarms.ForSignals("pump-1", Model, AlarmBook.Empty, [new(limit, false, null, 80)], at));
    }

    [Fact]
    public void With_physics_members_differ_as_the_estimate_does()
    {
        var (setup, work) = (EstimationCase.Setup, new EstimationWorkspace(EstimationCase.Setup));
        var twin = new EstimateTwin(setup);
        twin.Step([.. Enumerable.Range(0, 600).SelectMany(s => new Reading[]
        {
            new(1, Given.T0 + s * Micros.PerSecond, 200), new(7, Given.T0 + s * Micros.PerSecond, 180),
        })], work);
        var estimate = twin.Estimate(work)!;
        var (loss, share) = (Of(estimate, "loss"), Of(estimate, "lost-share"));
        Assert.Equal(loss.Mean / 1.8, share.Mean, 1e-9);
        Assert.Equal(loss.StandardDeviation / 1.8, share.StandardDeviation, 1e-9);
        Assert.True(share.StandardDeviation > 0);
        Assert.Equal(0, Of(estimate, "warming").Mean, 1e-9);
        Assert.Equal(185, Of(estimate, "excess").Mean, 1e-9);
        // 175 °C above the room lose 171 W by the model.
        Assert.Equal(["loss-high"], estimate.Limits.Where(l => l.IsViolated).Select(l => l.Limit.Id));
    }

    [Theory]
    [InlineData("expression: pressure * flow", "expression: pressure * flwo", "calculated[0].expression", "known: pressure, flow, unused")]
    [InlineData("id: power, unit: W", "id: flow, unit: W", "calculated[0].id", "'flow' is used twice")]
    [InlineData("id: power, unit: W", "id: power, unit: kg", "calculated[0].expression", "but the unit 'kg' is kg")]
    [InlineData("\"mean(power, 1min)\"", "\"mean(pressure-again, 1min)\"", "calculated[1].expression", "names 'pressure-again', which")]
    [InlineData("signal: mean-power,", "signal: meanpower,", "limits[0].signal", "names 'meanpower', which does not exist; known: power,")]
    [InlineData("signal: mean-power,", "signal: mean-power, sensor: flow,", "limits[0].sensor", "is not possible together with 'signal'")]
    [InlineData("signal: mean-power, ", "", "limits[0]", "lacks 'sensor'")]
    [InlineData("pressure * flow", "pressure * flow, over: 3", "calculated[0]", "unknown key 'over'")]
    [InlineData("unit: W, expression: pressure * flow", "unit: W, expression: \"[5 W]\"", "calculated[0].expression", "names no sensor")]
    public void A_bad_entry_is_refused_with_path_and_what_is_allowed(string good, string bad, string path, string allowed)
    {
        Assert.Contains(good, Pump, StringComparison.Ordinal);
        var problems = Assert.Throws<InvalidModelException>(
            () => Read(Pump.Replace(good, bad, StringComparison.Ordinal))).Problems;
        Assert.Contains(problems, p => p.Path == path && p.Message.Contains(allowed, StringComparison.Ordinal));
    }
}
