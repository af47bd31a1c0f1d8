using TwinModel.Lifetimes;

namespace TwinModel.Prognostics;

/// <summary>
/// The scale on which damage that grows with a power of itself, <c>dv/dt = C v^m</c> (see <see cref="PowerTrend"/>), is a straight line:
/// with y = ln v above the level c of a new part, <c>z = (1 - exp((1 - m)(y - c))) / (m - 1)</c>, and <c>z = y - c</c> for m = 1. A trend
/// that wanders on this scale foretells that growth goes on to quicken.
/// </summary>
/// <param name="Exponent">m.</param>
/// <param name="Centre">c.</param>
public readonly record struct PowerScale(double Exponent, double Centre)
{
    // Beyond so much above or below, z hardly tells levels apart.
    const double Farthest = 4;

    /// <summary>z of a level.</summary>
    public double Of(double ln) => Exponent == 1 ? ln - Centre : (1 - Math.Exp((1 - Exponent) * (ln - Centre))) / (Exponent - 1);

    /// <summary>dz/dy at a level.</summary>
    public double SlopeAt(double ln) => Math.Exp((1 - Exponent) * Math.Clamp(ln - Centre, -Farthest, Farthest));

    /// <summary>The level of a z.</summary>
    public double Ln(double z)
    {
        if (Exponent == 1) return Centre + z;
        var inside = 1 - (Exponent - 1) * z;
        return inside <= 0 ? Centre + (Exponent > 1 ? Farthest : -Farthest) : Centre + Math.Log(inside) / (1 - Exponent);
    }

    /// <summary>A threshold on this scale.</summary>
    public Threshold Of(Threshold threshold) => new(Math.Exp(Of(threshold.Ln)), threshold.SdLn * SlopeAt(threshold.Ln));

    /// <summary>
    /// The trend after an observation in ln. Its noise on this scale is that at the level expected, and its evidence is a density in ln, so
    /// that exponents compare.
    /// </summary>
    public WienerTrend Update(WienerTrend trend, TrendPoint point, double noiseSdLn)
    {
        var expected = Ln(trend.Predict(point.Days).Level);
        var next = (trend with { NoiseSd = noiseSdLn * SlopeAt(expected) }).Update(point.Days, Of(point.LnValue));
        return next with { LogEvidence = next.LogEvidence + Math.Log(SlopeAt(point.LnValue)) };
    }
}
