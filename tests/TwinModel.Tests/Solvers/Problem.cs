using TwinModel.Solvers;

namespace TwinModel.Tests.Solvers;

delegate void Rates(double time, ReadOnlySpan<double> state, Span<double> derivative);

delegate void Partials(double time, ReadOnlySpan<double> state, BorderedMatrix jacobian);

/// <summary>A problem given by hand-written functions.</summary>
sealed class Problem(BorderedShape shape, Rates rates, Partials partials, bool autonomous = true, double typical = 1) : IOdeSystem
{
    readonly double[] sizes = Enumerable.Repeat(typical, shape.States).ToArray();

    public BorderedShape Shape => shape;
    public ReadOnlySpan<double> Typical => sizes;
    public bool IsAutonomous => autonomous;
    public string NameOf(int state) => $"x[{state}]";
    public void Derivative(double time, ReadOnlySpan<double> state, Span<double> derivative) => rates(time, state, derivative);

    public void Jacobian(double time, ReadOnlySpan<double> state, BorderedMatrix jacobian)
    {
        jacobian.Clear();
        partials(time, state, jacobian);
    }

    public static BorderedShape Lumped(int states) => new(0, 0, 0, states, 0);

    public static Problem Decay(double rate = 1) => new(Lumped(1), (_, x, f) => f[0] = -rate * x[0], (_, _, j) => j.Set(0, 0, -rate));

    public static Problem Oscillator() => new(
        Lumped(2), (_, x, f) => (f[0], f[1]) = (x[1], -x[0]), (_, _, j) =>
        {
            j.Set(0, 1, 1);
            j.Set(1, 0, -1);
        });

    /// <summary>Solution (sin t, cos t) e^(-t/2) + (0, t^2), with a time-dependent coupling.</summary>
    public static Problem Driven() => new(
        Lumped(2),
        (t, x, f) =>
        {
            var (a, b) = Driven(t);
            var (da, db) = (b - t * t - a / 2, -a - (b - t * t) / 2 + 2 * t);
            f[0] = da - 2 * (x[0] - a) + Math.Sin(t) * (x[1] - b);
            f[1] = db - (x[1] - b) - Math.Cos(t) * (x[0] - a);
        },
        (t, _, j) =>
        {
            j.Set(0, 0, -2);
            j.Set(0, 1, Math.Sin(t));
            j.Set(1, 0, -Math.Cos(t));
            j.Set(1, 1, -1);
        },
        autonomous: false);

    public static (double, double) Driven(double t) => (Math.Sin(t) * Math.Exp(-t / 2), Math.Cos(t) * Math.Exp(-t / 2) + t * t);

    /// <summary>Solution (1 + 2t)^(-1/2). Cubic, because RODAS3 would integrate a square without any error.</summary>
    public static Problem Cubic() => new(Lumped(1), (_, x, f) => f[0] = -x[0] * x[0] * x[0], (_, x, j) => j.Set(0, 0, -3 * x[0] * x[0]));

    /// <summary>Van der Pol's oscillator in slow time, stiffness 1e6 (mu = 1000).</summary>
    public static Problem VanDerPol() => new(
        Lumped(2), (_, x, f) => (f[0], f[1]) = (x[1], ((1 - x[0] * x[0]) * x[1] - x[0]) * 1e6), (_, x, j) =>
        {
            j.Set(0, 1, 1);
            j.Set(1, 0, (-2 * x[0] * x[1] - 1) * 1e6);
            j.Set(1, 1, (1 - x[0] * x[0]) * 1e6);
        });
}

static class Entries
{
    public static void Set(this BorderedMatrix matrix, int row, int column, double value) =>
        matrix.Values[matrix.Slot(row, column)] = value;
}

static class Solves
{
    public static OdeStatistics Run(
        this IOdeSolver solver, IOdeSystem system, double[] state, double start, double end, OdeSettings settings,
        double[]? times = null, OdeOutput? output = null) =>
        solver.Integrate(system, state, start, end, settings, times, output, TestContext.Current.CancellationToken);
}
