namespace Contracts.Scenarios;

/// <summary>
/// A what-if question: the initial state, the changes, the duration and the number of members. Complete and without defaults, so that the
/// same definition always has the same bytes. Part of the event <c>ScenarioRequested</c> and covered by a scenario's content hash: members
/// may only be added.
/// </summary>
/// <param name="AssetId">The asset.</param>
/// <param name="ValidAt">Start of the run, from the machine's state at this sample time.</param>
/// <param name="KnownAt">Highest log position that is used.</param>
/// <param name="Mode"><c>steady</c> or <c>transient</c>.</param>
/// <param name="HorizonSeconds">Length of a transient run, s; 0 for steady.</param>
/// <param name="Interventions">What the scenario changes relative to the baseline.</param>
/// <param name="EnsembleSize">Members with varied parameters besides the nominal one; 0: only the nominal one.</param>
/// <param name="Sampling"><c>latin-hypercube</c> or <c>sobol</c>.</param>
/// <param name="Seed">Seed of the members' parameters.</param>
/// <param name="Tolerance">Relative tolerance of the integrator.</param>
/// <param name="Solver"><c>rodas3</c> or <c>tr-bdf2</c>.</param>
/// <param name="Cells">Number of cells along the axis.</param>
/// <param name="Sweep">Inputs varied over a grid, at most two; empty for none. Steady only.</param>
public sealed record ScenarioDefinition(
    string AssetId,
    DateTimeOffset ValidAt,
    long KnownAt,
    string Mode,
    double HorizonSeconds,
    IReadOnlyList<Intervention> Interventions,
    int EnsembleSize,
    string Sampling,
    ulong Seed,
    double Tolerance,
    string Solver,
    int Cells,
    IReadOnlyList<SweepAxis> Sweep);

/// <summary>A change of an input, a target (such as the production rate) or a parameter.</summary>
/// <param name="Target">Input id, target id, or <c>component.parameter</c>.</param>
/// <param name="Kind"><c>set</c>: to the value; <c>scale</c>: times the value; <c>offset</c>: plus the value (temperature differences in
/// K).</param>
/// <param name="Value">Value in <paramref name="Unit"/>; a factor for scale.</param>
/// <param name="Unit">Unit symbol; empty: the target's unit, or none for scale.</param>
/// <param name="FromSeconds">When the change begins, s after the start of the run.</param>
/// <param name="RampSeconds">0: a step; otherwise the seconds over which the input changes linearly.</param>
/// <param name="ForSeconds">0: until the end of the run; otherwise the duration in seconds, then back to the baseline.</param>
public sealed record Intervention(
    string Target, string Kind, double Value, string Unit, double FromSeconds, double RampSeconds, double ForSeconds);

/// <summary>The values of one swept input.</summary>
/// <param name="Target">Input id or target id.</param>
/// <param name="Values">Values in <paramref name="Unit"/>; at most 50.</param>
/// <param name="Unit">Unit symbol; empty: the target's unit.</param>
public sealed record SweepAxis(string Target, IReadOnlyList<double> Values, string Unit);
