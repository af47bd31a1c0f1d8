namespace TwinModel.Assets;

/// <summary>How the physics is kept in step with the sensors: the section <c>estimation</c> of an asset model.</summary>
/// <param name="Tick">Time between two corrections.</param>
/// <param name="Cells">Number of cells along the axis.</param>
/// <param name="Ensemble">Number of members.</param>
/// <param name="Seed">Seed of all random numbers.</param>
/// <param name="Inflation">Share of the spread removed by a correction that is given back, from 0 to below 1.</param>
/// <param name="Parameters">Parameters that are learned.</param>
/// <param name="Inputs">Inputs without a sensor that are learned.</param>
/// <param name="Sensors">What corrects the physics.</param>
public sealed record EstimationSettings(
    TimeSpan Tick,
    int Cells,
    int Ensemble,
    ulong Seed,
    double Inflation,
    IReadOnlyList<WanderingParameter> Parameters,
    IReadOnlyList<WanderingInput> Inputs,
    IReadOnlyList<CorrectingSensor> Sensors)
{
    /// <summary>
    /// Length of the parts over which calibrations compare the means of readings and physics. Less than the fastest time constant that they
    /// are to learn; parts shorter than five minutes count as on the way, whatever they look like.
    /// </summary>
    public TimeSpan CalibrationBlock { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Shortest window of a calibration: twenty parts, and not more than 20 min.</summary>
    public TimeSpan ShortestCalibration => TimeSpan.FromTicks(Math.Min(TimeSpan.FromMinutes(20).Ticks, 20 * CalibrationBlock.Ticks));

    /// <summary>In parts so short that no trend is told from noise, nothing counts as steady.</summary>
    internal bool IsCalibratedOnTheWay => CalibrationBlock < TimeSpan.FromMinutes(5);

    /// <summary>How signals are calculated for a model whose physics is not corrected.</summary>
    internal static EstimationSettings WithoutPhysics { get; } = new(TimeSpan.FromSeconds(10), 3, 50, 1, 0, [], [], []);

    /// <summary>Standard deviation of what the physics leaves out of a forecast of a signal, in the signal's unit; 0 for a signal that no
    /// sensor corrects, as nothing is known of it.</summary>
    public double DiscrepancyOf(string signal) =>
        Sensors.FirstOrDefault(s => s.Signal == signal) is { } sensor ? sensor.Discrepancy ?? sensor.Deviation : 0;

    /// <summary>
    /// Standard deviation of what the physics leaves out of the change of a signal, in the signal's unit: a share of the change, and a part
    /// that does not depend on it once the machine as a whole has moved by more than the discrepancy of any signal. 0 where nothing moves,
    /// and for a signal of which nothing is declared.
    /// </summary>
    /// <param name="signal">The signal.</param>
    /// <param name="change">The change of any signal, in its unit.</param>
    public double ChangeDiscrepancyOf(string signal, Func<string, double> change)
    {
        if (Sensors.FirstOrDefault(s => s.Signal == signal)?.Change is not { } declared) return 0;
        var moved = Sensors.Max(s => Math.Abs(change(s.Signal)) / DiscrepancyOf(s.Signal));
        var (own, other) = (declared.Share * change(signal), declared.Deviation * Math.Min(1, moved));
        return Math.Sqrt(own * own + other * other);
    }
}

/// <summary>A physics parameter that is learned: by the estimation if its logarithm is a random walk, and by calibrations.</summary>
/// <param name="Parameter"><c>component.name</c>.</param>
/// <param name="RelativeDeviation">Relative standard deviation of its lognormal prior.</param>
/// <param name="DoublesIn">Time after which the standard deviation of the walk is ln 2; null: only calibrations learn it.</param>
/// <param name="UntilCalibrated">It is a random walk only as long as no calibration of the machine is in force.</param>
public sealed record WanderingParameter(
    string Parameter, double RelativeDeviation, TimeSpan? DoublesIn, bool UntilCalibrated = false);

/// <summary>An input without a sensor that wanders around its default.</summary>
/// <param name="Input">The input.</param>
/// <param name="Deviation">Standard deviation around the default, in the input's unit.</param>
/// <param name="ChangesIn">Time constant of its autocorrelation.</param>
public sealed record WanderingInput(string Input, double Deviation, TimeSpan ChangesIn);

/// <summary>A sensor that corrects the physics.</summary>
/// <param name="Signal">The physics signal that it measures.</param>
/// <param name="Deviation">Standard deviation of what noise and model error together leave in the mean of a tick, in the signal's unit.
/// </param>
/// <param name="Bias">A systematic error of the sensor that is learned too; null: none.</param>
/// <param name="Actuator">For a sensor of a control loop, the correcting signal that shows what the loop's actuator does; null: none.
/// </param>
/// <param name="Discrepancy">Standard deviation of what the physics leaves out of a forecast, in the signal's unit; null: as
/// <paramref name="Deviation"/>.</param>
/// <param name="Change">What the physics leaves out of a change of the signal; null: nothing is known of it.</param>
public sealed record CorrectingSensor(
    string Signal, double Deviation, SensorBias? Bias, string? Actuator = null, double? Discrepancy = null,
    ChangeDiscrepancy? Change = null);

/// <summary>What the physics leaves out of a change of a signal.</summary>
/// <param name="Share">Relative standard deviation.</param>
/// <param name="Deviation">Standard deviation of what does not depend on the size of the change, in the signal's unit.</param>
public sealed record ChangeDiscrepancy(double Share, double Deviation);

/// <summary>A systematic error of a sensor that wanders around zero.</summary>
/// <param name="Deviation">Standard deviation, in the signal's unit.</param>
/// <param name="ChangesIn">Time constant of its autocorrelation.</param>
public sealed record SensorBias(double Deviation, TimeSpan ChangesIn);
