namespace TwinModel.Prognostics;

/// <summary>
/// What a life shows at a moment, from its rows up to then: of each signal its means and slopes over windows of several lengths and its
/// mean when the life began, and the age. Causal; the end of the life plays no part. Windows are shares of the horizon, the remaining life
/// beyond which the signals no longer tell lives apart.
/// </summary>
static class LifeWindows
{
    static readonly double[] Means = [0.06, 0.16, 0.4];
    static readonly double[] Slopes = [0.2, 0.5];
    const double Beginning = 0.12;

    /// <summary>Rows that are needed for a first look.</summary>
    public static int LeastRows(int horizon) => Math.Max(3, Steps(0.08, horizon));

    /// <summary>Numbers of one look.</summary>
    public static int Count(int signals) => signals * (Means.Length + Slopes.Length + 1) + 2;

    /// <summary>The look after the first <paramref name="known"/> rows.</summary>
    public static double[] Of(ReadOnlySpan<double[]> rows, int known, int horizon)
    {
        var signals = rows[0].Length;
        var (look, at) = (new double[Count(signals)], 0);
        for (var s = 0; s < signals; s++)
        {
            foreach (var share in Means) look[at++] = Mean(Last(rows, known, share, horizon), s);
            // As a change over half the window, in the unit of the signal.
            foreach (var share in Slopes)
            {
                var window = Last(rows, known, share, horizon);
                look[at++] = Slope(window, s) * window.Length / 2;
            }
            look[at++] = Mean(rows[..Math.Min(known, Steps(Beginning, horizon))], s);
        }
        look[at++] = Math.Log(known);
        look[at] = known;
        return look;
    }

    static ReadOnlySpan<double[]> Last(ReadOnlySpan<double[]> rows, int known, double share, int horizon) =>
        rows[Math.Max(0, known - Steps(share, horizon))..known];

    static int Steps(double share, int horizon) => Math.Max(1, (int)Math.Round(share * horizon));

    static double Mean(ReadOnlySpan<double[]> rows, int signal)
    {
        var sum = 0.0;
        foreach (var row in rows) sum += row[signal];
        return sum / rows.Length;
    }

    static double Slope(ReadOnlySpan<double[]> rows, int signal)
    {
        var (middle, products, squares) = ((rows.Length - 1) / 2.0, 0.0, 0.0);
        for (var i = 0; i < rows.Length; i++)
        {
            products += (i - middle) * rows[i][signal];
            squares += (i - middle) * (i - middle);
        }
        return squares == 0 ? 0 : products / squares;
    }
}
