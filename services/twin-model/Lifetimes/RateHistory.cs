using System.Collections.Immutable;

namespace TwinModel.Lifetimes;

/// <summary>
/// How fast a part ages from now on, relative to the load at which its life was estimated: piecewise constant. 1 is that load; ISO 281
/// gives other values (<see cref="Iso281.AgeingRate"/>). Ageing is cumulative: the part fails when its ageing reaches the life.
/// </summary>
public sealed record RateHistory
{
    readonly double[] from;
    readonly double[] rate;
    readonly double[] aged;

    /// <summary>Rates with the day from which they apply; the first from day 0, the last for ever.</summary>
    /// <exception cref="ArgumentException">No rates, days that do not ascend, or a rate that is not positive.</exception>
    public RateHistory(ImmutableArray<RateFrom> steps)
    {
        if (steps.IsDefaultOrEmpty || steps[0].Day != 0) throw new ArgumentException("A rate history starts at day 0.", nameof(steps));
        (Steps, from, rate, aged) = (steps, new double[steps.Length], new double[steps.Length], new double[steps.Length]);
        for (var i = 0; i < steps.Length; i++)
        {
            if (i > 0 && !(steps[i].Day > steps[i - 1].Day))
                throw Require.Outside(steps[i].Day, "ascending days", $"{nameof(steps)}[{i}].Day");
            (from[i], rate[i]) = (steps[i].Day, Require.Positive(steps[i].Rate, $"{nameof(steps)}[{i}].Rate"));
            if (i > 0) aged[i] = aged[i - 1] + rate[i - 1] * (from[i] - from[i - 1]);
        }
    }

    /// <summary>The load of the estimate, for ever.</summary>
    public static RateHistory Unchanged { get; } = Constant(1);

    /// <summary>The steps, ascending.</summary>
    public ImmutableArray<RateFrom> Steps { get; }

    /// <summary>One rate for ever.</summary>
    public static RateHistory Constant(double rate) => new([new(0, rate)]);

    /// <summary>Rate at a day.</summary>
    public double At(double day) => rate[Index(from, day)];

    /// <summary>Days of ageing after the given number of days.</summary>
    public double AgedBy(double day)
    {
        if (double.IsInfinity(day)) return day;
        var i = Index(from, day);
        return aged[i] + rate[i] * (day - from[i]);
    }

    /// <summary>Days until the given ageing is reached; the inverse of <see cref="AgedBy"/>.</summary>
    public double DayOf(double ageing)
    {
        if (double.IsInfinity(ageing)) return ageing;
        var i = Index(aged, ageing);
        return from[i] + (ageing - aged[i]) / rate[i];
    }

    /// <summary>All rates times a factor.</summary>
    public RateHistory Times(double factor) => factor == 1 ? this : new([.. Steps.Select(s => s with { Rate = s.Rate * factor })]);

    /// <summary>The same life at this load: rescaled in time, not re-estimated.</summary>
    public ILifetime Retime(ILifetime life) => rate.Length == 1 && rate[0] == 1 ? life : new RetimedLife(life, this);

    // Histories are short: a loop beats a binary search.
    static int Index(double[] starts, double value)
    {
        var i = 0;
        while (i + 1 < starts.Length && starts[i + 1] <= value) i++;
        return i;
    }
}

/// <summary>An ageing rate and the day from which it applies.</summary>
/// <param name="Day">Days from now, 0 or more.</param>
/// <param name="Rate">Days of ageing per day, greater than 0.</param>
public readonly record struct RateFrom(double Day, double Rate);

/// <summary>A life at a different load than that of the estimate.</summary>
/// <param name="Life">The life at the load of the estimate.</param>
/// <param name="Rates">Ageing rates from now on.</param>
public sealed record RetimedLife(ILifetime Life, RateHistory Rates) : ILifetime
{
    /// <inheritdoc/>
    public double Cdf(double days) => days <= 0 ? Life.Cdf(days) : Life.Cdf(Rates.AgedBy(days));

    /// <inheritdoc/>
    public double Density(double days) => days < 0 ? 0 : Life.Density(Rates.AgedBy(days)) * Rates.At(days);

    /// <inheritdoc/>
    public double Quantile(double probability) => Rates.DayOf(Life.Quantile(probability));

    /// <inheritdoc/>
    public double MeanUntil(double days)
    {
        // Within a step, dt = ds / rate.
        var (sum, steps) = (0.0, Rates.Steps);
        for (var i = 0; i < steps.Length && steps[i].Day < days; i++)
        {
            var end = i + 1 < steps.Length ? Math.Min(days, steps[i + 1].Day) : days;
            sum += (Life.MeanUntil(Rates.AgedBy(end)) - Life.MeanUntil(Rates.AgedBy(steps[i].Day))) / steps[i].Rate;
        }
        return sum;
    }
}
