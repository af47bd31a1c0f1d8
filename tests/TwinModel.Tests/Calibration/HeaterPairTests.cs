using Contracts.Calibrations;
using TwinModel.Assets;
using TwinModel.Calibration;
using TwinModel.Estimation;
using TwinModel.Solvers;
using TwinModel.Telemetry;
using TwinModel.Tests.Physics;
using TwinModel.Uncertainty;

namespace TwinModel.Tests.Calibration;

/// <summary>A test of some minutes, never steady, on a bench whose parameters are known.</summary>
public class HeaterPairTests
{
    const double Room = 19;

    static readonly EstimationSetup Setup = new(ReadAssetModel.FromText(
        File.ReadAllText(Path.Combine(Extruder.Repository, "contracts/assets/heater-pair.asset.yaml")), "heater-pair.asset.yaml"));

    static readonly Dictionary<string, double> True = new()
    {
        ["body-1.heat-capacity"] = 9,
        ["probe-1.heat-capacity"] = 1.2,
        ["heater-2.maximum-power"] = 2.6,
        ["cooling-1.conductance"] = 0.055,
        ["coupling.conductance"] = 0.02,
    };

    static CalibrationResult Calibrated(Func<int, (double First, double Second)> duty)
    {
        const int seconds = 600;
        var (compiled, random) = (Setup.Compiled, new RandomStream(3, 0));
        var run = compiled.NewRun();
        run.SetParameters([.. compiled.Parameters.Select((p, i) => True.GetValueOrDefault(compiled.Equations.Parameters[i], p))]);
        var (state, solver) = (compiled.ColdState(), new Rodas3(compiled.Equations.Shape));
        var inputs = compiled.Inputs.ToArray();
        int Input(string id) => compiled.Equations.Inputs.ToList().IndexOf(id);
        inputs[Input("ambient-temperature")] = Room;
        run.SetInputs(inputs);
        new SteadySolver(compiled.Equations.Shape).Solve(run, state);
        var readings = new WindowReadings(Setup, 0, seconds * Micros.PerSecond);
        foreach (ushort sensor in new ushort[] { 1, 2 }) readings.Add(new(sensor, -2 * Micros.PerSecond, 0));
        for (var second = 0; second < seconds; second++)
        {
            run.EvaluateOutputs(0, state);
            double Shown(string output) => run.Value(compiled.OutputNumber(output)) + 0.1 * random.NextNormal();
            var (first, other) = duty(second);
            double[] values = [first, other, Shown("probe-1.temperature"), Shown("probe-2.temperature")];
            for (ushort sensor = 1; sensor <= 4; sensor++)
                readings.Add(new(sensor, second * Micros.PerSecond, values[sensor - 1]));
            (inputs[Input("duty-1")], inputs[Input("duty-2")]) = (first / 100, other / 100);
            run.SetInputs(inputs);
            solver.Integrate(run, state, 0, 1, new(new(1e-7)), cancellationToken: TestContext.Current.CancellationToken);
        }
        return new CalibrateModel(Setup, readings, null).Run([], TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Steps_of_both_heaters_show_what_the_bench_is_like()
    {
        var result = Calibrated(s => (s / 150 % 2 == 0 ? 80 : 10, s / 200 % 2 == 0 ? 0 : 90));
        foreach (var (id, value) in True)
        {
            var found = result.Parameters.Single(p => p.Id == id);
            Assert.True(found.IsIdentified, id);
            Assert.InRange(found.After / value, id.StartsWith("probe", StringComparison.Ordinal) ? 0.9 : 0.97,
                id.StartsWith("probe", StringComparison.Ordinal) ? 1.1 : 1.03);
            Assert.InRange(value, found.P5 * 0.98, found.P95 * 1.02);
        }
        Assert.InRange(result.Conditions.Single(c => c.Kind == "input").Value, Room - 0.5, Room + 0.5);
        Assert.All(result.Spans, s => Assert.Equal("step", s.Kind));
        Assert.Equal(result.Spans.Count / 3, result.Spans.Count(s => s.IsHeldOut));
        Assert.True(result.IsRecommended);
    }

    [Fact]
    public void The_power_of_a_heater_that_was_off_is_not_made_up()
    {
        var result = Calibrated(s => (s / 150 % 2 == 0 ? 80 : 10, 0));
        var other = result.Parameters.Single(p => p.Id == "heater-2.maximum-power");
        Assert.Equal((false, other.Before), (other.IsIdentified, other.After));
        var first = result.Parameters.Single(p => p.Id == "body-1.heat-capacity");
        Assert.True(first.IsIdentified);
        Assert.InRange(first.After / True[first.Id], 0.95, 1.05);
    }
}
