using System.Globalization;

namespace TwinModel.Solvers;

/// <summary>Statistics and accuracy of a steady solution.</summary>
/// <param name="Iterations">Steps in pseudo-time, including rejected ones.</param>
/// <param name="Derivatives">Evaluations of the right-hand side.</param>
/// <param name="Jacobians">Evaluations of the Jacobian.</param>
/// <param name="Factorisations">LU factorisations.</param>
/// <param name="Residual">RMS of derivative over typical size, 1/s.</param>
/// <param name="LastStep">RMS of the last change over typical size.</param>
public readonly record struct SteadyStatistics(
    int Iterations, int Derivatives, int Jacobians, int Factorisations, double Residual, double LastStep);

/// <summary>
/// Finds the steady state: pseudo-transient continuation <c>(I/dt - J) dx = f</c> that turns into Newton's method as dt grows while the
/// residual falls (switched evolution relaxation). C. T. Kelley and D. E. Keyes, SIAM J. Numer. Anal. 35 (1998) 508,
/// doi:10.1137/S0036142996304796.
/// </summary>
/// <remarks>Owns its work space for one shape; one thread at a time; allocates nothing.</remarks>
public sealed class SteadySolver(BorderedShape shape)
{
    // Largest step, in typical sizes, for which the linearisation is trusted.
    const double LargestChange = 5;
    const double Converged = 1e-10, NewtonStep = 1e6, LargestPseudoStep = 1e12;

    readonly BorderedMatrix matrix = new(shape);
    readonly BorderedLu lu = new(shape);
    readonly double[] derivative = new double[shape.States], change = new double[shape.States];
    readonly double[] trial = new double[shape.States], trialDerivative = new double[shape.States];

    /// <summary>Name for messages and provenance.</summary>
    public string Name => "steady solver";

    /// <summary>The shape of the problems it can solve.</summary>
    public BorderedShape Shape => shape;

    /// <summary>Moves a state to the nearby steady state.</summary>
    /// <param name="system">The problem; its inputs are those at <paramref name="time"/>.</param>
    /// <param name="state">In: guess, out: steady state; after an exception the last iterate.</param>
    /// <param name="time">Time at which the problem's inputs are frozen, s.</param>
    /// <param name="maxIterations">Limit on steps in pseudo-time.</param>
    /// <param name="cancellationToken">Honoured between steps.</param>
    /// <exception cref="SolverException">None was found within the limit; names the state with the largest scaled residual.</exception>
    public SteadyStatistics Solve(
        IOdeSystem system, Span<double> state, double time = 0, int maxIterations = 400, CancellationToken cancellationToken = default)
    {
        OdeArguments.Check(shape, system, state);
        var typical = system.Typical;
        var n = shape.States;
        var (derivatives, jacobians, factorisations) = (1, 0, 0);
        system.Derivative(time, state, derivative);
        var bad = Math.Max(Vectors.NotFinite(state), Vectors.NotFinite(derivative));
        if (bad >= 0)
            throw new SolverException(
                Name, SolverFailure.NotFinite, time, system.NameOf(bad), state[bad], "the guess or its derivative is not finite.");
        var (residual, pseudoStep, last, linearised, singular) = (
            Vectors.Norm(derivative, typical), 1.0, double.PositiveInfinity, false, -1);
        var roundOff = 0.0;
        for (var iteration = 1; iteration <= maxIterations; iteration++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!linearised)
            {
                system.Jacobian(time, state, matrix);
                (jacobians, linearised) = (jacobians + 1, true);
                roundOff = matrix.RoundOff(state, typical);
                // The residual is at round-off level; one Newton step is left.
                if (residual <= 100 * roundOff) pseudoStep = LargestPseudoStep;
            }
            factorisations++;
            if (!lu.TryFactor(matrix, 1 / pseudoStep, out singular))
            {
                pseudoStep *= 0.1;
                continue;
            }
            derivative.CopyTo(change.AsSpan());
            lu.Solve(change);
            var largest = 0.0;
            for (var i = 0; i < n; i++) largest = Math.Max(largest, Math.Abs(change[i] / typical[i]));
            var part = largest > LargestChange ? LargestChange / largest : 1;
            for (var i = 0; i < n; i++) trial[i] = state[i] + part * change[i];
            system.Derivative(time, trial, trialDerivative);
            derivatives++;
            var reached = Vectors.Norm(trialDerivative, typical);
            if (!double.IsFinite(reached))
            {
                pseudoStep *= 0.1;
                continue;
            }
            trial.CopyTo(state);
            trialDerivative.CopyTo(derivative.AsSpan());
            last = part * Vectors.Norm(change, typical);
            var usedStep = pseudoStep;
            pseudoStep = Math.Min(pseudoStep * Math.Max(0.5, Math.Min(20, reached > 0 ? 1.5 * residual / reached : 20)), LargestPseudoStep);
            (residual, linearised) = (reached, false);
            // Newton's method ends when it stops moving, or when the residual is at round-off level and cannot improve.
            if (usedStep == LargestPseudoStep && (last < Converged || residual <= 4 * roundOff))
                return new(iteration, derivatives, jacobians, factorisations, residual, last);
            // Pseudo-time has stalled; a slow component may still be far from steady, which Newton's method resolves at once.
            if (last < Converged && pseudoStep > NewtonStep) pseudoStep = LargestPseudoStep;
        }
        if (singular >= 0 && singular < n)
            throw new SolverException(
                Name, SolverFailure.Singular, time, system.NameOf(singular), state[singular], "the linear system is singular.");
        var worst = 0;
        for (var i = 1; i < n; i++) if (Math.Abs(derivative[i] / typical[i]) > Math.Abs(derivative[worst] / typical[worst])) worst = i;
        throw new SolverException(Name, SolverFailure.NotSteady, time, system.NameOf(worst), state[worst], string.Create(
            CultureInfo.InvariantCulture,
            $"no steady state in {maxIterations} iterations, residual {residual:E2} 1/s; "
                + $"the largest part is {derivative[worst]:E2} per second."));
    }
}
