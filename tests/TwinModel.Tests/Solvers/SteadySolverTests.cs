using TwinModel.Solvers;

namespace TwinModel.Tests.Solvers;

public class SteadySolverTests
{
    // A plate that absorbs 5 kW and radiates to 300 K: sigma (T^4 - 300^4) = 5000 has one positive root.
    static Problem Plate() => new(
        Problem.Lumped(1), (_, x, f) => f[0] = 5000 - 5.670374419e-8 * (Math.Pow(x[0], 4) - Math.Pow(300, 4)),
        (_, x, j) => j.Set(0, 0, -4 * 5.670374419e-8 * Math.Pow(x[0], 3)), typical: 100);

    static readonly double PlateTemperature = Math.Pow(5000 / 5.670374419e-8 + Math.Pow(300, 4), 0.25);

    static SteadyStatistics Solve(IOdeSystem system, double[] x, int maxIterations = 400) =>
        new SteadySolver(system.Shape).Solve(system, x, 0, maxIterations, TestContext.Current.CancellationToken);

    [Fact]
    public void A_crude_guess_leads_to_the_root_in_few_iterations()
    {
        double[] x = [20];
        var statistics = Solve(Plate(), x);
        Assert.Equal(PlateTemperature, x[0], 1e-9);
        Assert.InRange(statistics.Iterations, 3, 25);
        Assert.True(statistics.LastStep < 1e-10 || statistics.Residual < 1e-12);
    }

    [Fact]
    public void A_start_at_the_root_does_not_idle()
    {
        double[] x = [PlateTemperature];
        Assert.InRange(Solve(Plate(), x).Iterations, 1, 3);
        Assert.Equal(PlateTemperature, x[0], 1e-9);
    }

    [Fact]
    public void Tanks_in_series_fill_to_the_inlet()
    {
        var x = new double[100];
        Solve(ClosedFormTests.Tanks(100, 3), x);
        Assert.All(x, value => Assert.Equal(3, value, 1e-9));
    }

    [Fact]
    public void A_problem_without_a_steady_state_names_the_state_that_keeps_moving()
    {
        var drift = new Problem(Problem.Lumped(2), (_, x, f) => (f[0], f[1]) = (1 - x[0], 2), (_, _, j) => j.Set(0, 0, -1));
        var refused = Assert.Throws<SolverException>(() => Solve(drift, [0, 0], 50));
        Assert.Equal((SolverFailure.NotSteady, "x[1]"), (refused.Failure, refused.State));
        Assert.Contains("50 iterations", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_guess_that_is_not_finite_is_named()
    {
        var refused = Assert.Throws<SolverException>(() => Solve(Plate(), [double.NaN]));
        Assert.Equal((SolverFailure.NotFinite, "x[0]"), (refused.Failure, refused.State));
    }

    [Fact]
    public void A_linear_system_that_stays_singular_is_named()
    {
        var broken = new Problem(Problem.Lumped(2), (_, x, f) => (f[0], f[1]) = (1 - x[0], -x[1]), (_, _, j) => j.Set(1, 1, double.NaN));
        Assert.Equal((SolverFailure.Singular, "x[1]"),
            Assert.Throws<SolverException>(() => Solve(broken, [0, 1])) is var e ? (e.Failure, e.State) : default);
    }

    [Fact]
    public void Solutions_allocate_nothing()
    {
        var (solver, plate) = (new SteadySolver(Problem.Lumped(1)), Plate());
        double[] x = [20], again = [20];
        solver.Solve(plate, x, 0, 400, TestContext.Current.CancellationToken);
        var token = TestContext.Current.CancellationToken;
        Assert.Equal(0, Allocations.Of(() =>
        {
            again[0] = 20;
            solver.Solve(plate, again, 0, 400, token);
        }));
        Assert.Equal(x, again);
    }
}
