using TwinModel.Solvers;

namespace TwinModel.Tests.Solvers;

/// <summary>Requirements for every algorithm.</summary>
public class OdeSolverTests
{
    static readonly OdeSettings Fine = new(new Tolerance(1e-6));

    public static TheoryData<string> Algorithms => ["RODAS3", "TR-BDF2"];

    static IOdeSolver Solver(string algorithm, BorderedShape shape) => algorithm == "RODAS3" ? new Rodas3(shape) : new TrBdf2(shape);

    static double[] Run(string algorithm, IOdeSystem system, double[] start, double end, OdeSettings settings)
    {
        double[] x = [.. start];
        Solver(algorithm, system.Shape).Run(system, x, 0, end, settings);
        return x;
    }

    // The tolerance is so loose that the given step size is used throughout; Newton's iteration is exact for linear problems.
    static double ObservedOrder(
        string algorithm, IOdeSystem system, double[] start, double[] exact, double end, double tolerance, int steps)
    {
        double Error(int count)
        {
            var x = Run(algorithm, system, start, end, new(new Tolerance(tolerance))
            {
                InitialStep = end / count,
                LargestStep = end / count,
            });
            return x.Zip(exact).Max(pair => Math.Abs(pair.First - pair.Second));
        }
        return Math.Log2(Error(steps) / Error(2 * steps));
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Linear_decay_shows_the_order(string algorithm) => Assert.InRange(
        ObservedOrder(algorithm, Problem.Decay(), [1], [Math.Exp(-2)], 2, 1e3, 40) - Solver(algorithm, Problem.Lumped(1)).Order, -0.2, 0.2);

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void A_system_driven_by_time_shows_the_order(string algorithm)
    {
        var ((a, b), (c, d)) = (Problem.Driven(0), Problem.Driven(3));
        Assert.InRange(ObservedOrder(algorithm, Problem.Driven(), [a, b], [c, d], 3, 1e3, 60) - Solver(algorithm, Problem.Lumped(1)).Order,
            -0.2, 0.2);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void A_curved_problem_shows_the_order(string algorithm) => Assert.InRange(
        ObservedOrder(algorithm, Problem.Cubic(), [1], [0.5], 1.5, 1, 80) - Solver(algorithm, Problem.Lumped(1)).Order, -0.2, 0.2);

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void An_oscillator_loses_energy_slowly_and_gains_none(string algorithm)
    {
        double Drift(double tolerance)
        {
            var x = Run(algorithm, Problem.Oscillator(), [1, 0], 20 * Math.PI, new(new Tolerance(tolerance)));
            return x[0] * x[0] + x[1] * x[1] - 1;
        }
        Assert.InRange(Drift(1e-6), -2e-3, 1e-9);
        Assert.InRange(Drift(1e-8) / Drift(1e-6), 0, 0.1);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void The_result_does_not_depend_on_the_outputs_and_interpolates_to_the_tolerance(string algorithm)
    {
        var (a, b) = Problem.Driven(0);
        double[][] Outputs(double[] times, out double[] end)
        {
            var seen = new List<double[]>();
            end = [a, b];
            Solver(algorithm, Problem.Lumped(2)).Run(Problem.Driven(), end, 0, 5, Fine, times, (_, _, x) => seen.Add(x.ToArray()));
            return [.. seen];
        }
        double[] coarse = [0, 1, 2.5, 5], dense = [.. Enumerable.Range(0, 1001).Select(i => i / 200.0)];
        Outputs([], out var none);
        var few = Outputs(coarse, out var some);
        var many = Outputs(dense, out var all);
        Assert.Equal(none, some);
        Assert.Equal(none, all);
        Assert.Equal(few[1], many[200]);
        Assert.Equal(few[2], many[500]);
        Assert.Equal(few[3], all);
        for (var i = 0; i < dense.Length; i++) Assert.Equal(Problem.Driven(dense[i]).Item2, many[i][1], 1e-4);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Outputs_of_stiff_states_stay_on_their_slow_path(string algorithm)
    {
        // x[0] follows the square of the oscillator's x[1] at a rate of 1e8 per second.
        var problem = new Problem(
            Problem.Lumped(3), (_, x, f) => (f[0], f[1], f[2]) = (-1e8 * (x[0] - x[1] * x[1]), x[2], -x[1]), (_, x, j) =>
            {
                j.Set(0, 0, -1e8);
                j.Set(0, 1, 2e8 * x[1]);
                j.Set(1, 2, 1);
                j.Set(2, 1, -1);
            });
        double[] times = [.. Enumerable.Range(1, 500).Select(i => i / 50.0)];
        var (settings, worst) = (new OdeSettings(new Tolerance(1e-4)), 0.0);
        Solver(algorithm, problem.Shape)
            .Run(problem, [1, 1, 0], 0, 10, settings, times, (_, _, x) => worst = Math.Max(worst, Math.Abs(x[0] - x[1] * x[1])));
        Assert.InRange(worst, 0, 3e-4);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Steps_and_outputs_allocate_nothing(string algorithm)
    {
        var (problem, solver, times) = (
            Problem.VanDerPol(), Solver(algorithm, Problem.Lumped(2)), Enumerable.Range(0, 100).Select(i => i / 50.0).ToArray());
        OdeOutput output = (_, _, _) => { };
        double[] first = [2, 0], second = [2, 0];
        var statistics = solver.Run(problem, first, 0, 2, Fine, times, output);
        Assert.Equal(0, Allocations.Of(() =>
        {
            (second[0], second[1]) = (2, 0);
            solver.Run(problem, second, 0, 2, Fine, times, output);
        }));
        Assert.True(statistics.Steps > 100);
        Assert.Equal(first, second);
    }

    // Test Set for Initial Value Problem Solvers, release 2.4 (Mazzia, Magherini), problem VDPOL.
    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Van_der_Pol_at_stiffness_1e6_meets_the_published_solution(string algorithm)
    {
        var x = Run(algorithm, Problem.VanDerPol(), [2, 0], 2, new(new Tolerance(1e-7)));
        Assert.Equal(1.706167732170483, x[0], 2e-4);
        Assert.Equal(-0.8928097010247975, x[1], 2e-4);
    }

    // From the same source, problem ROBER, at the end of its interval.
    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Robertsons_reactions_meet_the_published_solution_after_1e11_seconds(string algorithm)
    {
        var problem = new Problem(
            Problem.Lumped(3),
            (_, x, f) =>
            {
                f[0] = -0.04 * x[0] + 1e4 * x[1] * x[2];
                f[2] = 3e7 * x[1] * x[1];
                f[1] = -f[0] - f[2];
            },
            (_, x, j) =>
            {
                double[] a = [-0.04, 1e4 * x[2], 1e4 * x[1]], c = [0, 6e7 * x[1], 0];
                for (var i = 0; i < 3; i++)
                {
                    j.Set(0, i, a[i]);
                    j.Set(1, i, -a[i] - c[i]);
                    j.Set(2, i, c[i]);
                }
            });
        var x = Run(algorithm, problem, [1, 0, 0], 1e11, new(new Tolerance(1e-6, 1e-6)));
        Assert.Equal(1, x[0] / 0.2083340149701255e-07, 2e-3);
        Assert.Equal(1, x[1] / 0.8333360770334713e-13, 2e-3);
        Assert.Equal(0.9999999791665050, x[2], 1e-9);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void The_last_step_lands_exactly_and_runs_add_up(string algorithm)
    {
        var (solver, ends) = (Solver(algorithm, Problem.Lumped(1)), new List<double>());
        double[] x = [1];
        var settings = Fine with { OnStep = (time, _) => ends.Add(time) };
        var first = solver.Run(Problem.Decay(), x, 0, 0.1, settings);
        var second = solver.Run(Problem.Decay(), x, 0.1, 0.1 + 0.2, settings with { InitialStep = first.NextStep });
        var both = first + second;
        Assert.Equal(0.1, ends[first.Steps - 1]);
        Assert.Equal(0.1 + 0.2, ends[^1]);
        Assert.Equal(ends.Count, both.Steps);
        Assert.Equal(Math.Exp(-0.3), x[0], 2e-5);
        Assert.Equal(Math.Min(first.SmallestStep, second.SmallestStep), both.SmallestStep);
        Assert.Equal(default, solver.Run(Problem.Decay(), x, 1, 1, Fine) with { Derivatives = 0, NextStep = 0 });
    }
}
