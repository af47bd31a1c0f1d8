using TwinModel.Assets;
using TwinModel.Physics;
using TwinModel.Solvers;
using TwinModel.Telemetry;

namespace Integration.Tests.Running;

/// <summary>Readings of a machine in the steady state of its model, with other parameters if they are given.</summary>
sealed class SteadyMachine
{
    readonly (Sensor Sensor, double Value)[] steady;

    /// <param name="model">Its model.</param>
    /// <param name="truth">Parameters that are multiples of the model's.</param>
    public SteadyMachine(AssetModel model, params (string Parameter, double Factor)[] truth)
    {
        var compiled = new CompiledModel(model.Physics!, 50);
        var (run, state) = (compiled.NewRun(), compiled.GuessState());
        double[] parameters = [.. compiled.Parameters];
        foreach (var (parameter, factor) in truth) parameters[compiled.Equations.Parameters.ToList().IndexOf(parameter)] *= factor;
        run.SetParameters(parameters);
        new SteadySolver(compiled.Equations.Shape).Solve(run, state);
        run.EvaluateOutputs(0, state);
        var measured = compiled.Signals.Where(s => s.Signal.Sensor is not null)
            .Select(s => (Sensor: s.Signal.Sensor!.Value, Value: s.Report(run.Value(s.Output)), s.Signal.Unit));
        var recorded = model.Physics!.Inputs.Where(i => i.Sensor is not null)
            .Select(i => (Sensor: i.Sensor!.Value, Value: i.Default, i.Unit));
        steady = [.. measured.Concat(recorded).DistinctBy(s => s.Sensor)
            .Select(s => (model.Sensor(s.Sensor)!, s.Unit.ConvertTo(model.Sensor(s.Sensor)!.Unit, s.Value)))];
    }

    /// <summary>
    /// One reading of each sensor. Some noise, as a sensor that always shows the same value counts as frozen; zone 2 may show too much.
    /// </summary>
    public Reading[] Frame(long at, int number, double bias = 0) => [.. steady.Select(s => new Reading(
        s.Sensor.Number, at, Math.Round(s.Value * (1 + 0.0003 * Math.Sin(number * 0.7 + s.Sensor.Number)), 4)
            + (s.Sensor.Id == "zone-2-temperature" ? bias : 0)))];
}
