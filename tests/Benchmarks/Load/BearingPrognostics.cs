using System.Collections.Immutable;
using System.Globalization;
using MathNet.Numerics;
using TwinModel.ConditionMonitoring;
using TwinModel.Lifetimes;
using TwinModel.Prognostics;

namespace Benchmarks.Load;

/// <summary>One measurement of a PRONOSTIA bearing.</summary>
readonly record struct BearingRow(double Hours, double Rms);

/// <summary>A PRONOSTIA bearing that ran to failure.</summary>
/// <param name="Name">From the file name.</param>
/// <param name="AgeingRate">Days of ageing per day relative to condition 1, by ISO 281.</param>
/// <param name="Rows">One every ten seconds.</param>
sealed record TestBearing(string Name, double AgeingRate, ImmutableArray<BearingRow> Rows)
{
    public double LifeHours => Rows[^1].Hours;

    public static TestBearing Read(string file)
    {
        var name = Path.GetFileName(file).Split('.')[0];
        // Operating conditions of the challenge: 1 = 1800 r/min 4000 N, 2 = 1650 r/min 4200 N, 3 = 1500 r/min 5000 N.
        var (speed, load) = name["Bearing".Length] switch
        {
            '1' => (1800.0, 4000.0),
            '2' => (1650, 4200),
            _ => (1500, 5000),
        };
        var lines = PrognosticsBenchmark.Lines(file).ToList();
        var header = lines[0].Split(',');
        var (time, horizontal) = (Array.IndexOf(header, "t_s"), Array.IndexOf(header, "h_rms"));
        return new(name, Iso281.AgeingRate(speed, load, 1800, 4000, Iso281.BallExponent), [.. lines.Skip(1).Select(line =>
        {
            var cells = line.Split(',');
            return new BearingRow(
                double.Parse(cells[time], CultureInfo.InvariantCulture) / 3600,
                double.Parse(cells[horizontal], CultureInfo.InvariantCulture));
        })]);
    }
}

/// <summary>Prior for one bearing learned from the five others. The library's days are hours here.</summary>
sealed class BearingPrior
{
    static readonly DateTimeOffset T0 = DateTimeOffset.UnixEpoch;

    // Windows of 1 minute instead of 10 and a baseline of 20 points, because these bearings last only hours.
    static readonly ConditionSettings Chart = new(new(1, 1), null) { Window = TimeSpan.FromMinutes(1), BaselineCount = 20 };

    readonly TestBearing bearing;
    readonly RulSettings settings;
    readonly double endLn;
    readonly RulDistribution anyTime;

    BearingPrior(TestBearing bearing, RulSettings settings, double endLn, double meanLife, RulDistribution anyTime) =>
        (this.bearing, this.settings, this.endLn, MeanLife, this.anyTime) = (bearing, settings, endLn, meanLife, anyTime);

    public double MeanLife { get; }

    public static BearingPrior Of(IReadOnlyList<TestBearing> others, TestBearing bearing)
    {
        var ends = others.Select(b => Math.Log(b.Rows.TakeLast(6).Average(r => r.Rms))).ToArray();
        var lives = others.Select(b => b.LifeHours * b.AgeingRate / bearing.AgeingRate).ToArray();
        var slopes = new List<double>();
        foreach (var other in others)
        {
            var (trend, now, _, _) = Watch(other.Rows);
            if (trend.Length > 5) slopes.Add((trend[^6..].Average(p => p.LnValue) - trend[0].LnValue) / Math.Max(0.1, now));
        }
        var (slope, slopeSd) = slopes.Count > 1
            ? (slopes.Average(), MathNet.Numerics.Statistics.ArrayStatistics.StandardDeviation([.. slopes]))
            : (0.5, 0.5);
        // Five lives do not determine a shape, and these parts fail at any age: none is assumed to be due. What is left is then the mean
        // of what the others had left when they were looked at.
        var left = 0.5 * (1 - PrognosticsBenchmark.FirstCut) * lives.Average();
        return new(
            bearing,
            new(new(Math.Exp(ends.Average()), MathNet.Numerics.Statistics.ArrayStatistics.StandardDeviation(ends)), new(1, left))
            {
                SlopePerDay = Math.Max(0.1, slope),
                SlopeSdPerDay = Math.Max(0.1, slopeSd),
                LevelSdLn = 0.2,
                DiffusionsPerRootDay = [0.1, 0.3, 0.6],
            },
            ends.Average(), others.Average(b => b.LifeHours), AnyTime(lives));
    }

    // A part of unknown share of life: each of the others at each moment of its life.
    static RulDistribution AnyTime(double[] lives)
    {
        const double most = 1 - PrognosticsBenchmark.FirstCut;
        double[] left = [.. lives.SelectMany(life => Enumerable.Range(0, 100).Select(i => most * life * (i + 0.5) / 100)).Order()];
        return new([0, .. left], [0, .. left.Select((_, i) => (i + 1.0) / left.Length)]);
    }

    public IEnumerable<(string Name, ILifetime Life)> Predict(ImmutableArray<BearingRow> known)
    {
        var age = known[^1].Hours;
        var (trend, now, level, baseline) = Watch(known);
        var fleet = AssessRul.Of(settings, new(ConditionLevel.Healthy, baseline, age, 0, []));
        yield return ("remaining lives of the others, looked at any time", anyTime);
        yield return ("fleet alone: as likely to fail at any age", ((Prognosis.Rul)fleet).Life);
        foreach (var weight in new[] { 0.1, 0.5 })
        {
            var prognosis = AssessRul.Of(settings with { FleetWeight = weight }, new(level, baseline, age, now, trend));
            yield return (FormattableString.Invariant($"detection and models by evidence, fleet weight {weight:0.0}"),
                ((Prognosis.Rul)prognosis).Life);
        }
    }

    public double Extrapolate(ImmutableArray<BearingRow> known)
    {
        var (intercept, slope) = Fit.Line([.. known.Select(r => r.Hours)], [.. known.Select(r => Math.Log(r.Rms))]);
        return slope <= 0 ? 10 : Math.Clamp((endLn - intercept) / slope - known[^1].Hours, 0, 10);
    }

    // Runs the same fold as the live path; returns the medians since the change that it detects.
    static (ImmutableArray<TrendPoint> Trend, double NowHours, ConditionLevel Level, Baseline? Baseline) Watch(
        ImmutableArray<BearingRow> rows)
    {
        var (state, transitions) = (ConditionState.Start, new List<ConditionTransition>());
        List<(DateTimeOffset At, double Ln)> medians = [];
        foreach (var row in rows)
        {
            (state, var changes) = Condition.Step(Chart, state, new(T0.AddHours(row.Hours), row.Rms, 1, 1));
            transitions.AddRange(changes);
            if (state is { LastAt: { } at, LastLn: { } ln } && (medians.Count == 0 || medians[^1].At != at)) medians.Add((at, ln));
        }
        var found = transitions.LastOrDefault(t => t.From == ConditionLevel.Healthy && t.To == ConditionLevel.Degrading);
        if (state.Level != ConditionLevel.Degrading || found is null) return ([], 0, state.Level, state.Baseline);
        var start = found.Evidence.ChangedAfter ?? found.At;
        return ([.. medians.Where(m => m.At >= start).Select(m => new TrendPoint((m.At - start).TotalHours, m.Ln))],
            (T0.AddHours(rows[^1].Hours) - start).TotalHours, state.Level, state.Baseline);
    }
}
