namespace TwinModel.Solvers;

/// <summary>Common part of one-step methods: the loop from start to end, step sizes, outputs, limits and failures.</summary>
public abstract class OneStepSolver : IOdeSolver
{
    readonly int n;
    int steps, rejected, failedState;
    SolverFailure failure;

    /// <summary>Reserves the work space for problems of one shape.</summary>
    private protected OneStepSolver(BorderedShape shape)
    {
        Shape = shape;
        n = shape.States;
        (Matrix, Lu) = (new(shape), new(shape));
        (Current, Next, Slope, NextSlope, Error, Interpolated) =
            (new double[n], new double[n], new double[n], new double[n], new double[n], new double[n]);
    }

    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public abstract int Order { get; }

    /// <inheritdoc/>
    public BorderedShape Shape { get; }

    private protected IOdeSystem System { get; private set; } = null!;
    private protected Tolerance Tolerance { get; private set; }
    private protected BorderedMatrix Matrix { get; }
    private protected BorderedLu Lu { get; }
    private protected double[] Current { get; private set; }
    private protected double[] Next { get; private set; }
    private protected double[] Slope { get; private set; }
    private protected double[] NextSlope { get; private set; }
    private protected double[] Error { get; }
    private protected double[] Interpolated { get; }
    private protected int Derivatives { get; set; }
    private protected int Jacobians { get; set; }
    private protected int Factorisations { get; set; }
    private protected int NewtonIterations { get; set; }

    /// <summary>Resets the state of earlier runs; <see cref="Current"/> and <see cref="Slope"/> are already set.</summary>
    private protected abstract void Begin();

    /// <summary>
    /// Tries a step from <see cref="Current"/>: sets <see cref="Next"/>, <see cref="NextSlope"/> and <see cref="Error"/>.
    /// </summary>
    /// <returns>The norm of the error, accepted up to 1; the value of <see cref="Fail"/> when the step has no result.</returns>
    private protected abstract double Try(double time, double step, double next);

    /// <summary>The step size after a step with this error, before limits.</summary>
    private protected abstract double Adapted(double step, double error);

    /// <summary>
    /// Writes the state at the fraction <paramref name="theta"/> of the step just accepted into <see cref="Interpolated"/>.
    /// </summary>
    private protected abstract void Interpolate(double theta, double step, double next, bool first);

    /// <inheritdoc/>
    public OdeStatistics Integrate(
        IOdeSystem system, Span<double> state, double start, double end, OdeSettings settings,
        ReadOnlySpan<double> outputTimes = default, OdeOutput? output = null, CancellationToken cancellationToken = default)
    {
        OdeArguments.Check(Shape, system, state, start, end, settings, outputTimes);
        (System, Tolerance, steps, rejected) = (system, settings.Tolerance, 0, 0);
        (Derivatives, Jacobians, Factorisations, NewtonIterations) = (0, 0, 0, 0);
        state.CopyTo(Current);
        Array.Clear(Error);
        Evaluate(start, Current, Slope);
        var bad = Vectors.NotFinite(Current);
        if (bad < 0) bad = Vectors.NotFinite(Slope);
        if (bad >= 0) throw Stopped(SolverFailure.NotFinite, start, bad, Current, "the initial state or its derivative is not finite.");
        Begin();
        var emitted = 0;
        for (; emitted < outputTimes.Length && outputTimes[emitted] == start; emitted++) output?.Invoke(emitted, start, state);

        var (time, smallest, largest) = (start, double.PositiveInfinity, 0.0);
        var retried = false;
        var step = settings.InitialStep > 0 ? settings.InitialStep : FirstStep(start, end);
        while (time < end)
        {
            cancellationToken.ThrowIfCancellationRequested();
            step = Math.Min(step, settings.LargestStep);
            var (used, next) = Landing(time, step, end);
            if (steps + rejected >= settings.MaxSteps)
            {
                var worst = Vectors.Worst(Error, system.Typical, Current);
                throw Stopped(SolverFailure.TooManySteps, time, worst, Current, $"the limit of {settings.MaxSteps} steps is reached.");
            }
            var error = Try(time, used, next);
            if (!(error <= 1))
            {
                (rejected, retried) = (rejected + 1, true);
                if (double.IsFinite(error))
                    (failure, failedState) = (SolverFailure.StepTooSmall, Vectors.Worst(Error, system.Typical, Current));
                step = double.IsFinite(error) ? Math.Min(Adapted(used, error), 0.9 * used) : used / 4;
                // The smallest step is a few units in the last place of the time; near zero, a tiny fraction of the span.
                if (step < Math.Max(16 * (Math.BitIncrement(Math.Abs(time)) - Math.Abs(time)), 1e-24 * (end - start))) throw GaveUp(time);
                continue;
            }
            steps++;
            (smallest, largest) = (Math.Min(smallest, used), Math.Max(largest, used));
            var suggested = Adapted(used, error);
            // A step shortened a lot to land on the end says nothing about longer ones, and after a rejection the step should not grow at
            // once.
            if (used > 0.2 * step) step = retried ? Math.Min(suggested, used) : suggested;
            retried = false;
            for (var first = true; emitted < outputTimes.Length && outputTimes[emitted] < next; emitted++, first = false)
            {
                Interpolate((outputTimes[emitted] - time) / used, used, next, first);
                output?.Invoke(emitted, outputTimes[emitted], Interpolated);
            }
            (Current, Next, Slope, NextSlope) = (Next, Current, NextSlope, Slope);
            time = next;
            Current.CopyTo(state);
            for (; emitted < outputTimes.Length && outputTimes[emitted] == time; emitted++) output?.Invoke(emitted, time, state);
            settings.OnStep?.Invoke(time, state);
        }
        return new(steps, rejected, Derivatives, Jacobians, Factorisations, NewtonIterations, steps == 0 ? 0 : smallest, largest, step);
    }

