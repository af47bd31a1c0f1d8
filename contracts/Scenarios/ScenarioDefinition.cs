namespace Contracts.Scenarios;

/// <summary>
/// A what-if: from which state, what changes, for how long, with how many members. Complete and without defaults, so that the same
/// definition means the same bytes. Part of the event <c>ScenarioRequested</c> and of what a scenario's content hash covers: members are
/// only ever added.
/// </summary>
/// <param name="AssetId">The asset.</param>
/// <param name="ValidAt">Start of the run: the machine's state at this sample time.</param>
/// <param name="KnownAt">Log position: what was recorded later is not used.</param>
/// <param name="Mode"><c>steady</c> or <c>transient</c>.</param>
/// <param name="HorizonSeconds">Length of a transient run; 0 for steady.</param>
/// <param name="Interventions">What the scenario changes against the baseline.</param>
/// <param name="EnsembleSize">Members with different parameters besides the nominal one; 0: only the nominal one.</param>
/// <param name="Sampling"><c>latin-hypercube</c> or <c>sobol</c>.</param>
/// <param name="Seed">Decides the members.</param>
/// <param name="Tolerance">Relative tolerance of the integrator.</param>
/// <param name="Solver"><c>rodas3</c> or <c>tr-bdf2</c>.</param>
/// <param name="Cells">Cells of the axis.</param>
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
/// <param name="Kind"><c>set</c>: to the value; <c>scale</c>: times the value; <c>offset</c>: plus the value (differences of temperatures
/// in K).</param>
/// <param name="Value">In <paramref name="Unit"/>; a factor for scale.</param>
/// <param name="Unit">Symbol; empty: the unit of the target, or none for scale.</param>
/// <param name="FromSeconds">Start of the change after the start of the run.</param>
/// <param name="RampSeconds">0: a step; else the time over which an input moves linearly.</param>
/// <param name="ForSeconds">0: to the end of the run; else for how long, then back to the baseline.</param>
public sealed record Intervention(
    string Target, string Kind, double Value, string Unit, double FromSeconds, double RampSeconds, double ForSeconds);

/// <summary>Values of one input of a sweep.</summary>
/// <param name="Target">Input id or target id.</param>
/// <param name="Values">In <paramref name="Unit"/>; at most 50.</param>
/// <param name="Unit">Symbol; empty: the unit of the target.</param>
public sealed record SweepAxis(string Target, IReadOnlyList<double> Values, string Unit);
