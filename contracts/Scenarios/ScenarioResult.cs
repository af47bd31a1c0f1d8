namespace Contracts.Scenarios;

/// <summary>
/// The answer to a <see cref="ScenarioDefinition"/>: baseline and scenario member by member with the same parameters, so the band of the
/// difference is that of the difference. The same definition gives the same result, bit for bit, on any number of workers.
/// </summary>
/// <param name="Definition">What was asked.</param>
/// <param name="TimesSeconds">Times of all series, from the start of the run; a single 0 for steady.</param>
/// <param name="Signals">Courses of single values.</param>
/// <param name="Profiles">Courses along the axis at the end of the run.</param>
/// <param name="Kpis">The signals at the end of the run.</param>
/// <param name="Limits">How likely each limit is exceeded.</param>
/// <param name="Contributors">Per signal at the end: which parameters make the band of the difference, largest first.</param>
/// <param name="Sweep">Answers over the grid; null without a sweep.</param>
/// <param name="Solved">Inputs that were solved for, e.g. the screw speed for a production rate.</param>
/// <param name="Statistics">What the solvers did.</param>
/// <param name="Provenance">What the result rests on.</param>
/// <param name="Assumptions">What the model leaves out.</param>
/// <param name="Warnings">What the reader must know about this result: outside the calibrated range, no steady state, members that
/// failed.</param>
public sealed record ScenarioResult(
    ScenarioDefinition Definition,
    IReadOnlyList<double> TimesSeconds,
    IReadOnlyList<SignalResult> Signals,
    IReadOnlyList<ProfileResult> Profiles,
    IReadOnlyList<KpiResult> Kpis,
    IReadOnlyList<LimitResult> Limits,
    IReadOnlyList<ContributorResult> Contributors,
    SweepResult? Sweep,
    IReadOnlyList<SolvedInput> Solved,
    SolverStatistics Statistics,
    Provenance Provenance,
    IReadOnlyList<string> Assumptions,
    IReadOnlyList<string> Warnings);

/// <summary>Quantiles over the members, point by point, and the nominal member.</summary>
/// <param name="Nominal">Of the member with the nominal parameters, one value per time or position.</param>
/// <param name="P5">5 % quantiles.</param>
/// <param name="P25">25 % quantiles.</param>
/// <param name="P50">Medians.</param>
/// <param name="P75">75 % quantiles.</param>
/// <param name="P95">95 % quantiles.</param>
public sealed record BandSeries(
    IReadOnlyList<double> Nominal,
    IReadOnlyList<double> P5,
    IReadOnlyList<double> P25,
    IReadOnlyList<double> P50,
    IReadOnlyList<double> P75,
    IReadOnlyList<double> P95);

/// <summary>A single value over time.</summary>
/// <param name="Id">Signal id of the asset model.</param>
/// <param name="Name">For people.</param>
/// <param name="Unit">Of all numbers; the difference of temperatures in K.</param>
/// <param name="Baseline">Without the interventions.</param>
/// <param name="Scenario">With them.</param>
/// <param name="Difference">Scenario minus baseline, member by member.</param>
public sealed record SignalResult(string Id, string Name, string Unit, BandSeries Baseline, BandSeries Scenario, BandSeries Difference);

/// <summary>Values along the axis at the end of the run.</summary>
/// <param name="Id">Signal id of the asset model.</param>
/// <param name="Name">For people.</param>
/// <param name="Unit">Of all numbers; the difference of temperatures in K.</param>
/// <param name="PositionsMetre">Middles of the cells.</param>
/// <param name="Baseline">Without the interventions.</param>
/// <param name="Scenario">With them.</param>
/// <param name="Difference">Scenario minus baseline, member by member.</param>
public sealed record ProfileResult(
    string Id, string Name, string Unit, IReadOnlyList<double> PositionsMetre, BandSeries Baseline, BandSeries Scenario,
    BandSeries Difference);

/// <summary>Quantiles over the members, and the nominal member.</summary>
/// <param name="Nominal">Of the member with the nominal parameters.</param>
/// <param name="P5">5 % quantile.</param>
/// <param name="P25">25 % quantile.</param>
/// <param name="P50">Median.</param>
/// <param name="P75">75 % quantile.</param>
/// <param name="P95">95 % quantile.</param>
public sealed record Band(double Nominal, double P5, double P25, double P50, double P75, double P95);

