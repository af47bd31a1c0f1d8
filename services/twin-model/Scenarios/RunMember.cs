using Contracts.Scenarios;
using TwinModel.Physics;
using TwinModel.Physics.Equations;
using TwinModel.Solvers;

namespace TwinModel.Scenarios;

/// <summary>Runs individual members of a scenario: baseline and scenario with the same parameters. Owns its work space; for one
/// thread.</summary>
sealed class RunMember
{
    const double SolveTolerance = 1e-10;
    const int MostSolveSteps = 30;

    readonly ScenarioSetup setup;
    readonly EquationRun steadyRun;
    readonly SteadySolver steady;
    readonly EquationRun? transientRun;
    readonly IOdeSolver? solver;
    readonly double[] nominalStart;
    OdeStatistics steps;
    double energyError;

    public RunMember(ScenarioSetup setup)
    {
        this.setup = setup;
        steadyRun = new(setup.Steady.Equations);
        steady = new(setup.Steady.Equations.Shape);
        if (setup.Transient is { } transient)
        {
            transientRun = new(transient.Equations);
            solver = setup.Definition.Solver == "rodas3" ? new Rodas3(transient.Equations.Shape) : new TrBdf2(transient.Equations.Shape);
        }
        // Every member starts its search from the nominal steady state, whatever its shard.
        nominalStart = setup.Steady.GuessState();
        Settle(nominalStart, setup.InputsAt(-setup.WarmUp, setup.Nominal, []), setup.Nominal.Parameters);
    }

    public MemberOutcome Run(int member, CancellationToken cancel)
    {
        (steps, energyError) = (default, 0);
        try
        {
            return setup.IsTransient ? Transient(member, cancel) : Steady(member);
        }
        catch (Exception e) when (e is SolverException or ScenarioOutOfReachException)
        {
            return new() { Member = member, Failure = e.Message, Steps = steps };
        }
    }

    MemberOutcome Steady(int member)
    {
        var values = setup.Values(member);
        var before = Settled(nominalStart, setup.InputsAt(0, values, []), values.Parameters);
        var baseline = Read(before);
        var (changes, solved) = Solve(setup.ChangesOf(member), before, values);
        var inputs = setup.InputsAt(0, values, changes);
        var after = Settled(before.State, inputs, Segments.Changed(values.Parameters, changes, 0));
        var scenario = Read(after);
        return new()
        {
            Member = member,
            Baseline = baseline.Signals,
            Scenario = scenario.Signals,
            BaselineProfiles = baseline.Profiles,
            ScenarioProfiles = scenario.Profiles,
            Solved = solved,
            Reached = [.. inputs.SelectMany(v => new[] { v, v })],
            Steps = steps,
            EnergyError = energyError,
        };
    }

    MemberOutcome Transient(int member, CancellationToken cancel)
    {
        var values = setup.Values(member);
        var start = Settled(nominalStart, setup.InputsAt(-setup.WarmUp, values, []), values.Parameters).State;
        var state = new double[transientRun!.Shape.States];
        start.CopyTo(state, 0);
        if (setup.WarmUp > 0) Integrate(state, -setup.WarmUp, 0, WarmUpTolerance, [], values, null, null, cancel);
        var (changes, solved) = Solve(
            setup.ChangesOf(member), Settled(start, setup.InputsAt(0, values, []), values.Parameters), values);
        var (baseline, scenario) = (
            new double[setup.Times.Length * setup.Scalars.Length], new double[setup.Times.Length * setup.Scalars.Length]);
        double[] reached = [.. Enumerable.Repeat(new[]
        {
            double.PositiveInfinity, double.NegativeInfinity,
        }, setup.Courses.Length).SelectMany(r => r)];
        double[] other = [.. state];
        Integrate(state, 0, setup.Definition.HorizonSeconds, setup.Definition.Tolerance, [], values, baseline, null, cancel);
        var baselineProfiles = Profiles(transientRun);
        Integrate(
            other, 0, setup.Definition.HorizonSeconds, setup.Definition.Tolerance, changes, values, scenario, reached, cancel);
        return new()
        {
            Member = member,
            Baseline = baseline,
            Scenario = scenario,
            BaselineProfiles = baselineProfiles,
            ScenarioProfiles = Profiles(transientRun),
            Solved = solved,
            Reached = reached,
            Steps = steps,
            EnergyError = energyError,
        };
    }

