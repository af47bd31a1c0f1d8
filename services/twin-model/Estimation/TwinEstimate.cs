using TwinModel.Twins;

namespace TwinModel.Estimation;

/// <summary>What is known of a machine at the end of a tick, from its physics and its sensors.</summary>
/// <param name="At">End of the tick.</param>
/// <param name="Signals">Signals with one number, those of the physics first; not a number where a calculated one has no value.</param>
/// <param name="Profiles">Signals with one number per cell of the axis.</param>
/// <param name="Learned">Parameters, inputs and biases.</param>
/// <param name="Innovations">What the sensors showed in this tick and what was predicted.</param>
/// <param name="Nis">Normalised innovation squared of this tick; 0 without observations.</param>
/// <param name="DegreesOfFreedom">Number of observations in it.</param>
/// <param name="Sync">Whether the physics follows the machine.</param>
/// <param name="Replaced">Members that the solver could not march in this tick and that were replaced by copies of others.</param>
public sealed record TwinEstimate(
    DateTimeOffset At,
    IReadOnlyList<SignalEstimate> Signals,
    IReadOnlyList<ProfileEstimate> Profiles,
    IReadOnlyList<LearnedEstimate> Learned,
    IReadOnlyList<Innovation> Innovations,
    double Nis,
    int DegreesOfFreedom,
    Sync Sync,
    int Replaced)
{
    /// <summary>The limits on signals.</summary>
    public IReadOnlyList<SignalLimit> Limits { get; init; } = [];
}

/// <summary>A signal that is one number.</summary>
/// <param name="Id">The signal.</param>
/// <param name="Unit">Symbol of its unit.</param>
/// <param name="Value">In that unit.</param>
public sealed record SignalEstimate(string Id, string Unit, Estimate Value);

/// <summary>A signal along the axis.</summary>
/// <param name="Id">The signal.</param>
/// <param name="Unit">Symbol of its unit.</param>
/// <param name="Values">In that unit, cell by cell.</param>
public sealed record ProfileEstimate(string Id, string Unit, IReadOnlyList<Estimate> Values);

/// <summary>A parameter, an input or the bias of a sensor.</summary>
/// <param name="Kind">parameter, input or bias.</param>
/// <param name="Id">Parameter <c>component.name</c>, input, or signal whose sensor has the bias.</param>
/// <param name="Unit">Symbol of its unit.</param>
/// <param name="Value">In that unit.</param>
/// <param name="Remaining">Standard deviation over that of the prior, of the logarithm for a parameter: near 1, the readings say nothing
/// about it; it may exceed 1 when it wanders.</param>
public sealed record LearnedEstimate(string Kind, string Id, string Unit, Estimate Value, double Remaining)
{
    internal const double MostRemaining = 1.0 / 3;

    /// <summary>True when readings have reduced the standard deviation to a third or less. Otherwise they cannot tell it from the other
    /// unknowns.</summary>
    public bool IsIdentified => Remaining <= MostRemaining;
}

/// <summary>Why a sensor did not correct the physics in a tick.</summary>
public enum LeftOut : byte
{
    /// <summary>It did.</summary>
    No = 0,

    /// <summary>It had no reading with a value.</summary>
    Missing = 1,

    /// <summary>It has shown exactly the same value for many ticks.</summary>
    Frozen = 2,
}

/// <summary>What a sensor showed in a tick and what was predicted before it was used, in the signal's unit.</summary>
/// <param name="Sensor">The sensor.</param>
/// <param name="Signal">The signal it observes.</param>
/// <param name="Measured">Mean of its readings; null when it has none.</param>
/// <param name="Predicted">What was predicted for it.</param>
/// <param name="Deviation">Standard deviation of their difference; null when the sensor was left out.</param>
/// <param name="LeftOut">Whether and why the sensor was left out.</param>
public sealed record Innovation(
    string Sensor, string Signal, double? Measured, double Predicted, double? Deviation, LeftOut LeftOut)
{
    /// <summary>Measured minus predicted.</summary>
    public double? Difference => Measured - Predicted;
}

/// <summary>Whether the physics follows the machine.</summary>
/// <param name="State">The judgement.</param>
/// <param name="Since">End of the tick in which it was reached; null before the first.</param>
/// <param name="Sensor">The sensor that deviates most; null when none does more than chance allows.</param>
/// <param name="Cause">What the deviations of the last minutes point to; null when to nothing.</param>
public sealed record Sync(SyncState State, DateTimeOffset? Since, string? Sensor, Cause? Cause = null);

/// <summary>Where a deviation comes from.</summary>
public enum CauseKind : byte
{
    /// <summary>A sensor shows something else than there is.</summary>
    Sensor = 0,

    /// <summary>An actuator does not do what its controller asks.</summary>
    Actuator = 1,

    /// <summary>The process or its material has changed.</summary>
    Process = 2,
}

/// <summary>What deviations point to.</summary>
/// <param name="Kind">Where they come from.</param>
/// <param name="Sensor">The sensor that is wrong, or measures what the actuator acts on, or deviates most.</param>
/// <param name="Evidence">The sensors whose deviations say so, largest first.</param>
public sealed record Cause(CauseKind Kind, string Sensor, IReadOnlyList<Deviation> Evidence);

/// <summary>How far a sensor has deviated to one side.</summary>
/// <param name="Sensor">The sensor.</param>
/// <param name="Score">Sum of its normalised innovations over the root of their number: beyond 3.5 by chance once in 2 000 times.</param>
public sealed record Deviation(string Sensor, double Score);

/// <summary>A member of the ensemble: one way in which the machine may be, given all readings.</summary>
/// <param name="State">Physical states, in the order of the equations with the estimation's number of cells.</param>
/// <param name="Parameters">All parameters, in units of calculation.</param>
/// <param name="Inputs">All inputs, in units of calculation.</param>
public sealed record EnsembleMember(double[] State, double[] Parameters, double[] Inputs);
