using MathNet.Numerics.Statistics;
using TwinModel.Physics;
using TwinModel.Physics.Equations;
using TwinModel.Solvers;
using TwinModel.Uncertainty;
using TwinModel.Units;

namespace TwinModel.Estimation;

/// <summary>What a signal is expected to show on average over a time to come, one number per member, in the signal's unit.</summary>
/// <param name="Id">The signal.</param>
/// <param name="Unchanged">If the inputs stay as they are.</param>
/// <param name="Changed">If they are changed.</param>
/// <param name="Discrepancy">Standard deviation of what the physics leaves out; 0 for a signal that no sensor corrects, as nothing has
/// been learned of it.</param>
/// <param name="ChangeDiscrepancy">The same for the difference between the two.</param>
public sealed record SignalForecast(
    string Id, IReadOnlyList<double> Unchanged, IReadOnlyList<double> Changed, double Discrepancy = 0, double ChangeDiscrepancy = 0)
{
    /// <summary>The 90 % band of the difference that the change makes: the spread of the members and the discrepancy together.</summary>
    public (double Low, double High) ChangeBand()
    {
        double[] changes = [.. Changed.Zip(Unchanged, (c, u) => c - u)];
        var (mean, spread) = (changes.Average(), Math.Sqrt(changes.Variance() + ChangeDiscrepancy * ChangeDiscrepancy));
        return (mean - Normal.Band90 * spread, mean + Normal.Band90 * spread);
    }

    /// <summary>The 90 % band of the level after the change: the spread of the members and the discrepancy together.</summary>
    public (double Low, double High) Band()
    {
        var (mean, spread) = (Changed.Average(), Math.Sqrt(Changed.Variance() + Discrepancy * Discrepancy));
        return (mean - Normal.Band90 * spread, mean + Normal.Band90 * spread);
    }
}

/// <summary>
/// Continues an estimate into the future: each member is marched on from its own state with its own parameters, which go on to wander, once
/// with the inputs as they are and once with some of them changed. Both have the same random numbers, so that their difference is that of
/// the change. Work space of one thread.
/// </summary>
public sealed class ForecastTwin
{
    const double RelativeTolerance = 1e-4;

    // Streams of the estimator's ticks are numbered from 0.
    const ulong FirstStream = 1UL << 63;

    readonly EstimationSetup setup;
    readonly EquationRun run;
    readonly Rodas3 solver;
    readonly SignalPlace[] scalars;
    readonly double[] last, sums;

    /// <summary>Reserves the work space.</summary>
    public ForecastTwin(EstimationSetup setup)
    {
        this.setup = setup;
        (run, solver) = (setup.Compiled.NewRun(), new(setup.Compiled.Equations.Shape));
        scalars = [.. setup.Compiled.Signals.Where(s => !s.Signal.IsProfile)];
        (last, sums) = (new double[scalars.Length], new double[scalars.Length]);
    }

