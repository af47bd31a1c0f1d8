namespace Contracts.Scenarios;

/// <summary>
/// The answer to a <see cref="ScenarioDefinition"/>. Baseline and scenario are paired member by member with the same parameters, so the
/// band of the difference is a band of paired differences. The same definition gives the same result, bit for bit, on any number of
/// workers.
/// </summary>
/// <param name="Definition">The question.</param>
/// <param name="TimesSeconds">Times of all series, s from the start of the run; a single 0 for steady.</param>
/// <param name="Signals">Scalar signals over time.</param>
/// <param name="Profiles">Profiles along the axis at the end of the run.</param>
/// <param name="Kpis">The signals at the end of the run.</param>
/// <param name="Limits">The probability that each limit is violated.</param>
/// <param name="Contributors">Per signal at the end of the run: the parameters that contribute most to the spread of the difference,
/// largest first.</param>
/// <param name="Sweep">Answers over the grid; null without a sweep.</param>
/// <param name="Solved">Inputs that were solved for, e.g. the screw speed for a production rate.</param>
/// <param name="Statistics">Solver statistics.</param>
/// <param name="Provenance">The inputs behind the result.</param>
/// <param name="Assumptions">What the model leaves out.</param>
/// <param name="Warnings">Caveats about this result: no estimate or one that lost the machine, outside the calibrated range, no steady
/// state, members that failed.</param>
/// <param name="Start">The estimate of the machine that all members start from; null: the model's parameters and inputs.</param>
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
    IReadOnlyList<string> Warnings,
    EstimatedStart? Start);

/// <summary>Pointwise quantiles over the members, and the nominal member.</summary>
/// <param name="Nominal">The nominal member: medians of what was learned, otherwise the model's values; one value per time or
/// position.</param>
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

/// <summary>A scalar signal over time.</summary>
/// <param name="Id">Signal id of the asset model.</param>
/// <param name="Name">Display name.</param>
/// <param name="Unit">Unit of all numbers; temperature differences are in K.</param>
/// <param name="Baseline">Result without the interventions.</param>
/// <param name="Scenario">Result with the interventions.</param>
/// <param name="Difference">Scenario minus baseline, member by member.</param>
public sealed record SignalResult(string Id, string Name, string Unit, BandSeries Baseline, BandSeries Scenario, BandSeries Difference);

/// <summary>Values along the axis at the end of the run.</summary>
/// <param name="Id">Signal id of the asset model.</param>
/// <param name="Name">Display name.</param>
/// <param name="Unit">Unit of all numbers; temperature differences are in K.</param>
/// <param name="PositionsMetre">Centres of the cells, m.</param>
/// <param name="Baseline">Result without the interventions.</param>
/// <param name="Scenario">Result with the interventions.</param>
/// <param name="Difference">Scenario minus baseline, member by member.</param>
public sealed record ProfileResult(
    string Id, string Name, string Unit, IReadOnlyList<double> PositionsMetre, BandSeries Baseline, BandSeries Scenario,
    BandSeries Difference);

/// <summary>Quantiles over the members, and the nominal member.</summary>
/// <param name="Nominal">The nominal member: medians of what was learned, otherwise the model's values.</param>
/// <param name="P5">5 % quantile.</param>
/// <param name="P25">25 % quantile.</param>
/// <param name="P50">Median.</param>
/// <param name="P75">75 % quantile.</param>
/// <param name="P95">95 % quantile.</param>
public sealed record Band(double Nominal, double P5, double P25, double P50, double P75, double P95);

/// <summary>A signal at the end of the run.</summary>
/// <param name="Id">Signal id of the asset model.</param>
/// <param name="Name">Display name.</param>
/// <param name="Unit">Unit of all numbers; temperature differences are in K.</param>
/// <param name="Baseline">Result without the interventions.</param>
/// <param name="Scenario">Result with the interventions.</param>
/// <param name="Difference">Scenario minus baseline, member by member.</param>
public sealed record KpiResult(string Id, string Name, string Unit, Band Baseline, Band Scenario, Band Difference);

/// <summary>A limit of the asset model on a signal.</summary>
/// <param name="Id">Limit id.</param>
/// <param name="Signal">Signal id.</param>
/// <param name="Threshold">Threshold in <paramref name="Unit"/>.</param>
/// <param name="Unit">Unit symbol.</param>
/// <param name="IsAbove">True: violated above the threshold; false: below.</param>
/// <param name="Severity">warning, alarm or critical.</param>
/// <param name="BaselineProbability">Share of members that violate the limit at any time of the run, without the interventions.</param>
/// <param name="ScenarioProbability">The same with the interventions.</param>
public sealed record LimitResult(
    string Id, string Signal, double Threshold, string Unit, bool IsAbove, string Severity, double BaselineProbability,
    double ScenarioProbability);

/// <summary>
/// How much a parameter, or an input that was learned, contributes to the variance of a signal's difference. What several of them share
/// because the estimate knows them only together is divided between them.
/// </summary>
/// <param name="Signal">Signal id.</param>
/// <param name="Parameter"><c>component.parameter</c>, or input id.</param>
/// <param name="First">First-order Sobol index.</param>
/// <param name="Total">Total Sobol index.</param>
/// <param name="Explained">Share of the variance that the estimate explains on held-out members; below 0.8 it is only a hint.</param>
public sealed record ContributorResult(string Signal, string Parameter, double First, double Total, double Explained);