    // The start is the same for baseline and scenario, and known far less well than this.
    double WarmUpTolerance => Math.Min(10 * setup.Definition.Tolerance, Math.Max(setup.Definition.Tolerance, 1e-3));

    void Integrate(double[] state, double start, double end, double tolerance, IReadOnlyList<Change> changes, MemberValues values,
        double[]? outputs, double[]? reached, CancellationToken cancel)
    {
        var (run, signals) = (transientRun!, setup.Scalars.Length);
        var settings = new OdeSettings(new(tolerance));
        state[setup.Transient!.EnergyState] = 0;
        run.SetParameters(Segments.Changed(values.Parameters, changes, start));
        run.SetInputs(setup.InputsAt(start, values, changes));
        run.EvaluateOutputs(start, state);
        var (error, through) = (0.0, 0.0);
        if (outputs is not null) Store(0);
        foreach (var segment in Segments.Of(start, end, values, setup.Courses, changes))
        {
            run.SetParameters(segment.Parameters);
            run.SetInputs(segment.Inputs, segment.Slopes, segment.Start);
            run.EvaluateOutputs(segment.Start, state);
            // Per segment: a changed hold-up or heat capacity changes the stored energy without energy crossing the system boundary.
            var unexplained = run.StoredEnergy - state[setup.Transient.EnergyState];
            if (reached is not null) Widen(reached, segment);
            var times = outputs is null ? [] : setup.Times.Where(t => t > segment.Start && t <= segment.End).ToArray();
            var first = outputs is null ? 0 : Array.FindIndex(setup.Times, t => t > segment.Start);
            steps += solver!.Integrate(run, state, segment.Start, segment.End, settings, times, (index, time, at) =>
            {
                run.EvaluateOutputs(time, at);
                Store(first + index);
            }, cancel);
            run.EvaluateOutputs(segment.End, state);
            through += run.GrossFlow * (segment.End - segment.Start);
            error += run.StoredEnergy - state[setup.Transient.EnergyState] - unexplained;
        }
        energyError = Math.Max(energyError, Math.Abs(error) / Math.Max(through, 1));

        void Store(int time)
        {
            for (var s = 0; s < signals; s++) outputs![time * signals + s] = run.Value(setup.Scalars[s].Output);
        }
    }

    static void Widen(double[] reached, Segment segment)
    {
        for (var i = 0; i < segment.Inputs.Length; i++)
        {
            var (first, last) = (segment.Inputs[i], segment.Inputs[i] + segment.Slopes[i] * (segment.End - segment.Start));
            reached[2 * i] = Math.Min(reached[2 * i], Math.Min(first, last));
            reached[2 * i + 1] = Math.Max(reached[2 * i + 1], Math.Max(first, last));
        }
    }

    /// <summary>A steady state with its inputs and parameters.</summary>
    readonly record struct SteadyPoint(double[] State, double[] Inputs, double[] Parameters);

    SteadyPoint Settled(double[] from, double[] inputs, double[] parameters)
    {
        double[] state = [.. from];
        Settle(state, inputs, parameters);
        return new(state, inputs, parameters);
    }

    void Settle(double[] state, double[] inputs, double[] parameters)
    {
        steadyRun.SetParameters(parameters);
        steadyRun.SetInputs(inputs);
        var statistics = steady.Solve(steadyRun, state);
        steps += new OdeStatistics
        {
            Steps = statistics.Iterations,
            Derivatives = statistics.Derivatives,
            Jacobians = statistics.Jacobians,
            Factorisations = statistics.Factorisations,
        };
        steadyRun.EvaluateOutputs(0, state);
    }

