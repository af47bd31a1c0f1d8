namespace TwinModel.Solvers;

/// <summary>Why a solver gave up.</summary>
public enum SolverFailure
{
    /// <summary>A state or derivative is NaN or infinite.</summary>
    NotFinite,

    /// <summary>The error is still too large at the smallest possible step.</summary>
    StepTooSmall,

    /// <summary>Newton's iteration does not converge even at the smallest possible step.</summary>
    NewtonDiverged,

    /// <summary>The linear system has no solution.</summary>
    Singular,

    /// <summary>The limit on the number of steps was reached.</summary>
    TooManySteps,

    /// <summary>No steady state was found within the limit on iterations.</summary>
    NotSteady,
}

/// <summary>A solver cannot continue.</summary>
public sealed class SolverException : Exception
{
    internal SolverException(string solver, SolverFailure failure, double time, string state, double value, string detail)
        : base(FormattableString.Invariant($"{solver} stopped at t = {time:R} s: {detail} State {state} = {value:R}."))
    {
        (Solver, Failure, Time, State, Value) = (solver, failure, time, state, value);
    }

    /// <summary>Name of the solver.</summary>
    public string Solver { get; }

    /// <summary>Why it gave up.</summary>
    public SolverFailure Failure { get; }

    /// <summary>Time at which it gave up, s; 0 for steady states of autonomous problems.</summary>
    public double Time { get; }

    /// <summary>The state that stands out: not finite, or the one with the largest scaled error.</summary>
    public string State { get; }

    /// <summary>Its value, SI.</summary>
    public double Value { get; }
}