/// <summary>Nominal answers over a grid of inputs.</summary>
/// <param name="Axes">The axes of the question.</param>
/// <param name="Signals">Values per signal, first axis slowest-varying; null where there is no steady state.</param>
public sealed record SweepResult(IReadOnlyList<SweepAxis> Axes, IReadOnlyList<SweepSignal> Signals);

/// <summary>A signal over the grid.</summary>
/// <param name="Id">Signal id of the asset model.</param>
/// <param name="Name">Display name.</param>
/// <param name="Unit">Unit of the values.</param>
/// <param name="Values">One per grid point, first axis slowest-varying; null where there is no steady state.</param>
public sealed record SweepSignal(string Id, string Name, string Unit, IReadOnlyList<double?> Values);

/// <summary>An input that was solved for.</summary>
/// <param name="Input">Input id.</param>
/// <param name="Unit">Unit of the values.</param>
/// <param name="Baseline">Nominal value in the baseline.</param>
/// <param name="Scenario">Band of the value that reaches the target.</param>
public sealed record SolvedInput(string Input, string Unit, double Baseline, Band Scenario);

/// <summary>Solver statistics, summed over members.</summary>
/// <param name="Solver">rodas3, tr-bdf2, or steady for a steady state.</param>
/// <param name="Runs">Number of members that were run, each with baseline and scenario: the nominal one, the ensemble and the points of a
/// sweep.</param>
/// <param name="FailedRuns">Those of them that have no answer and are left out of the result.</param>
/// <param name="Steps">Accepted steps.</param>
/// <param name="Rejected">Steps repeated with a smaller step size.</param>
/// <param name="Derivatives">Evaluations of the right-hand side.</param>
/// <param name="Jacobians">Evaluations of the Jacobian.</param>
/// <param name="Factorisations">LU factorisations.</param>
/// <param name="LargestEnergyError">Largest relative energy imbalance of any run.</param>
public sealed record SolverStatistics(
    string Solver, long Runs, long FailedRuns, long Steps, long Rejected, long Derivatives, long Jacobians, long Factorisations,
    double LargestEnergyError);

/// <summary>The inputs behind a result.</summary>
/// <param name="ModelId">Id of the asset model.</param>
/// <param name="ModelHash">SHA-256 of the model text.</param>
/// <param name="LogPosition">Highest log position that was used.</param>
/// <param name="InputsHash">SHA-256 of the recorded inputs, and the estimate and learned parameters used.</param>
/// <param name="Baseline">Inputs of the baseline at its start, in their units.</param>
/// <param name="Parameters">Parameters of the nominal member, in the units of calculation.</param>
/// <param name="Version">Version of the calculation; changes when the same question would get a different answer.</param>
/// <param name="CalibrationId">The calibration whose parameters were in force; null: the model's own values.</param>
public sealed record Provenance(
    string ModelId, string ModelHash, long LogPosition, string InputsHash, IReadOnlyDictionary<string, double> Baseline,
    IReadOnlyDictionary<string, double> Parameters, int Version, string? CalibrationId);

/// <summary>What was known of the machine at the start, from its physics and its sensors.</summary>
/// <param name="At">Sample time of the estimate; up to an hour before the start of the run.</param>
/// <param name="Sync">Whether the physics followed the machine: in-sync; drifting (sensors differ by more than chance allows); lost (they
/// would even if all deviations were three times as large); unknown (too few observations).</param>
/// <param name="Since">When that began; null for unknown.</param>
/// <param name="Sensor">The sensor that deviates most; null when none does more than chance allows.</param>
/// <param name="Residuals">What sensors showed last, relative to what was predicted; sensors that were not used are absent.</param>
/// <param name="Learned">Parameters, and inputs without a sensor, as learned from the readings.</param>
public sealed record EstimatedStart(
    DateTimeOffset At, string Sync, DateTimeOffset? Since, string? Sensor, IReadOnlyList<StartResidual> Residuals,
    IReadOnlyList<StartValue> Learned);

/// <summary>A sensor compared with its prediction.</summary>
/// <param name="Sensor">Sensor id.</param>
/// <param name="Signal">Signal id.</param>
/// <param name="Unit">Unit of both numbers; temperature differences are in K.</param>
/// <param name="Difference">Measured minus predicted.</param>
/// <param name="StandardDeviation">Predicted standard deviation of the difference.</param>
public sealed record StartResidual(string Sensor, string Signal, string Unit, double Difference, double StandardDeviation);

/// <summary>A parameter or input that was learned.</summary>
/// <param name="Kind">parameter or input.</param>
/// <param name="Id"><c>component.parameter</c>, or input id.</param>
/// <param name="Unit">Unit of all numbers.</param>
/// <param name="P5">5 % quantile.</param>
/// <param name="P50">Median, which is the value of the nominal member.</param>
/// <param name="P95">95 % quantile.</param>
/// <param name="Model">Value in the asset model.</param>
public sealed record StartValue(string Kind, string Id, string Unit, double P5, double P50, double P95, double Model);
