namespace TwinModel.ConditionMonitoring;

/// <summary>The baseline of a healthy part: centre, scale and autocorrelation of the medians in an accepted window.</summary>
/// <param name="From">Start of the window.</param>
/// <param name="To">End of the window.</param>
/// <param name="Count">Number of medians.</param>
/// <param name="CentreLn">Median of ln(indicator).</param>
/// <param name="ScaleLn">1.4826 times the median absolute deviation: the standard deviation if the data are normal.</param>
/// <param name="Autocorrelation">phi of an AR(1) process, 0 to 0.9; 0 when not significant. Charts whiten with it; otherwise false alarms
/// would be ten times as frequent.</param>
public sealed record Baseline(DateTimeOffset From, DateTimeOffset To, int Count, double CentreLn, double ScaleLn, double Autocorrelation)
{
    /// <summary>Fewer medians do not determine the scale well enough.</summary>
    public const int LeastCount = 10;

    /// <summary>0.5 %: a sensor that repeats one rounded value shows no spread, although the machine has some.</summary>
    const double LeastScaleLn = 0.005;

    /// <summary>The centre in the indicator's unit.</summary>
    public double Centre => Math.Exp(CentreLn);

    /// <summary>The baseline of medians of ln values, ascending in time.</summary>
    /// <exception cref="ArgumentException">Fewer than <see cref="LeastCount"/>.</exception>
    public static Baseline Of(IReadOnlyList<MedianPoint> medians)
    {
        if (medians.Count < LeastCount)
            throw new ArgumentException($"A baseline needs at least {LeastCount} medians; there are {medians.Count}.", nameof(medians));
        var centre = Robust.Median([.. medians.Select(m => m.Value)]);
        var scale = Math.Max(LeastScaleLn, 1.4826 * Robust.Median([.. medians.Select(m => Math.Abs(m.Value - centre))]));
        // Clipped as in the chart, so that a single spike does not dominate the autocorrelation.
        var z = medians.Select(m => Math.Clamp((m.Value - centre) / scale, -3, 3)).ToArray();
        var mean = z.Average();
        var (cross, square) = (0.0, 0.0);
        for (var i = 0; i < z.Length; i++)
        {
            square += (z[i] - mean) * (z[i] - mean);
            if (i > 0) cross += (z[i] - mean) * (z[i - 1] - mean);
        }
        var phi = square > 0 ? cross / square : 0;
        return new(medians[0].At, medians[^1].At, medians.Count, centre, scale, phi < 2 / Math.Sqrt(z.Length) ? 0 : Math.Min(0.9, phi));
    }

    /// <summary>Standard score of a median, not whitened.</summary>
    public double Score(double ln) => (ln - CentreLn) / ScaleLn;
}
