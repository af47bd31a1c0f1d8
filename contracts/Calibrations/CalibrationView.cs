using System.Text.Json.Serialization;

namespace Contracts.Calibrations;

/// <summary>Which parameters of which machine are to be learned from which part of its history.</summary>
/// <param name="AssetId">The asset.</param>
/// <param name="From">Start of the window, by sample time.</param>
/// <param name="To">Its end, by sample time.</param>
/// <param name="KnownAt">Log position up to which readings are used.</param>
/// <param name="Parameters">Parameters <c>component.name</c> to learn; empty: all that the model's section <c>estimation</c> names.</param>
public sealed record CalibrationDefinition(
    string AssetId, DateTimeOffset From, DateTimeOffset To, long KnownAt, IReadOnlyList<string> Parameters);

/// <summary>A calibration and its current state, as the APIs show it.</summary>
/// <param name="Id">UUID version 7.</param>
/// <param name="ModelId">The asset's model.</param>
/// <param name="ModelHash">SHA-256 of the model text.</param>
/// <param name="Definition">The full question.</param>
/// <param name="State">requested, proposed, failed, adopted or rolled-back.</param>
/// <param name="IsInForce">Whether the asset has this calibration's parameters now.</param>
/// <param name="RequestedBy">Who asked for it.</param>
/// <param name="RequestedAt">When.</param>
/// <param name="FinishedAt">When it was proposed or failed; null until then.</param>
/// <param name="Cause">Cause of a failure: invalid (it cannot be answered with these readings), solver or internal; otherwise null.</param>
/// <param name="Reason">Human-readable reason of a failure; otherwise null.</param>
/// <param name="Result">What was found; null until then.</param>
/// <param name="Adoption">The newest adoption; null before it.</param>
/// <param name="RollBack">The newest roll-back; null before it.</param>
public sealed record CalibrationView(
    string Id,
    string ModelId,
    string ModelHash,
    CalibrationDefinition Definition,
    string State,
    bool IsInForce,
    string RequestedBy,
    DateTimeOffset RequestedAt,
    DateTimeOffset? FinishedAt,
    string? Cause,
    string? Reason,
    CalibrationResult? Result,
    CalibrationStep? Adoption,
    CalibrationStep? RollBack);

/// <summary>An adoption or a roll-back.</summary>
/// <param name="By">Who decided.</param>
/// <param name="Comment">Why; null when not told.</param>
/// <param name="At">When.</param>
/// <param name="OtherId">The calibration that was in force before it (adoption) or is again (roll-back); null: the model's own
/// values.</param>
public sealed record CalibrationStep(string By, string? Comment, DateTimeOffset At, string? OtherId);

/// <summary>What a calibration found.</summary>
/// <param name="IsRecommended">Parameters were identified, and they explain readings that were held out better than those in force.</param>
/// <param name="BaseId">The calibration whose parameters were in force; null: the model's own values.</param>
/// <param name="Spans">The parts of the window that were used, in order.</param>
/// <param name="Parameters">All that were to be learned; those not identified keep their value.</param>
/// <param name="Correlation">Correlation matrix of the identified parameters (natural logarithms), row by row, in their order.</param>
/// <param name="Conditions">What else had to be assumed about the window: inputs without a sensor, biases of sensors. Not adopted.</param>
/// <param name="Signals">How far sensors and physics are apart, before and after.</param>
/// <param name="HoldOut">Weighted error on readings that were held out; null when the window has too few spans to hold any out.</param>
/// <param name="Chi2">Sum of the squared weighted residuals of all spans, after.</param>
/// <param name="DegreesOfFreedom">Residuals minus identified parameters and conditions.</param>
/// <param name="Iterations">Of the minimiser.</param>
/// <param name="Stopped">Why it ended.</param>
/// <param name="Warnings">Caveats.</param>
public sealed record CalibrationResult(
    bool IsRecommended,
    string? BaseId,
    IReadOnlyList<CalibrationSpan> Spans,
    IReadOnlyList<CalibratedParameter> Parameters,
    IReadOnlyList<double[]> Correlation,
    IReadOnlyList<CalibrationCondition> Conditions,
    IReadOnlyList<SignalResidual> Signals,
    HoldOutError? HoldOut,
    double Chi2,
    int DegreesOfFreedom,
    int Iterations,
    string Stopped,
    IReadOnlyList<string> Warnings);

/// <summary>A part of the window over which sensors and physics are compared by their means.</summary>
/// <param name="Kind">steady (inputs constant and signals without a trend) or step (on the way after a change of an input).</param>
/// <param name="From">Start.</param>
/// <param name="To">End.</param>
/// <param name="IsHeldOut">Held out from the fit that the hold-out error is of.</param>
public sealed record CalibrationSpan(string Kind, DateTimeOffset From, DateTimeOffset To, bool IsHeldOut);