/// <summary>A signal at the end of the run.</summary>
/// <param name="Id">Signal id of the asset model.</param>
/// <param name="Name">For people.</param>
/// <param name="Unit">Of all numbers; the difference of temperatures in K.</param>
/// <param name="Baseline">Without the interventions.</param>
/// <param name="Scenario">With them.</param>
/// <param name="Difference">Scenario minus baseline, member by member.</param>
public sealed record KpiResult(string Id, string Name, string Unit, Band Baseline, Band Scenario, Band Difference);

/// <summary>A limit of the asset model on a signal.</summary>
/// <param name="Id">Limit id.</param>
/// <param name="Signal">Signal id.</param>
/// <param name="Threshold">In <paramref name="Unit"/>.</param>
/// <param name="Unit">Symbol.</param>
/// <param name="IsAbove">Violated above, else below.</param>
/// <param name="Severity">warning, alarm or critical.</param>
/// <param name="BaselineProbability">Share of members beyond the limit at any time of the run without the interventions.</param>
/// <param name="ScenarioProbability">The same with them.</param>
public sealed record LimitResult(
    string Id, string Signal, double Threshold, string Unit, bool IsAbove, string Severity, double BaselineProbability,
    double ScenarioProbability);

/// <summary>How much of the variance of a signal's difference a parameter makes.</summary>
/// <param name="Signal">Signal id.</param>
/// <param name="Parameter"><c>component.parameter</c>.</param>
/// <param name="First">First-order Sobol index.</param>
/// <param name="Total">Total Sobol index.</param>
/// <param name="Explained">Share of the variance that the estimate explains on members it was not fitted to; below 0.8 it is a hint
/// only.</param>
public sealed record ContributorResult(string Signal, string Parameter, double First, double Total, double Explained);

/// <summary>Nominal answers over a grid of inputs.</summary>
/// <param name="Axes">As asked.</param>
/// <param name="Signals">Values per signal, first axis slowest; null where there is no steady state.</param>
public sealed record SweepResult(IReadOnlyList<SweepAxis> Axes, IReadOnlyList<SweepSignal> Signals);

/// <summary>A signal over the grid.</summary>
/// <param name="Id">Signal id of the asset model.</param>
/// <param name="Name">For people.</param>
/// <param name="Unit">Of the values.</param>
/// <param name="Values">One per point of the grid, first axis slowest; null where there is no steady state.</param>
public sealed record SweepSignal(string Id, string Name, string Unit, IReadOnlyList<double?> Values);

/// <summary>An input that was solved for.</summary>
/// <param name="Input">Input id.</param>
/// <param name="Unit">Of the values.</param>
/// <param name="Baseline">Nominal value before.</param>
/// <param name="Scenario">Bands of the value that reaches the target.</param>
public sealed record SolvedInput(string Input, string Unit, double Baseline, Band Scenario);

/// <summary>What the solvers did, summed over members.</summary>
/// <param name="Solver">rodas3, tr-bdf2, or steady for a steady state.</param>
/// <param name="Runs">Runs of members.</param>
/// <param name="FailedRuns">Runs that ended early; their members are left out.</param>
/// <param name="Steps">Accepted steps.</param>
/// <param name="Rejected">Steps repeated with a smaller width.</param>
/// <param name="Derivatives">Evaluations of the right-hand side.</param>
/// <param name="Jacobians">Evaluations of the Jacobian.</param>
/// <param name="Factorisations">LU factorisations.</param>
/// <param name="LargestEnergyError">Largest energy imbalance of a run, relative.</param>
public sealed record SolverStatistics(
    string Solver, long Runs, long FailedRuns, long Steps, long Rejected, long Derivatives, long Jacobians, long Factorisations,
    double LargestEnergyError);

/// <summary>What a result rests on.</summary>
/// <param name="ModelId">Asset model.</param>
/// <param name="ModelHash">SHA-256 of its text.</param>
/// <param name="LogPosition">Nothing recorded later was used.</param>
/// <param name="InputsHash">SHA-256 of the recorded inputs used.</param>
/// <param name="Baseline">Which inputs the baseline has at its start, in their units.</param>
/// <param name="Parameters">Nominal values in units of calculation.</param>
/// <param name="Version">Version of the calculation: changes when the same question would get another answer.</param>
public sealed record Provenance(
    string ModelId, string ModelHash, long LogPosition, string InputsHash, IReadOnlyDictionary<string, double> Baseline,
    IReadOnlyDictionary<string, double> Parameters, int Version);
