using MathNet.Numerics.LinearRegression;

namespace TwinModel.ConditionMonitoring;

/// <summary>
/// Normalises a condition indicator to a reference load: <c>v_ref = v / ((N / N0)^a (F / F0)^c)</c>. Without it, a higher rate looks like
/// damage.
/// </summary>
/// <param name="ReferenceSpeedRpm">N0, greater than 0.</param>
/// <param name="ReferenceForceNewton">F0, greater than 0.</param>
/// <param name="SpeedExponent">a; 0: no normalisation by speed.</param>
/// <param name="ForceExponent">c; 0: no normalisation by force.</param>
public sealed record LoadNormalisation(
    double ReferenceSpeedRpm, double ReferenceForceNewton, double SpeedExponent = 0, double ForceExponent = 0)
{
    /// <summary>A load must vary this much (standard deviation of its logarithm) for its exponent to be identifiable.</summary>
    const double LeastSpreadLn = 0.01;

    /// <summary>Loads correlated more strongly than this cannot be separated; only the speed gets an exponent.</summary>
    const double LargestCorrelation = 0.98;

    /// <summary>The indicator at the reference load, in its own unit; NaN when the machine stands still or a value is missing.</summary>
    public double Normalise(double value, double speedRpm, double forceNewton) =>
        value > 0 && (SpeedExponent == 0 || speedRpm > 0) && (ForceExponent == 0 || forceNewton > 0)
            ? value / (Power(speedRpm / ReferenceSpeedRpm, SpeedExponent) * Power(forceNewton / ReferenceForceNewton, ForceExponent))
            : double.NaN;

    /// <summary>
    /// Fits the exponents to healthy data by least squares in logarithms. An exponent that the data do not determine stays 0.
    /// </summary>
    /// <exception cref="ArgumentException">Fewer than ten usable samples.</exception>
    public static LoadNormalisation Fit(IReadOnlyList<ConditionSample> healthy, double referenceSpeedRpm, double referenceForceNewton)
    {
        Require.Positive(referenceSpeedRpm);
        Require.Positive(referenceForceNewton);
        var rows = healthy.Where(s => s.Value > 0 && s.SpeedRpm > 0 && s.ForceNewton > 0)
            .Select(s => (Y: Math.Log(s.Value), N: Math.Log(s.SpeedRpm / referenceSpeedRpm),
                F: Math.Log(s.ForceNewton / referenceForceNewton))).ToList();
        if (rows.Count < 10)
            throw new ArgumentException(
                $"Load exponents need at least ten healthy samples with value, speed and force above 0; there are {rows.Count}.",
                nameof(healthy));
        var (n, f) = (rows.Select(r => r.N).ToArray(), rows.Select(r => r.F).ToArray());
        var useN = MathNet.Numerics.Statistics.ArrayStatistics.StandardDeviation(n) >= LeastSpreadLn;
        var useF = MathNet.Numerics.Statistics.ArrayStatistics.StandardDeviation(f) >= LeastSpreadLn;
        if (useN && useF && Math.Abs(MathNet.Numerics.Statistics.Correlation.Pearson(n, f)) > LargestCorrelation) useF = false;
        var none = new LoadNormalisation(referenceSpeedRpm, referenceForceNewton);
        if (!useN && !useF) return none;
        var x = rows.Select(r => new[] { (useN, r.N), (useF, r.F) }.Where(c => c.Item1).Select(c => c.Item2).ToArray()).ToArray();
        var fit = MultipleRegression.QR(x, [.. rows.Select(r => r.Y)], intercept: true);
        return none with { SpeedExponent = useN ? fit[1] : 0, ForceExponent = useF ? fit[^1] : 0 };
    }

    static double Power(double ratio, double exponent) => exponent == 0 ? 1 : Math.Pow(ratio, exponent);
}

/// <summary>One value of a condition indicator with the load it was measured at.</summary>
/// <param name="At">Sample time.</param>
/// <param name="Value">RMS, band or envelope RMS, temperature rise: any positive quantity that increases with damage.</param>
/// <param name="SpeedRpm">Shaft speed in r/min.</param>
/// <param name="ForceNewton">Bearing force in N.</param>
public readonly record struct ConditionSample(DateTimeOffset At, double Value, double SpeedRpm, double ForceNewton);
