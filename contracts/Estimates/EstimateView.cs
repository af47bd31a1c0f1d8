using System.Text.Json.Serialization;

namespace Contracts.Estimates;

/// <summary>
/// What physics and sensors together say of a machine; part of <see cref="Messages.TwinView"/>. All of it is estimated, not measured.
/// </summary>
/// <param name="At">End of the last tick, by sample time.</param>
/// <param name="Sync">Whether the physics follows the machine; null for a model whose signals are only calculated.</param>
/// <param name="Signals">The model's signals that are one number, in its order, then the calculated ones; one that has no value, because a
/// sensor is silent or a window too short, is left out.</param>
public sealed record EstimateSummary(DateTimeOffset At, SyncView? Sync, IReadOnlyList<EstimatedSignal> Signals);

/// <summary>Whether the physics follows the machine.</summary>
/// <param name="State">unknown (too few observations), in-sync, drifting (sensors and physics differ by more than chance
/// allows) or lost (they would even with deviations three times as large).</param>
/// <param name="Since">End of the tick in which that began; null for unknown.</param>
/// <param name="SensorId">The sensor that deviates most; null when none does more than chance allows.</param>
/// <param name="Cause">What the deviations of the last minutes point to; null when to nothing.</param>
public sealed record SyncView(string State, DateTimeOffset? Since, string? SensorId, CauseView? Cause = null);

/// <summary>What deviations between sensors and physics point to.</summary>
/// <param name="Kind">sensor (it shows something else than there is), actuator (it does not do what its controller asks) or process (it or
/// its material has changed).</param>
/// <param name="SensorId">The sensor that is wrong, or measures what the actuator acts on, or deviates most.</param>
/// <param name="Text">The sentence shown to operators.</param>
/// <param name="Evidence">The sensors whose deviations say so, largest first.</param>
public sealed record CauseView(string Kind, string SensorId, string Text, IReadOnlyList<DeviationView> Evidence);

/// <summary>How far a sensor has deviated to one side in the last minutes.</summary>
/// <param name="SensorId">The sensor.</param>
/// <param name="Score">In standard deviations of the sum over the ticks; positive: it shows more than predicted. 0 for a sensor that always
/// shows the same value.</param>
public sealed record DeviationView(string SensorId, double Score);

/// <summary>An estimated signal.</summary>
/// <param name="Id">Signal id of the asset model.</param>
/// <param name="Name">Display name.</param>
/// <param name="Unit">Unit of both numbers; a standard deviation of temperatures is in K.</param>
/// <param name="Mean">Mean.</param>
/// <param name="StandardDeviation">Standard deviation.</param>
/// <param name="SensorId">The sensor that measures it; null for what no sensor shows.</param>
/// <param name="Expression">What it is calculated from; null for a signal of the physics.</param>
public sealed record EstimatedSignal(
    string Id, string Name, string Unit, double Mean, double StandardDeviation, string? SensorId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Expression = null);

/// <summary>The whole estimate of a machine at the end of a tick.</summary>
/// <param name="AssetId">The asset.</param>
/// <param name="ModelId">The asset's model.</param>
/// <param name="Position">Highest log position of an event included.</param>
/// <param name="TickSeconds">Length of a tick, s.</param>
/// <param name="At">As in <see cref="EstimateSummary"/>.</param>
/// <param name="Sync">As in <see cref="EstimateSummary"/>.</param>
/// <param name="Signals">As in <see cref="EstimateSummary"/>.</param>
/// <param name="Profiles">The model's signals along the axis.</param>
/// <param name="Learned">Parameters, inputs without a sensor, and biases of sensors.</param>
/// <param name="Residuals">What sensors showed in the last tick and what was predicted before they were used.</param>
/// <param name="Nis">Normalised innovation squared of the last tick: chi-square with <paramref name="DegreesOfFreedom"/> when the physics
/// follows the machine.</param>
/// <param name="DegreesOfFreedom">Number of sensors that corrected the physics in the last tick.</param>
/// <param name="Hash">SHA-256 of the estimator's state; the same readings give the same hash, whatever the order of arrival.</param>
public sealed record EstimateView(
    string AssetId,
    string ModelId,
    long Position,
    double TickSeconds,
    DateTimeOffset At,
    SyncView? Sync,
    IReadOnlyList<EstimatedSignal> Signals,
    IReadOnlyList<EstimatedProfile> Profiles,
    IReadOnlyList<LearnedValue> Learned,
    IReadOnlyList<SensorResidual> Residuals,
    double Nis,
    int DegreesOfFreedom,
    string Hash);

/// <summary>An estimated signal along the axis, cell by cell.</summary>
/// <param name="Id">Signal id of the asset model.</param>
/// <param name="Name">Display name.</param>
/// <param name="Unit">Unit of the values; a standard deviation of temperatures is in K.</param>
/// <param name="PositionsMetre">Centres of the cells, m.</param>
/// <param name="Means">Means.</param>
/// <param name="StandardDeviations">Standard deviations.</param>
public sealed record EstimatedProfile(
    string Id, string Name, string Unit, IReadOnlyList<double> PositionsMetre, IReadOnlyList<double> Means,
    IReadOnlyList<double> StandardDeviations);

/// <summary>Something that is learned from the readings.</summary>
/// <param name="Kind">parameter, input or bias.</param>
/// <param name="Id">Parameter <c>component.name</c>, input, or signal whose sensor has the bias.</param>
/// <param name="Unit">Unit of all numbers; a bias or deviation of temperatures is in K.</param>
/// <param name="Mean">Mean.</param>
/// <param name="StandardDeviation">Standard deviation.</param>
/// <param name="Nominal">Its value in the asset model, or in the calibration in force; 0 for a bias.</param>
/// <param name="IsIdentified">False: the readings cannot tell it from the other unknowns.</param>
public sealed record LearnedValue(
    string Kind, string Id, string Unit, double Mean, double StandardDeviation, double Nominal, bool IsIdentified);

/// <summary>A sensor in the last tick.</summary>
/// <param name="SensorId">The sensor.</param>
/// <param name="SignalId">The signal that it observes.</param>
/// <param name="Unit">Unit of all numbers; a standard deviation of temperatures is in K.</param>
/// <param name="Measured">Mean of its readings; null when it had none.</param>
/// <param name="Predicted">What was predicted for it.</param>
/// <param name="StandardDeviation">Of measured minus predicted; null when the sensor was left out.</param>
/// <param name="LeftOut">no, missing or frozen.</param>
public sealed record SensorResidual(
    string SensorId, string SignalId, string Unit, double? Measured, double Predicted, double? StandardDeviation, string LeftOut);