    private protected void Evaluate(double time, ReadOnlySpan<double> at, Span<double> derivative)
    {
        System.Derivative(time, at, derivative);
        Derivatives++;
    }

    private protected void EvaluateJacobian(double time, ReadOnlySpan<double> at)
    {
        System.Jacobian(time, at, Matrix);
        Jacobians++;
    }

    private protected bool Factor(double shift)
    {
        Factorisations++;
        if (Lu.TryFactor(Matrix, shift, out var unknown)) return true;
        // An auxiliary has no name; report state 0.
        Fail(SolverFailure.Singular, unknown < n ? unknown : 0);
        return false;
    }

    /// <summary>Records why a step has no result.</summary>
    private protected double Fail(SolverFailure reason, int state)
    {
        (failure, failedState) = (reason, state);
        return double.PositiveInfinity;
    }

    /// <summary>Cubic Hermite interpolation over the step just accepted.</summary>
    private protected void Hermite(double theta, double step, ReadOnlySpan<double> slope, ReadOnlySpan<double> nextSlope)
    {
        var (a, b) = (theta * (1 - theta) * (1 - theta) * step, theta * theta * (theta - 1) * step);
        var weight = theta * theta * (3 - 2 * theta);
        for (var i = 0; i < n; i++) Interpolated[i] = Current[i] + weight * (Next[i] - Current[i]) + a * slope[i] + b * nextSlope[i];
    }

    static (double Used, double Next) Landing(double time, double step, double end)
    {
        var remaining = end - time;
        if (step >= remaining * (1 - 1e-10)) return (remaining, end);
        // Two equal steps instead of a full one and a sliver.
        var used = step > remaining / 2 ? remaining / 2 : step;
        return (used, time + used);
    }

    // Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, II.4; at rest, the span is the only time scale.
    double FirstStep(double start, double end)
    {
        var typical = System.Typical;
        var span = end - start;
        var speed = Vectors.Norm(Slope, typical, Current, Current, Tolerance);
        if (speed * span < 1e-5) return span;
        var trial = Math.Min(0.01 / (speed * Tolerance.Relative), span);
        for (var i = 0; i < n; i++) Next[i] = Current[i] + trial * Slope[i];
        Evaluate(start + trial, Next, NextSlope);
        for (var i = 0; i < n; i++) NextSlope[i] -= Slope[i];
        var bend = Vectors.Norm(NextSlope, typical, Current, Current, Tolerance) / trial;
        var step = Math.Pow(0.01 / Math.Max(speed, bend), 1.0 / (Order + 1));
        return double.IsFinite(step) ? Math.Min(Math.Min(100 * trial, step), span) : Math.Min(trial * 1e-3, span);
    }

    SolverException GaveUp(double time) => Stopped(failure, time, failedState, Current, failure switch
    {
        SolverFailure.NotFinite => "the next state or its derivative is not finite for any step size.",
        SolverFailure.NewtonDiverged => "Newton's iteration does not converge for any step size.",
        SolverFailure.Singular => "the linear system is singular or not finite for any step size.",
        _ => "the error is too large for any step size.",
    });

    SolverException Stopped(SolverFailure reason, double time, int state, ReadOnlySpan<double> values, string detail) =>
        new(Name, reason, time, System.NameOf(state), values[state], detail);
}
