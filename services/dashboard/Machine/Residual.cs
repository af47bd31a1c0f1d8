using Contracts.Query.V1;
using Dashboard.Shown;

namespace Dashboard.Machine;

/// <summary>A sensor compared with its prediction, ready to show. Pure.</summary>
/// <param name="Measured">Mean of its readings.</param>
/// <param name="Predicted">What the physics predicted for it.</param>
/// <param name="Difference">Measured minus predicted.</param>
/// <param name="InDeviations">The difference in standard deviations.</param>
/// <param name="LeftOut">Why the sensor did not correct the physics; empty if it did.</param>
/// <param name="IsLarge">True for a difference that chance hardly explains.</param>
sealed record Residual(string Measured, string Predicted, string Difference, string InDeviations, string LeftOut, bool IsLarge)
{
    // Beyond this, 3 of 1000 by chance.
    const double Large = 3;

    public static Residual Of(SensorResidual residual)
    {
        double? difference = residual.HasMeasured ? residual.Measured - residual.Predicted : null;
        var deviations = residual.HasStandardDeviation && residual.StandardDeviation > 0 ? difference / residual.StandardDeviation : null;
        var decimals = residual.HasStandardDeviation
            ? Units.DecimalsOfDeviation(residual.StandardDeviation)
            : Units.Decimals(residual.Unit, residual.Predicted);
        return new(
            residual.HasMeasured ? Text(residual.Measured) : "–", Text(residual.Predicted),
            difference is { } d ? Units.Difference(d, residual.Unit, decimals) : "–",
            deviations is { } n ? Units.Difference(n, "", decimals: 1) : "–",
            residual.LeftOut switch
            {
                "no" => "",
                "missing" => "left out: no readings",
                "frozen" => "left out: frozen",
                _ => $"left out: {residual.LeftOut}",
            },
            Math.Abs(deviations ?? 0) > Large);

        string Text(double value) => $"{Units.Number(value, decimals)}\u00a0{Units.Symbol(residual.Unit)}".TrimEnd('\u00a0');
    }
}
