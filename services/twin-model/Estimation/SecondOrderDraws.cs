namespace TwinModel.Estimation;

/// <summary>
/// Random changes of an ensemble with exactly the wanted mean and covariance (second-order exact sampling: D. T. Pham, Mon. Weather Rev.
/// 129 (2001) 1194). Plain draws move the mean by their sampling error at every tick, and correlate by chance what is independent.
/// </summary>
public static class SecondOrderDraws
{
    /// <summary>
    /// Turns rows of independent standard normal numbers into rows with mean 0, variance 1 and no correlation with each other within the
    /// ensemble, nor with <paramref name="others"/> as far as the number of members allows.
    /// </summary>
    /// <param name="rows">The rows, fewer than members − 1.</param>
    /// <param name="others">Other variables of the same members, the most important ones first.</param>
    public static void Whiten(Ensemble rows, params ReadOnlySpan<Ensemble> others)
    {
        // What is left for the rows themselves.
        var free = rows.Members - 1 - rows.Variables;
        var basis = new Ensemble(Math.Max(0, free), rows.Members);
        var used = 0;
        foreach (var other in others)
        {
            for (var v = 0; v < other.Variables && used < free; v++)
            {
                Moments.Centre(other[v], basis[used]);
                var before = Moments.Dot(basis[used], basis[used]);
                for (var j = 0; j < used; j++) Moments.Project(basis[used], basis[j]);
                // Nothing new: round-off of a combination of the others.
                if (Moments.Dot(basis[used], basis[used]) > 1e-10 * before) used++;
            }
        }
        for (var i = 0; i < rows.Variables; i++)
        {
            Moments.Centre(rows[i], rows[i]);
            // Twice: once leaves round-off of the size of the removed components.
            for (var pass = 0; pass < 2; pass++)
            {
                for (var j = 0; j < used; j++) Moments.Project(rows[i], basis[j]);
                for (var j = 0; j < i; j++) Moments.Project(rows[i], rows[j]);
            }
            var scale = Math.Sqrt((rows.Members - 1) / Moments.Dot(rows[i], rows[i]));
            foreach (ref var value in rows[i]) value *= scale;
        }
    }
}
