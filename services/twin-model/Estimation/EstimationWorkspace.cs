using TwinModel.Physics.Equations;
using TwinModel.Solvers;

namespace TwinModel.Estimation;

/// <summary>
/// Marches the members of ensembles and predicts what sensors show. Work space of one thread, shared by all twins of a model that it steps;
/// holds nothing from one call to the next.
/// </summary>
public sealed class EstimationWorkspace
{
    // Measured ('./pollux bench estimation'): at 1e-3 a step of the screw speed is taken in one step of 10 s, and the mean pressure of that
    // tick is wrong by four deviations of its sensor; at 1e-4 by a hundredth.
    const double RelativeTolerance = 1e-4;

    readonly EquationRun run;
    readonly Rodas3 solver;
    readonly SteadySolver steady;
    readonly OdeSettings settings;
    readonly double[] state, start, parameters, inputs;
    readonly bool[] failed;

    // The observed signals of the member being marched: at the last step, and their integrals since the start of the tick.
    readonly double[] last, sums;
    double lastTime;

    /// <summary>Reserves the work space.</summary>
    public EstimationWorkspace(EstimationSetup setup)
    {
        Setup = setup;
        var shape = setup.Compiled.Equations.Shape;
        (run, solver, steady) = (setup.Compiled.NewRun(), new(shape), new(shape));
        // A longer first step is rejected at the cost of one evaluation; a cautious one would cost two.
        settings = new(new(RelativeTolerance)) { InitialStep = setup.TickSeconds, MaxSteps = 1000, OnStep = Accumulate };
        (state, start) = (new double[shape.States], new double[shape.States]);
        (parameters, inputs) = ([.. setup.Compiled.Parameters], [.. setup.Compiled.Inputs]);
        (last, sums) = (new double[setup.Observed.Length], new double[setup.Observed.Length]);
        failed = new bool[setup.Settings.Ensemble];
        Predicted = new(setup.Observed.Length, setup.Settings.Ensemble);
    }

    /// <summary>What it is for.</summary>
    public EstimationSetup Setup { get; }

    /// <summary>Mean over the tick of what each member predicts for each sensor, in the signals' units.</summary>
    internal Ensemble Predicted { get; }

    /// <summary>Outputs of the member last evaluated.</summary>
    internal EquationRun Outputs => run;

    /// <summary>Steps of the solver so far.</summary>
    public OdeStatistics Statistics { get; private set; }

    /// <summary>Moves every member to the steady state of its parameters and inputs.</summary>
    internal void Settle(Ensemble members, ReadOnlySpan<double> held)
    {
        Nominal(held);
        Setup.Compiled.GuessState().CopyTo(start, 0);
        if (!TrySettle(start)) Setup.Compiled.ColdState().CopyTo(start, 0);
        for (var m = 0; m < members.Members; m++)
        {
            Prepare(members, m, held);
            start.CopyTo(state, 0);
            if (!TrySettle(state)) start.CopyTo(state, 0);
            members.CopyTo(m, state);
            run.EvaluateOutputs(0, state);
            for (var o = 0; o < last.Length; o++) Predicted[o][m] = Shown(o) + Bias(members, m, o);
        }
    }

    /// <summary>Moves every member on by one tick. The mean over the tick is taken by the trapezoidal rule over the solver's
    /// steps.</summary>
    /// <returns>Number of members whose solver failed; they are replaced by copies of others.</returns>
    internal int March(Ensemble members, ReadOnlySpan<double> held)
    {
        var failures = 0;
        for (var m = 0; m < members.Members; m++)
        {
            failed[m] = !TryMarch(members, m, held);
            if (failed[m]) failures++;
        }
        if (failures == members.Members)
        {
            Settle(members, held);
            return failures;
        }
        for (var m = 0; failures > 0 && m < members.Members; m++)
        {
            if (!failed[m]) continue;
            var donor = m;
            while (failed[donor]) donor = (donor + 1) % members.Members;
            members.Replace(m, donor);
            Predicted.Replace(m, donor);
        }
        return failures;
    }

    /// <summary>Evaluates the outputs of a member, to be read from <see cref="Outputs"/>.</summary>
    internal void Evaluate(Ensemble members, int member, ReadOnlySpan<double> held)
    {
        Prepare(members, member, held);
        members.CopyFrom(member, state);
        run.EvaluateOutputs(0, state);
    }

    bool TryMarch(Ensemble members, int m, ReadOnlySpan<double> held)
    {
        Evaluate(members, m, held);
        for (var o = 0; o < last.Length; o++) (last[o], sums[o]) = (Shown(o), 0);
        lastTime = 0;
        try
        {
            Statistics += solver.Integrate(run, state, 0, Setup.TickSeconds, settings);
        }
        catch (SolverException)
        {
            return false;
        }
        members.CopyTo(m, state);
        var isFinite = true;
        for (var o = 0; o < last.Length; o++)
        {
            Predicted[o][m] = sums[o] / Setup.TickSeconds + Bias(members, m, o);
            isFinite &= double.IsFinite(Predicted[o][m]);
        }
        return isFinite;
    }

    void Accumulate(double time, ReadOnlySpan<double> at)
    {
        run.EvaluateOutputs(time, at);
        for (var o = 0; o < last.Length; o++)
        {
            var value = Shown(o);
            sums[o] += (time - lastTime) * 0.5 * (last[o] + value);
            last[o] = value;
        }
        lastTime = time;
    }

    /// <summary>An observed signal without bias, after the evaluation of outputs.</summary>
    double Shown(int observed)
    {
        var place = Setup.Observed[observed].Place;
        return place.Report(run.Value(place.Output));
    }

    double Bias(Ensemble members, int m, int observed) =>
        Setup.Observed[observed].Bias is >= 0 and var bias ? members[Setup.States + bias][m] : 0;

    bool TrySettle(Span<double> at)
    {
        try
        {
            steady.Solve(run, at);
            return true;
        }
        catch (SolverException)
        {
            return false;
        }
    }

    void Nominal(ReadOnlySpan<double> held)
    {
        for (var p = 0; p < parameters.Length; p++) parameters[p] = Setup.Compiled.Parameters[p];
        Setup.Heard(held, inputs);
        run.SetParameters(parameters);
        run.SetInputs(inputs);
    }

    void Prepare(Ensemble members, int m, ReadOnlySpan<double> held)
    {
        Setup.Heard(held, inputs);
        Setup.Fill(members, m, parameters, inputs);
        run.SetParameters(parameters);
        run.SetInputs(inputs);
    }
}
