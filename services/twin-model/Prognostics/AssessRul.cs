using System.Collections.Immutable;
using System.Globalization;
using TwinModel.ConditionMonitoring;
using TwinModel.Lifetimes;
using TwinModel.Maintenance;
using TwinModel.Uncertainty;

namespace TwinModel.Prognostics;

/// <summary>Settings for prognoses of one kind of part: data of the asset model and its fleet.</summary>
/// <param name="Threshold">Level at which a life ends, in the unit of the load-normalised indicator.</param>
/// <param name="Fleet">Life of a new part; null when unknown.</param>
public sealed record RulSettings(Threshold Threshold, WeibullLife? Fleet)
{
    /// <summary>
    /// Uncertainty of the fleet's scale: standard deviation of its logarithm. 0 when many parts have failed; with few, about 1 / (shape
    /// sqrt(failures)) plus the spread between machines. A part that has outlived the scale then indicates a longer one. 0 to 2.
    /// </summary>
    public double FleetScaleSdLn { get; init; }

    /// <summary>Mean growth of ln(indicator) per day for degrading parts.</summary>
    public double SlopePerDay { get; init; } = 0.03;

    /// <summary>Standard deviation of that growth between parts, greater than 0.</summary>
    public double SlopeSdPerDay { get; init; } = 0.02;

    /// <summary>Standard deviation, in ln, around the baseline of the level at which growth begins; greater than 0.</summary>
    public double LevelSdLn { get; init; } = 0.1;

    /// <summary>Diffusions of the Wiener model in 1/sqrt(day), equally likely a priori.</summary>
    public ImmutableArray<double> DiffusionsPerRootDay { get; init; } = [0.02, 0.05, 0.1];

    /// <summary>Exponents of growth that feeds on itself (<see cref="PowerTrend"/>, <see cref="PowerScale"/>), equally likely a
    /// priori.</summary>
    public ImmutableArray<double> Exponents { get; init; } = PowerTrend.UsualExponents;

    /// <summary>
    /// Minimum weight of the fleet whatever the trend, because some parts fail without showing it in their vibration. 0 to 1.
    /// </summary>
    public double FleetWeight { get; init; } = 0.1;

    /// <summary>Minimum number of medians since the change for a trend. 3 or more.</summary>
    public int LeastPoints { get; init; } = 6;

    /// <summary>
    /// Longer histories are averaged in blocks down to this many points, without loss of information if the noise is independent. 20 or
    /// more.
    /// </summary>
    public int MostPoints { get; init; } = 120;

    /// <summary>Throws when the settings are invalid.</summary>
    /// <exception cref="ArgumentException">Names the field, its value and what is allowed.</exception>
    public void Validate()
    {
        if (!(FleetScaleSdLn is >= 0 and <= 2)) throw Require.Outside(FleetScaleSdLn, "0 to 2", nameof(FleetScaleSdLn));
        Require.Finite(SlopePerDay);
        Require.Positive(SlopeSdPerDay);
        Require.Positive(LevelSdLn);
        Require.Share(FleetWeight);
        Require.AtLeast(3, LeastPoints);
        Require.AtLeast(20, MostPoints);
        foreach (var diffusion in DiffusionsPerRootDay) Require.Positive(diffusion, nameof(DiffusionsPerRootDay));
        foreach (var exponent in Exponents) Require.NotNegative(exponent, nameof(Exponents));
    }
}

/// <summary>What is known of one part at present.</summary>
/// <param name="Level">Level from <see cref="Condition"/>.</param>
/// <param name="Baseline">The baseline; null while learning.</param>
/// <param name="AgeDays">Age of the part, days.</param>
/// <param name="NowDays">Now, in days since the change, the time axis of <paramref name="Trend"/>.</param>
/// <param name="Trend">Medians since the change, ascending, in days since the change. Empty while healthy.</param>
public sealed record PartHistory(
    ConditionLevel Level, Baseline? Baseline, double AgeDays, double NowDays, ImmutableArray<TrendPoint> Trend);

/// <summary>A prognosis of remaining life.</summary>
public abstract record Prognosis
{
    Prognosis()
    {
    }

    /// <summary>A distribution with the models behind it.</summary>
    /// <param name="Life">Remaining life, days.</param>
    /// <param name="Models">The models; their weights add up to 1.</param>
    /// <param name="Trend">The log-linear trend, which a further check would update (<see cref="OfferedCheck"/>); null while there is no
    /// trend.</param>
    public sealed record Rul(RulDistribution Life, ImmutableArray<ModelWeight> Models, LogLinearTrend? Trend = null) : Prognosis;

