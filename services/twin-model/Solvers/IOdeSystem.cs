namespace TwinModel.Solvers;

/// <summary>
/// Where the Jacobian of a system may be non-zero: unknowns <c>[banded states | border states | auxiliaries]</c>. The rows and columns of
/// the banded states form a band; those of the rest are the border. An auxiliary <c>w = g(x, w)</c> is an intermediate value that whole
/// fields depend on (e.g. a mass flow); as an unknown of its own it costs one border column instead of a dense block.
/// </summary>
/// <param name="Banded">Number of banded states.</param>
/// <param name="Lower">Sub-diagonals of the band.</param>
/// <param name="Upper">Super-diagonals of the band.</param>
/// <param name="Border">Number of border states.</param>
/// <param name="Auxiliaries">Number of auxiliaries.</param>
public sealed record BorderedShape(int Banded, int Lower, int Upper, int Border, int Auxiliaries)
{
    /// <summary>Number of states, banded and border.</summary>
    public int States => Banded + Border;

    /// <summary>Number of unknowns of the linear systems: states and auxiliaries.</summary>
    public int Unknowns => States + Auxiliaries;
}

/// <summary>An initial value problem <c>x' = f(t, x)</c>, SI units. Instances hold work space and belong to one thread at a time.</summary>
public interface IOdeSystem
{
    /// <summary>Layout of states and Jacobian.</summary>
    BorderedShape Shape { get; }

    /// <summary>A typical size of each state: the absolute tolerance is the relative tolerance times this.</summary>
    ReadOnlySpan<double> Typical { get; }

    /// <summary>False when <c>f</c> depends on <c>t</c> between the events of a run.</summary>
    bool IsAutonomous { get; }

    /// <summary>Name of a state, for messages, e.g. <c>barrel.temperature[17]</c>.</summary>
    string NameOf(int state);

    /// <summary>Writes <c>f(t, x)</c> into <paramref name="derivative"/>; both have <see cref="BorderedShape.States"/> elements.</summary>
    void Derivative(double time, ReadOnlySpan<double> state, Span<double> derivative);

    /// <summary>
    /// Fills <paramref name="jacobian"/> (cleared by the callee): rows of states hold the partial derivatives of <c>f</c>, rows of
    /// auxiliaries those of <c>g</c>, with states and auxiliaries as independent unknowns.
    /// </summary>
    void Jacobian(double time, ReadOnlySpan<double> state, BorderedMatrix jacobian);
}
