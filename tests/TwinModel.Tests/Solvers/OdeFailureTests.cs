using TwinModel.Solvers;

namespace TwinModel.Tests.Solvers;

public class OdeFailureTests
{
    static readonly OdeSettings Settings = new(new Tolerance(1e-5));

    public static TheoryData<string> Algorithms => OdeSolverTests.Algorithms;

    static SolverException Refused(string algorithm, Problem problem, double[] x, double end, OdeSettings? settings = null)
    {
        IOdeSolver solver = algorithm == "RODAS3" ? new Rodas3(problem.Shape) : new TrBdf2(problem.Shape);
        var refused = Assert.Throws<SolverException>(() => solver.Run(problem, x, 0, end, settings ?? Settings));
        Assert.Equal(algorithm, refused.Solver);
        Assert.Contains(refused.State, refused.Message, StringComparison.Ordinal);
        return refused;
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void A_state_that_is_not_finite_at_the_start_is_named(string algorithm)
    {
        var refused = Refused(algorithm, Problem.Oscillator(), [1, double.NaN], 1);
        Assert.Equal((SolverFailure.NotFinite, "x[1]", 0.0), (refused.Failure, refused.State, refused.Time));
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void A_derivative_that_ends_in_the_middle_is_named_with_its_time(string algorithm)
    {
        // x[1] falls to zero at t = 1, where the square root becomes undefined.
        var problem = new Problem(
            Problem.Lumped(2), (_, x, f) => (f[0], f[1]) = (-x[0] + Math.Sqrt(x[1]), -1), (_, x, j) =>
            {
                j.Set(0, 0, -1);
                j.Set(0, 1, 0.5 / Math.Sqrt(x[1]));
            });
        var refused = Refused(algorithm, problem, [0, 1], 2);
        Assert.Equal(SolverFailure.NotFinite, refused.Failure);
        Assert.Equal("x[0]", refused.State);
        Assert.InRange(refused.Time, 0.9, 1.001);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void A_solution_that_ends_in_a_pole_stops_there(string algorithm)
    {
        var problem = new Problem(
            Problem.Lumped(2), (_, x, f) => (f[0], f[1]) = (0, x[1] * x[1] * x[1]), (_, x, j) => j.Set(1, 1, 3 * x[1] * x[1]));
        double[] x = [1, 1];
        var refused = Refused(algorithm, problem, x, 1);
        Assert.True(refused.Failure is SolverFailure.StepTooSmall or SolverFailure.NewtonDiverged or SolverFailure.NotFinite,
            refused.Message);
        Assert.Equal("x[1]", refused.State);
        Assert.InRange(refused.Time, 0.49, 0.51);
        Assert.Equal(x[1], refused.Value);
        Assert.True(x[1] > 1e3);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void The_limit_on_steps_is_named(string algorithm)
    {
        var refused = Refused(algorithm, Problem.Oscillator(), [1, 0], 1e6, Settings with { MaxSteps = 20 });
        Assert.Equal(SolverFailure.TooManySteps, refused.Failure);
        Assert.Contains("20 steps", refused.Message, StringComparison.Ordinal);
        Assert.True(refused.Time > 0);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void A_linear_system_that_is_not_finite_is_named(string algorithm)
    {
        var problem = new Problem(Problem.Lumped(2), (_, x, f) => (f[0], f[1]) = (1, -x[1]), (_, _, j) => j.Set(1, 1, double.NaN));
        var refused = Refused(algorithm, problem, [1, 1], 1);
        Assert.Equal((SolverFailure.Singular, "x[1]"), (refused.Failure, refused.State));
    }

    [Fact]
    public void Newtons_iteration_that_diverges_for_a_wrong_Jacobian_is_named()
    {
        // The Jacobian is wrong and the derivative jumps: nothing converges at any step size.
        var problem = new Problem(Problem.Lumped(1), (_, x, f) => f[0] = x[0] > 1 ? -1e30 : 1e30, (_, _, _) => { });
        var refused = Refused("TR-BDF2", problem, [1], 1);
        Assert.Equal(("x[0]", SolverFailure.NewtonDiverged), (refused.State, refused.Failure));
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Cancellation_is_honoured_between_steps(string algorithm)
    {
        using var source = new CancellationTokenSource();
        IOdeSolver solver = algorithm == "RODAS3" ? new Rodas3(Problem.Lumped(2)) : new TrBdf2(Problem.Lumped(2));
        var steps = 0;
        var settings = Settings with
        {
            OnStep = (_, _) =>
            {
                if (++steps == 3) source.Cancel();
            },
        };
        Assert.Throws<OperationCanceledException>(
            () => solver.Integrate(Problem.Oscillator(), [1, 0], 0, 100, settings, cancellationToken: source.Token));
        Assert.Equal(3, steps);
    }

    [Fact]
    public void Arguments_without_meaning_are_refused()
    {
        var solver = new Rodas3(Problem.Lumped(1));
        var problem = Problem.Decay();
        Assert.Throws<ArgumentException>(() => solver.Run(problem, [1], 1, 0, Settings));
        Assert.Throws<ArgumentException>(() => solver.Run(problem, [1, 2], 0, 1, Settings));
        Assert.Throws<ArgumentException>(() => solver.Run(Problem.Oscillator(), [1, 2], 0, 1, Settings));
        Assert.Throws<ArgumentException>(() => solver.Run(problem, [1], 0, 1, new(default)));
        Assert.Throws<ArgumentException>(() => solver.Run(problem, [1], 0, 1, Settings, [0.5, 0.2]));
        Assert.Throws<ArgumentException>(() => solver.Run(problem, [1], 0, 1, Settings, [2]));
    }
}