    /// <summary>No prognosis is possible without guessing.</summary>
    /// <param name="Reason">Why, in one sentence.</param>
    public sealed record CannotSayYet(string Reason) : Prognosis;
}

/// <summary>A model's weight in a prognosis.</summary>
/// <param name="Model">fleet, log-linear, wiener or power.</param>
/// <param name="Weight">0 to 1.</param>
public sealed record ModelWeight(string Model, double Weight);

/// <summary>
/// Turns a history into the distribution of the remaining life: first detection, then a mixture of the models that explain the trend,
/// weighted by their evidence.
/// </summary>
public static class AssessRul
{
    /// <summary>The prognosis for a part.</summary>
    /// <exception cref="ArgumentException">The settings or the history are invalid.</exception>
    public static Prognosis Of(RulSettings settings, PartHistory history)
    {
        settings.Validate();
        Require.NotNegative(history.AgeDays);
        Require.Finite(history.NowDays);
        var fleet = FleetAt(settings, history.AgeDays);
        if (history.Baseline is null || history.Level is ConditionLevel.Learning or ConditionLevel.Healthy
            || history.Trend.Length < settings.LeastPoints)
        {
            if (fleet is not null) return new Prognosis.Rul(RulDistribution.Of(fleet), [new("fleet", 1)]);
            return new Prognosis.CannotSayYet(
                history.Baseline is null ? "There is no vibration history of the healthy part, and no life of the fleet is known."
                : history.Level is ConditionLevel.Healthy
                    ? "The part is healthy, so there is no trend to follow, and no life of the fleet is known."
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"There are {history.Trend.Length} medians since the change, a trend needs {settings.LeastPoints}, and no life of "
                        + $"the fleet is known."));
        }
        return Mixed(settings, history, history.Baseline, fleet);
    }

    // Scales weighted by the probability that a part survives to this age under each.
    static ILifetime? FleetAt(RulSettings s, double ageDays)
    {
        if (s.Fleet is not { } fleet || s.FleetScaleSdLn == 0) return s.Fleet is { } known ? known with { AgeDays = ageDays } : null;
        var lives = Normal.HermiteNodes.Select(z => new WeibullLife(fleet.Shape, fleet.ScaleDays * Math.Exp(s.FleetScaleSdLn * z)))
            .ToArray();
        var logs = lives.Select((life, i) => Math.Log(Normal.HermiteWeights[i]) - Math.Pow(ageDays / life.ScaleDays, life.Shape)).ToArray();
        var total = Normal.LogSumExp(logs);
        return new MixtureLife([.. lives.Select((life, i) => new WeightedLife("fleet", Math.Exp(logs[i] - total), life with
        {
            AgeDays = ageDays,
        }))]);
    }

    static Prognosis Mixed(RulSettings s, PartHistory history, Baseline baseline, ILifetime? fleet)
    {
        // Autocorrelated noise averages out more slowly: an AR(1) process is treated as white noise with the same long-run variance of the
        // mean.
        var memory = Math.Sqrt((1 + baseline.Autocorrelation) / (1 - baseline.Autocorrelation));
        var (points, noise) = Blocks(history.Trend, s.MostPoints, memory * baseline.ScaleLn);
        var (centre, variance, slopeVariance) = (baseline.CentreLn, s.LevelSdLn * s.LevelSdLn, s.SlopeSdPerDay * s.SlopeSdPerDay);
        List<(string Name, ILifetime? Life, double LogEvidence)> models = [];
        var line = new LogLinearTrend(centre, s.SlopePerDay, variance, slopeVariance, 0, noise).Update(points);
        models.Add(("log-linear", line.RemainingLife(history.NowDays, s.Threshold), line.LogEvidence));
        models.AddRange(Wandering(s, history, points, noise, centre));
        if (s.SlopePerDay > 0 && s.Exponents.Length > 0)
        {
            // A lognormal distribution with the mean and standard deviation of the slope.
            var sdLn = Math.Sqrt(Math.Log(1 + slopeVariance / (s.SlopePerDay * s.SlopePerDay)));
            var power = new PowerTrend(centre, variance, noise, s.SlopePerDay * Math.Exp(-0.5 * sdLn * sdLn), sdLn, s.Exponents);
            var (life, evidence) = power.RemainingLife(points, history.NowDays, s.Threshold);
            models.Add(("power", life, evidence));
        }
        // No growth at all is a false alarm; the life is then the fleet's.
        models.Add(("fleet", fleet, new LogLinearTrend(centre, 0, variance, 0, 0, noise).Update(points).LogEvidence));
        return Weighted(s, models, fleet, line);
    }

    // Trends that wander, on scales from growth that slows down to growth that runs away.
    static IEnumerable<(string Name, ILifetime? Life, double LogEvidence)> Wandering(
        RulSettings s, PartHistory history, IReadOnlyList<TrendPoint> points, double noise, double centre)
    {
        double[] exponents = s.SlopePerDay > 0 ? [1, .. s.Exponents.Where(m => m is >= 0.5 and <= 2 and not 1)] : [1];
        var members = exponents.Length * s.DiffusionsPerRootDay.Length;
        foreach (var exponent in exponents)
        {
            var scale = new PowerScale(exponent, centre);
            // The same time from a new part to the threshold on each scale.
            var height = s.Threshold.Ln - centre;
            var ratio = height > 0 ? scale.Of(s.Threshold.Ln) / height : 1;
            foreach (var diffusion in s.DiffusionsPerRootDay)
            {
                var path = new WienerTrend(
                    Math.Min(0, points[0].Days), 0, ratio * s.SlopePerDay, s.LevelSdLn * s.LevelSdLn,
                    ratio * ratio * s.SlopeSdPerDay * s.SlopeSdPerDay, 0, ratio * diffusion, noise);
                path = points.Aggregate(path, (trend, point) => scale.Update(trend, point, noise));
                path = path.Predict(Math.Max(path.AtDays, history.NowDays));
                yield return ("wiener", path.RemainingLife(scale.Of(s.Threshold)), path.LogEvidence - Math.Log(members));
            }
        }
    }

    static Prognosis Weighted(
        RulSettings s, List<(string Name, ILifetime? Life, double LogEvidence)> models, ILifetime? fleet, LogLinearTrend line)
    {
        var total = Normal.LogSumExp([.. models.Select(m => m.LogEvidence)]);
        var weights = models.Select(m => Math.Exp(m.LogEvidence - total)).ToArray();
        if (fleet is null)
        {
            if (weights[^1] > 0.5)
                return new Prognosis.CannotSayYet(
                    "The indicator has changed but does not grow, so there is no trend to follow, and no life of the fleet is known.");
            weights[^1] = 0;
        }
        else
        {
            weights[^1] = Math.Max(s.FleetWeight, weights[^1]);
        }
        var others = weights.Take(weights.Length - 1).Sum();
        for (var i = 0; i < weights.Length - 1; i++) weights[i] *= others > 0 ? (1 - weights[^1]) / others : 0;
        var parts = models.Select((m, i) => new WeightedLife(m.Name, weights[i], m.Life!)).Where(p => p.Weight > 1e-4).ToArray();
        var kept = parts.Sum(p => p.Weight);
        ImmutableArray<WeightedLife> mixture = [.. parts.Select(p => p with { Weight = p.Weight / kept })];
        var life = RulDistribution.Of(new MixtureLife(mixture));
        if (life.NeverProbability <= 0.5)
            return new Prognosis.Rul(
                life, [.. mixture.GroupBy(p => p.Name).Select(g => new ModelWeight(g.Key, g.Sum(p => p.Weight)))], line);
        var weight = 100 * mixture.Where(p => p.Name == "fleet").Sum(p => p.Weight);
        var ofFleet = fleet is null
            ? "no life of the fleet is known"
            : string.Create(CultureInfo.InvariantCulture, $"the life of the fleet, weighted with {weight:0} %, does not outweigh it");
        return new Prognosis.CannotSayYet($"The trend does not lead to the threshold with more than even probability, and {ofFleet}.");
    }

    // Means of neighbouring points, with the noise of these means.
    static (IReadOnlyList<TrendPoint> Points, double NoiseSd) Blocks(ImmutableArray<TrendPoint> trend, int most, double noiseSd)
    {
        var size = (trend.Length + most - 1) / most;
        if (size == 1) return (trend, noiseSd);
        return ([.. trend.Chunk(size).Where(c => c.Length == size)
            .Select(c => new TrendPoint(c.Average(p => p.Days), c.Average(p => p.LnValue)))], noiseSd / Math.Sqrt(size));
    }
}