    (double[] Signals, double[] Profiles) Read(SteadyPoint point)
    {
        steadyRun.SetParameters(point.Parameters);
        steadyRun.SetInputs(point.Inputs);
        steadyRun.EvaluateOutputs(0, point.State);
        energyError = Math.Max(energyError, Math.Abs(steadyRun.NetFlow) / Math.Max(steadyRun.GrossFlow, 1e-9));
        return ([.. setup.Scalars.Select(s => steadyRun.Value(s.Output))], Profiles(steadyRun));
    }

    double[] Profiles(EquationRun run) => [.. setup.Profiles.SelectMany(p => run.Profile(p.Output).ToArray())];

    /// <summary>
    /// Turns targets into changes of the inputs that reach them in the steady state, by the secant method: <c>set</c> becomes the input's
    /// value, <c>scale</c> and <c>offset</c> a factor on the input's course.
    /// </summary>
    (IReadOnlyList<Change> Changes, double[] Solved) Solve(IReadOnlyList<PlannedChange> planned, SteadyPoint before, MemberValues values)
    {
        List<Change> changes = [.. planned.Where(p => p.Signal < 0).Select(p => p.Change)];
        List<double> solved = [];
        foreach (var plan in planned.Where(p => p.Signal >= 0))
        {
            var from = plan.Change.From + plan.Change.Ramp;
            var baseInputs = setup.InputsAt(from, values, []);
            var reference = baseInputs.AsSpan().SequenceEqual(before.Inputs)
                ? before
                : Settled(before.State, baseInputs, values.Parameters);
            var start = ValueOf(reference, plan.Signal);
            var wanted = plan.Change.Applied(start);
            var inputs = setup.InputsAt(from, values, changes);
            var value = Secant(plan, [.. reference.State], inputs, Segments.Changed(values.Parameters, changes, from), start, wanted);
            solved.Add(value);
            var held = baseInputs[plan.Change.Input];
            changes.Add(plan.Change.Kind == "set" ? plan.Change with { Value = value } : plan.Change with
            {
                Kind = "scale",
                Value = value / held,
            });
        }
        return (changes, [.. solved]);
    }

    double ValueOf(SteadyPoint point, int output)
    {
        steadyRun.SetParameters(point.Parameters);
        steadyRun.SetInputs(point.Inputs);
        steadyRun.EvaluateOutputs(0, point.State);
        return steadyRun.Value(output);
    }

    double Secant(PlannedChange plan, double[] state, double[] inputs, double[] parameters, double start, double wanted)
    {
        var input = plan.Change.Input;
        var range = setup.RangeOf(input);
        if (!(start > 0 && inputs[input] > 0))
            throw new ScenarioOutOfReachException(
                $"'{plan.Name}' cannot be prescribed while it is zero; set '{setup.NameOf(input)}' instead.");
        double At(double value)
        {
            if (value < range.Min || value > range.Max)
                throw new ScenarioOutOfReachException(
                    $"'{plan.Name}' cannot be reached with '{setup.NameOf(input)}' within {setup.RangeText(input)}.");
            inputs[input] = value;
            Settle(state, inputs, parameters);
            return steadyRun.Value(plan.Signal) - wanted;
        }
        var (a, b) = (inputs[input], inputs[input] * wanted / start);
        var (fa, fb) = (At(a), At(b));
        for (var i = 0; i < MostSolveSteps; i++)
        {
            if (Math.Abs(fb) <= SolveTolerance * Math.Abs(wanted)) return b;
            if (fb == fa) break;
            var next = b - fb * (b - a) / (fb - fa);
            (a, fa) = (b, fb);
            (b, fb) = (next, At(next));
        }
        throw new ScenarioOutOfReachException($"No '{setup.NameOf(input)}' was found that brings '{plan.Name}' to the requested value.");
    }
}

/// <summary>A target that no allowed input reaches.</summary>
public sealed class ScenarioOutOfReachException(string message) : Exception(message);
