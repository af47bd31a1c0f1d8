using System.Collections.Immutable;
using System.Text.Json.Serialization;
using TwinModel.Uncertainty;

namespace TwinModel.Lifetimes;

/// <summary>
/// Remaining useful life as a table that can be stored, compared and sampled: the distribution function on a grid of days, linear between
/// the points.
/// </summary>
public sealed record RulDistribution : ILifetime
{
    /// <summary>The largest increase of probability between two points of a grid made by <see cref="Of"/>.</summary>
    public const double Step = 1.0 / 40;

    /// <summary>The largest error of F between two points of such a grid.</summary>
    public const double Error = 1e-5;

    readonly double[] days;
    readonly double[] cdf;
    readonly double[] mean;

    /// <summary>A table; both lists ascend, start at (0, P of immediate failure) and have two points or more.</summary>
    /// <exception cref="ArgumentException">The lists do not satisfy this.</exception>
    public RulDistribution(ImmutableArray<double> days, ImmutableArray<double> probability)
    {
        if (days.IsDefault || days.Length < 2 || days[0] != 0 || probability.IsDefault || probability.Length != days.Length)
            throw new ArgumentException(
                "A life table needs at least two points, equally many days and probabilities, and day 0 first.", nameof(days));
        for (var i = 0; i < days.Length; i++)
        {
            if (!double.IsFinite(days[i]) || (i > 0 && days[i] <= days[i - 1]))
                throw Require.Outside(days[i], "ascending finite days", $"{nameof(days)}[{i}]");
            if (!(probability[i] is >= 0 and <= 1) || (i > 0 && probability[i] < probability[i - 1]))
                throw Require.Outside(probability[i], "ascending, 0 to 1", $"{nameof(probability)}[{i}]");
        }
        (Days, Probability) = (days, probability);
        (this.days, cdf, mean) = ([.. days], [.. probability], new double[days.Length]);
        for (var i = 1; i < days.Length; i++) mean[i] = mean[i - 1] + (days[i] - days[i - 1]) * (1 - 0.5 * (cdf[i] + cdf[i - 1]));
    }

    /// <summary>Grid in days from now.</summary>
    public ImmutableArray<double> Days { get; }

    /// <summary>P(RUL &lt;= day) at each point of the grid.</summary>
    public ImmutableArray<double> Probability { get; }

    /// <summary>The days by which 5, 25, 50, 75 and 95 % have failed; infinite where that never happens.</summary>
    [JsonIgnore]
    public RulQuantiles Quantiles => new(Quantile(0.05), Quantile(0.25), Quantile(0.5), Quantile(0.75), Quantile(0.95));

    /// <summary>P(no failure within the grid): the trend may reverse, or the part may outlive a century.</summary>
    [JsonIgnore]
    public double NeverProbability => 1 - cdf[^1];

    /// <summary>The table of another life, refined until no step exceeds <see cref="Step"/> and the error stays below
    /// <see cref="Error"/>.</summary>
    public static RulDistribution Of(ILifetime life)
    {
        List<(double Day, double P)> points = [(0, Math.Clamp(life.Cdf(0), 0, 1))];
        var end = 1e-3;
        while (life.Cdf(end) < 1 - 1e-6 && end < Lifetime.LongestDays) end *= 2;
        var last = life.Cdf(end);
        // The remaining tail of a life that does end is assigned to the last point, so that every future fails.
        Refine(0, points[0].P, end, last < 1 - 1e-6 ? last : 1, 6);
        return new([.. points.Select(p => p.Day)], [.. points.Select(p => p.P)]);

        void Refine(double from, double pFrom, double to, double pTo, int depthLeast)
        {
            var middle = 0.5 * (from + to);
            var p = Math.Clamp(life.Cdf(middle), pFrom, Math.Max(pFrom, pTo));
            // Where the probability hardly changes, a few points are enough.
            if (pTo - pFrom < 1e-7 || to - from < 1e-9 * end
                || (depthLeast <= 0 && pTo - pFrom <= Step && Math.Abs(p - 0.5 * (pFrom + pTo)) <= Error))
            {
                points.Add((to, Math.Clamp(Math.Max(pTo, points[^1].P), 0, 1)));
                return;
            }
            Refine(from, pFrom, middle, p, depthLeast - 1);
            Refine(middle, p, to, pTo, depthLeast - 1);
        }
    }

    /// <inheritdoc/>
    public double Cdf(double day)
    {
        if (day < 0) return 0;
        var i = Interval(days, day);
        return i >= days.Length - 1 ? cdf[^1] : cdf[i] + (cdf[i + 1] - cdf[i]) * (day - days[i]) / (days[i + 1] - days[i]);
    }

    /// <inheritdoc/>
    public double Density(double day)
    {
        var i = Interval(days, day);
        return day < 0 || i >= days.Length - 1 ? 0 : (cdf[i + 1] - cdf[i]) / (days[i + 1] - days[i]);
    }

    /// <inheritdoc/>
    public double Quantile(double probability)
    {
        if (Require.Share(probability) <= cdf[0]) return 0;
        if (probability > cdf[^1]) return double.PositiveInfinity;
        var i = Array.BinarySearch(cdf, probability);
        i = i >= 0 ? i : ~i;
        while (cdf[i - 1] >= probability) i--;
        return days[i - 1] + (days[i] - days[i - 1]) * (probability - cdf[i - 1]) / (cdf[i] - cdf[i - 1]);
    }

    /// <inheritdoc/>
    public double MeanUntil(double day)
    {
        if (day <= 0) return 0;
        var i = Interval(days, day);
        return i >= days.Length - 1
            ? mean[^1] + (day - days[^1]) * (1 - cdf[^1])
            : mean[i] + (day - days[i]) * (1 - 0.5 * (cdf[i] + Cdf(day)));
    }

    /// <summary>
    /// Lives in days, ascending, one from each of <paramref name="count"/> equally likely strata; the same for the same seed.
    /// </summary>
    public double[] Sample(int count, ulong seed)
    {
        Require.AtLeast(1, count);
        return [.. Enumerable.Range(0, count).Select(i => Quantile(KeyedRandom.Stratified(seed, 0, i, count)))];
    }

    static int Interval(double[] grid, double day)
    {
        var i = Array.BinarySearch(grid, day);
        return i >= 0 ? i : ~i - 1;
    }
}

/// <summary>Quantiles of a remaining life, days.</summary>
public readonly record struct RulQuantiles(double P05, double P25, double P50, double P75, double P95);