/// <summary>A parameter before and after.</summary>
/// <param name="Id">Parameter <c>component.name</c>.</param>
/// <param name="Unit">Unit of the values.</param>
/// <param name="Model">Value in the asset model.</param>
/// <param name="Before">Value in force.</param>
/// <param name="After">Median of what was learned; the value in force when it was not identified.</param>
/// <param name="P5">5 % quantile of what was learned.</param>
/// <param name="P95">95 % quantile.</param>
/// <param name="PriorDeviation">Relative standard deviation assumed before the readings.</param>
/// <param name="Deviation">Relative standard deviation after them.</param>
/// <param name="IsIdentified">False: the readings of this window cannot tell it from the other unknowns.</param>
public sealed record CalibratedParameter(
    string Id, string Unit, double Model, double Before, double After, double P5, double P95, double PriorDeviation, double Deviation,
    bool IsIdentified);

/// <summary>An input without a sensor, or a sensor's bias, that is assumed constant over the window.</summary>
/// <param name="Kind">input or bias.</param>
/// <param name="Id">Input, or signal whose sensor has the bias.</param>
/// <param name="Unit">Unit of the numbers; biases and deviations of temperatures are in K.</param>
/// <param name="Value">Value found.</param>
/// <param name="StandardDeviation">Its standard deviation.</param>
public sealed record CalibrationCondition(string Kind, string Id, string Unit, double Value, double StandardDeviation);

/// <summary>How far a sensor and the physics are apart, as root mean square over the spans; conditions are fitted in both cases.</summary>
/// <param name="SensorId">The sensor.</param>
/// <param name="SignalId">The signal that it observes.</param>
/// <param name="Unit">Unit of all numbers; of temperatures K.</param>
/// <param name="Deviation">The deviation that the model allows it.</param>
/// <param name="Before">With the parameters in force.</param>
/// <param name="After">With those proposed.</param>
/// <param name="HoldOutBefore">The same over the spans held out, conditions fitted to the others; null without any.</param>
/// <param name="HoldOutAfter">With parameters and conditions fitted to the other spans.</param>
public sealed record SignalResidual(
    string SensorId, string SignalId, string Unit, double Deviation, double Before, double After, double? HoldOutBefore,
    double? HoldOutAfter);

/// <summary>Root mean square of the weighted residuals of the spans held out: 1 is as the model's deviations allow.</summary>
/// <param name="Spans">How many spans were held out.</param>
/// <param name="Before">With the parameters in force.</param>
/// <param name="After">With those fitted to the other spans.</param>
public sealed record HoldOutError(int Spans, double Before, double After);

/// <summary>Parameters of one machine that take the place of the values in its model.</summary>
/// <param name="CalibrationId">The calibration they come from.</param>
/// <param name="ModelHash">The model they belong to; another revision has its own values.</param>
/// <param name="Values">The parameters.</param>
/// <param name="Correlation">Correlation matrix of their natural logarithms, row by row.</param>
/// <param name="Errors">How far sensors and physics were apart in parts of the window that were held out; null without any.</param>
public sealed record ParameterSet(
    string CalibrationId, string ModelHash, IReadOnlyList<ParameterEstimate> Values, IReadOnlyList<double[]> Correlation,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<HeldOutError>? Errors = null);

/// <summary>How far a sensor and the physics were apart where nothing was learned from it.</summary>
/// <param name="SignalId">The signal.</param>
/// <param name="RootMeanSquare">In the signal's unit.</param>
/// <param name="Changes">After how many changes of inputs.</param>
public sealed record HeldOutError(string SignalId, double RootMeanSquare, int Changes);

/// <summary>A lognormally distributed parameter.</summary>
/// <param name="Id">Parameter <c>component.name</c>.</param>
/// <param name="Unit">Unit of the value.</param>
/// <param name="Value">Median.</param>
/// <param name="LogDeviation">Standard deviation of the natural logarithm.</param>
public sealed record ParameterEstimate(string Id, string Unit, double Value, double LogDeviation);

/// <summary>The parameters of an asset at a time.</summary>
/// <param name="AssetId">The asset.</param>
/// <param name="ModelId">Its model.</param>
/// <param name="ModelHash">SHA-256 of the model text.</param>
/// <param name="CalibrationId">The calibration in force; null: the model's own values.</param>
/// <param name="Since">Since when; null for the model's own values.</param>
/// <param name="By">Who adopted it, or rolled another one back.</param>
/// <param name="Values">Parameters that can be learned, in the order of the model.</param>
public sealed record ParametersView(
    string AssetId, string ModelId, string ModelHash, string? CalibrationId, DateTimeOffset? Since, string? By,
    IReadOnlyList<ParameterValueView> Values);

/// <summary>A parameter of an asset.</summary>
/// <param name="Id">Parameter <c>component.name</c>.</param>
/// <param name="Unit">Unit of the values.</param>
/// <param name="Value">Value in force.</param>
/// <param name="Deviation">Its relative standard deviation.</param>
/// <param name="Model">Value in the asset model.</param>
/// <param name="IsCalibrated">Whether the value is one of a calibration.</param>
public sealed record ParameterValueView(string Id, string Unit, double Value, double Deviation, double Model, bool IsCalibrated);