    /// <summary>All signals that are one number.</summary>
    /// <param name="twin">A machine that has an estimate.</param>
    /// <param name="changes">Values of the inputs that are changed at once, by their ids, in their units.</param>
    /// <param name="offsets">By how much other inputs change, for those without a sensor, of which each member has its own value.</param>
    /// <param name="after">How far into the future.</param>
    /// <param name="over">Length of the mean that ends there.</param>
    /// <exception cref="ArgumentException">An input is not one of the model's, or there is no estimate yet.</exception>
    /// <exception cref="SolverException">A member cannot be marched so far.</exception>
    public IReadOnlyList<SignalForecast> Run(
        EstimateTwin twin, IReadOnlyDictionary<string, double> changes, TimeSpan after, TimeSpan over,
        IReadOnlyDictionary<string, double>? offsets = null)
    {
        if (twin.Tick is not { } tick) throw new ArgumentException("There is no estimate yet.", nameof(twin));
        var members = setup.Settings.Ensemble;
        var changed = changes.Select(c => InCalculation(c.Key, c.Value)).ToList();
        var moved = (offsets ?? new Dictionary<string, double>())
            .Select(o => (InCalculation(o.Key, o.Value).Number, By: InCalculation(o.Key, o.Value).Value - InCalculation(o.Key, 0).Value))
            .ToList();
        var (asTheyAre, different) = (new Ensemble(scalars.Length, members), new Ensemble(scalars.Length, members));
        for (var m = 0; m < members; m++)
        {
            var member = twin.Member(m);
            Wander(member, m, tick, after.TotalSeconds);
            March(member.State, member.Parameters, member.Inputs, after.TotalSeconds, over.TotalSeconds, m, asTheyAre);
            var inputs = (double[])member.Inputs.Clone();
            foreach (var (number, value) in changed) inputs[number] = value;
            foreach (var (number, by) in moved) inputs[number] += by;
            March(member.State, member.Parameters, inputs, after.TotalSeconds, over.TotalSeconds, m, different);
        }
        double Change(string signal)
        {
            var i = Array.FindIndex(scalars, s => s.Signal.Id == signal);
            return Moments.Mean(different[i]) - Moments.Mean(asTheyAre[i]);
        }
        return [.. scalars.Select((s, i) => new SignalForecast(
            s.Signal.Id, asTheyAre[i].ToArray(), different[i].ToArray(), setup.Settings.DiscrepancyOf(s.Signal.Id),
            setup.Settings.ChangeDiscrepancyOf(s.Signal.Id, Change)))];
    }

    (int Number, double Value) InCalculation(string id, double value)
    {
        var inputs = setup.Compiled.Model.Inputs;
        for (var number = 0; number < inputs.Count; number++)
        {
            var unit = inputs[number].Unit;
            if (inputs[number].Id == id) return (number, unit.ConvertTo(Unit.OfCalculation(unit.Quantity), value));
        }
        throw new ArgumentException($"'{id}' is not an input; allowed: {string.Join(", ", inputs.Select(i => i.Id))}.", nameof(id));
    }

    // To where they are at the end: what they do on the way matters little, as signals follow within minutes.
    void Wander(EnsembleMember member, int number, long tick, double seconds)
    {
        var stream = FirstStream + unchecked((ulong)tick * (ulong)setup.Settings.Ensemble) + (ulong)number;
        var random = new RandomStream(setup.Settings.Seed, stream);
        foreach (var wanderer in setup.Wanderers)
        {
            var (keep, variance) = wanderer.Over(seconds);
            var step = Math.Sqrt(variance) * random.NextNormal();
            double Moved(double value) => Math.Clamp(
                wanderer.Mean + keep * (value - wanderer.Mean) + step, wanderer.Allowed.Min, wanderer.Allowed.Max);
            if (wanderer.Kind == WandererKind.Parameter)
                member.Parameters[wanderer.Number] = Math.Exp(Moved(Math.Log(member.Parameters[wanderer.Number])));
            else if (wanderer.Kind == WandererKind.Input)
                member.Inputs[wanderer.Number] = Moved(member.Inputs[wanderer.Number]);
        }
    }

    void March(double[] start, double[] parameters, double[] inputs, double after, double over, int m, Ensemble to)
    {
        double[] state = [.. start];
        run.SetParameters(parameters);
        run.SetInputs(inputs);
        var settings = new OdeSettings(new(RelativeTolerance)) { InitialStep = setup.TickSeconds };
        if (after > over) solver.Integrate(run, state, 0, after - over, settings);
        run.EvaluateOutputs(0, state);
        Read();
        Array.Clear(sums);
        var before = 0.0;
        var values = new double[scalars.Length];
        solver.Integrate(run, state, 0, over, settings with
        {
            OnStep = (time, at) =>
            {
                last.CopyTo(values, 0);
                run.EvaluateOutputs(time, at);
                Read();
                for (var s = 0; s < scalars.Length; s++) sums[s] += (time - before) * 0.5 * (values[s] + last[s]);
                before = time;
            },
        });
        for (var s = 0; s < scalars.Length; s++) to[s][m] = sums[s] / over;
    }

    void Read()
    {
        for (var s = 0; s < scalars.Length; s++) last[s] = scalars[s].Report(run.Value(scalars[s].Output));
    }
}
