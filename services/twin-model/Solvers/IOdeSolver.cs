namespace TwinModel.Solvers;

/// <summary>Called at output times, in order.</summary>
/// <param name="index">Index into the output times.</param>
/// <param name="time">The output time, s.</param>
/// <param name="state">The states at that time; valid during the call only.</param>
public delegate void OdeOutput(int index, double time, ReadOnlySpan<double> state);

/// <summary>Called after each accepted step: for progress, and for quadratures alongside the run.</summary>
/// <param name="time">End of the step, s.</param>
/// <param name="state">The states at that time; valid during the call only.</param>
public delegate void OdeStep(double time, ReadOnlySpan<double> state);

/// <summary>
/// Limit on the error of one step: the RMS over all states of <c>error / (Relative (AbsoluteScale Typical + |x|))</c> is at most 1.
/// </summary>
/// <param name="Relative">Relative tolerance, above 1e-14.</param>
/// <param name="AbsoluteScale">Factor on the typical sizes of the states.</param>
public readonly record struct Tolerance(double Relative, double AbsoluteScale = 1);

/// <summary>Settings of a run.</summary>
/// <param name="Tolerance">Limit on the error of one step.</param>
public sealed record OdeSettings(Tolerance Tolerance)
{
    /// <summary>
    /// First step, s; 0 lets the solver choose. After an event, the previous run's <see cref="OdeStatistics.NextStep"/> is usually too
    /// large.
    /// </summary>
    public double InitialStep { get; init; }

    /// <summary>Largest step, s.</summary>
    public double LargestStep { get; init; } = double.PositiveInfinity;

    /// <summary>Maximum number of attempted steps, including rejected ones.</summary>
    public int MaxSteps { get; init; } = 100_000;

    /// <summary>Called after each accepted step, if given.</summary>
    public OdeStep? OnStep { get; init; }
}

/// <summary>
/// Integrates initial value problems of one shape. An instance owns its work space, allocates nothing while stepping, belongs to one thread
/// at a time and may be used for any number of runs; the result of a run does not depend on previous ones.
/// </summary>
public interface IOdeSolver
{
    /// <summary>Name for messages and provenance.</summary>
    string Name { get; }

    /// <summary>Classical order of convergence of the result.</summary>
    int Order { get; }

    /// <summary>The shape of the problems it can integrate.</summary>
    BorderedShape Shape { get; }

    /// <summary>
    /// Integrates from <paramref name="start"/> to exactly <paramref name="end"/>. The right-hand side must be smooth in between: stop at
    /// events and call again. Steps do not depend on the output times; states at output times within a step are interpolated.
    /// </summary>
    /// <param name="system">The problem.</param>
    /// <param name="state">In: states at start, out: states at end; after an exception, those of the last accepted step.</param>
    /// <param name="start">Start, s.</param>
    /// <param name="end">End, s, not before start.</param>
    /// <param name="settings">Tolerance and limits.</param>
    /// <param name="outputTimes">Ascending times from start to end.</param>
    /// <param name="output">Receives the states at the output times.</param>
    /// <param name="cancellationToken">Honoured between steps.</param>
    /// <returns>Statistics of the run; wall time is left to the caller.</returns>
    /// <exception cref="SolverException">The run cannot continue; names the time and the state that caused it.</exception>
    OdeStatistics Integrate(
        IOdeSystem system, Span<double> state, double start, double end, OdeSettings settings,
        ReadOnlySpan<double> outputTimes = default, OdeOutput? output = null, CancellationToken cancellationToken = default);
}
