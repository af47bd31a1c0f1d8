using TwinModel.Solvers;

namespace TwinModel.Tests.Solvers;

/// <summary>Heat conduction and transport with closed-form solutions, as banded problems.</summary>
public class ClosedFormTests
{
    static readonly OdeSettings Tight = new(new Tolerance(1e-8));

    public static TheoryData<string> Algorithms => OdeSolverTests.Algorithms;

    static IOdeSolver Solver(string algorithm, BorderedShape shape) => algorithm == "RODAS3" ? new Rodas3(shape) : new TrBdf2(shape);

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void A_heated_zone_warms_with_its_time_constant(string algorithm)
    {
        const double capacity = 12_053.9258, loss = 0.980177, power = 200, ambient = 25;
        var zone = new Problem(
            Problem.Lumped(1), (_, x, f) => f[0] = (power - loss * (x[0] - ambient)) / capacity, (_, _, j) =>
                j.Set(0, 0, -loss / capacity), typical: 100);
        var seen = new List<double>();
        double[] x = [ambient];
        Solver(algorithm, zone.Shape).Run(zone, x, 0, 36_000, Tight, [600, 3600], (_, _, state) => seen.Add(state[0]));
        Assert.Equal(34.716308, seen[0], 5e-4);
        Assert.Equal(76.782907, seen[1], 5e-4);
        Assert.Equal(218.120780, x[0], 5e-4);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void A_cosine_in_an_insulated_barrel_decays_at_the_rate_of_its_grid(string algorithm)
    {
        const int cells = 100;
        const double length = 1.5, diffusivity = 40.0 / (7850 * 490);
        var rate = diffusivity / (length / cells * (length / cells));
        var barrel = new Problem(
            new(cells, 1, 1, 0, 0),
            (_, x, f) =>
            {
                for (var i = 0; i < cells; i++) f[i] = rate * (x[Math.Max(0, i - 1)] - 2 * x[i] + x[Math.Min(cells - 1, i + 1)]);
            },
            (_, _, j) =>
            {
                for (var i = 0; i < cells; i++)
                {
                    j.Set(i, i, i is 0 or cells - 1 ? -rate : -2 * rate);
                    if (i > 0) j.Set(i, i - 1, rate);
                    if (i < cells - 1) j.Set(i, i + 1, rate);
                }
            });
        double[] start = [.. Enumerable.Range(0, cells).Select(i => Math.Cos(Math.PI * (i + 0.5) / cells))], x = [.. start];
        Solver(algorithm, barrel.Shape).Run(barrel, x, 0, 7200, Tight);
        for (var i = 0; i < cells; i++) Assert.Equal(0.72007215 * start[i], x[i], 2e-6);
    }

    [Theory]
    [InlineData("RODAS3", 50, 0.8, 0.07033507)]
    [InlineData("RODAS3", 50, 1.2, 0.91559332)]
    [InlineData("RODAS3", 200, 1.0, 0.50940342)]
    [InlineData("TR-BDF2", 50, 1.0, 0.51880832)]
    [InlineData("TR-BDF2", 200, 1.2, 0.99634530)]
    public void A_step_goes_through_tanks_in_series_as_an_incomplete_gamma_function(
        string algorithm, int tanks, double time, double expected)
    {
        var x = new double[tanks];
        var series = Tanks(tanks, 1);
        Solver(algorithm, series.Shape).Run(series, x, 0, time, Tight);
        Assert.Equal(expected, x[^1], 1e-5);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void A_flow_kept_as_an_auxiliary_gives_the_same_as_one_put_in(string algorithm)
    {
        // The flow obeys w = 1 + 0.2 x[last] - 0.1 w and enters every tank; the last tank feeds the border state.
        var (kept, eliminated) = (FlowProblem(auxiliary: true), FlowProblem(auxiliary: false));
        double[] a = new double[11], b = new double[11];
        var first = Solver(algorithm, kept.Shape).Run(kept, a, 0, 2, Tight);
        var second = Solver(algorithm, eliminated.Shape).Run(eliminated, b, 0, 2, Tight);
        Assert.Equal(second.Steps, first.Steps);
        for (var i = 0; i < a.Length; i++) Assert.Equal(b[i], a[i], 1e-12);
        Assert.True(a[10] > 0.1);
    }

    [Fact]
    public void The_same_run_gives_the_same_bits_after_any_other()
    {
        var problem = FlowProblem(auxiliary: true);
        foreach (IOdeSolver solver in (IOdeSolver[])[new Rodas3(problem.Shape), new TrBdf2(problem.Shape)])
        {
            double[] first = new double[11], other = [.. Enumerable.Repeat(0.7, 11)], again = new double[11];
            var expected = solver.Run(problem, first, 0, 2, Tight);
            solver.Run(problem, other, 0.5, 1, Tight);
            Assert.Equal(expected, solver.Run(problem, again, 0, 2, Tight));
            Assert.Equal(first, again);
        }
    }

    internal static Problem Tanks(int count, double inlet) => new(
        new(count, 1, 0, 0, 0),
        (_, x, f) =>
        {
            for (var i = 0; i < count; i++) f[i] = count * ((i == 0 ? inlet : x[i - 1]) - x[i]);
        },
        (_, _, j) =>
        {
            for (var i = 0; i < count; i++)
            {
                j.Set(i, i, -count);
                if (i > 0) j.Set(i, i - 1, count);
            }
        });

    static Problem FlowProblem(bool auxiliary)
    {
        const int tanks = 10;
        static double Flow(ReadOnlySpan<double> x) => (1 + 0.2 * x[tanks]) / 1.1;
        return new(
            auxiliary ? new(tanks, 1, 0, 1, 1) : Problem.Lumped(tanks + 1),
            (_, x, f) =>
            {
                for (var i = 0; i < tanks; i++) f[i] = Flow(x) * tanks * ((i == 0 ? 1 : x[i - 1]) - x[i]);
                f[tanks] = x[tanks - 1] * x[tanks - 1] - x[tanks];
            },
            (_, x, j) =>
            {
                for (var i = 0; i < tanks; i++)
                {
                    j.Set(i, i, -Flow(x) * tanks);
                    if (i > 0) j.Set(i, i - 1, Flow(x) * tanks);
                    var byFlow = tanks * ((i == 0 ? 1 : x[i - 1]) - x[i]);
                    if (auxiliary) j.Set(i, tanks + 1, byFlow);
                    else j.Set(i, tanks, byFlow * 0.2 / 1.1);
                }
                j.Set(tanks, tanks - 1, 2 * x[tanks - 1]);
                j.Set(tanks, tanks, -1);
                if (!auxiliary) return;
                j.Set(tanks + 1, tanks, 0.2);
                j.Set(tanks + 1, tanks + 1, -0.1);
            });
    }
}
