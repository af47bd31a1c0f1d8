using System.Collections.Immutable;
using System.Globalization;
using MathNet.Numerics.LinearAlgebra;
using TwinModel.ConditionMonitoring;
using TwinModel.Lifetimes;
using TwinModel.Prognostics;
using TwinModel.Uncertainty;

namespace Benchmarks.Load;

/// <summary>
/// C-MAPSS: each fifth of the engines by the others, looked at once to ten times at cut-offs like the official ones; and the official test
/// sets, where they are present. Cycles take the place of days. All labels are capped, those of the truth too.
/// </summary>
static class TurbofanPrognostics
{
    /// <summary>Beyond this remaining life, the sensors do not distinguish lives; the usual cap for this data set.</summary>
    public const double Cap = 125;

    const int Window = 30;

    // Remaining lives and least history of the official cut-offs.
    const int LeastRul = 7, MostRul = 145, LeastKnown = 31, CutsEach = 10;

    // Sensors 2, 3, 4, 7, 8, 9, 11, 12, 13, 14, 15, 17, 20, 21: the others are constant in FD001.
    static readonly int[] Columns = [6, 7, 8, 11, 12, 13, 15, 16, 17, 18, 19, 21, 24, 25];

    sealed record Engine(int Unit, double[][] Rows)
    {
        public int Life => Rows.Length;
    }

    public static void Run(string data, CancellationToken cancel)
    {
        var engines = Read(Path.Combine(data, "dev", "train_FD001.txt.gz"));
        Report.Title("prognostics: C-MAPSS FD001, each fifth of the engines by the others");
        Console.WriteLine(
            $"{engines.Count} engines, up to {CutsEach} cut-offs each with {LeastRul} to {MostRul} cycles to go and {LeastKnown} known; "
                + $"cycles; all labels capped at {Cap}");
        var scores = OfTurbofans();
        var random = new RandomStream(1, 0);
        for (var fold = 0; fold < 5; fold++)
        {
            cancel.ThrowIfCancellationRequested();
            var judged = new Methods([.. engines.Where(e => e.Unit % 5 != fold)]);
            foreach (var engine in engines.Where(e => e.Unit % 5 == fold))
            {
                for (var cut = 0; cut < CutsEach; cut++)
                {
                    var rul = LeastRul + random.NextInteger(MostRul - LeastRul + 1);
                    if (engine.Life - rul >= LeastKnown) judged.Judge(scores, engine, engine.Life - rul, rul);
                }
            }
        }
        scores.Print();
        Official(data, "FD001", () => engines, cancel);
        Official(data, "FD003", () => Read(Path.Combine(data, "holdout", "train_FD003.txt.gz")), cancel);
    }

    static void Official(string data, string name, Func<List<Engine>> learn, CancellationToken cancel)
    {
        var folder = Path.Combine(data, "holdout");
        var (test, answers) = (Path.Combine(folder, $"test_{name}.txt.gz"), Path.Combine(folder, $"RUL_{name}.txt"));
        if (!File.Exists(test) || !File.Exists(answers)) return;
        Report.Title($"prognostics: C-MAPSS {name}, the official test engines");
        var (judged, scores) = (new Methods(learn()), OfTurbofans());
        var truths = File.ReadLines(answers).Where(l => l.Trim().Length > 0).Select(l => int.Parse(l, CultureInfo.InvariantCulture));
        foreach (var (engine, truth) in Read(test).Zip(truths))
        {
            cancel.ThrowIfCancellationRequested();
            judged.Judge(scores, engine, engine.Life, truth);
        }
        scores.Print();
    }

    static List<Engine> Read(string file) =>
        [.. PrognosticsBenchmark.Lines(file).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(c => c.Length >= 26)
            .GroupBy(c => int.Parse(c[0], CultureInfo.InvariantCulture))
            .Select(g => new Engine(
                g.Key, [.. g.Select(c => Columns.Select(k => double.Parse(c[k], CultureInfo.InvariantCulture)).ToArray())]))];

    static Scores OfTurbofans() => new(
        "penalty", rows => rows.Sum(r => PredictionScore.Phm2008(r.Guess - r.Truth)).ToString("0", CultureInfo.InvariantCulture),
        // The mean errs least in the square.
        life => life.MeanUntil(Cap), Cap);

    /// <summary>The methods, learned from some engines.</summary>
    sealed class Methods
    {
        readonly double constant;
        readonly Ridge last, window;
        readonly (double Guess, double Age, double Rul)[] pairs;
        readonly IndexTrend trend;
        readonly LearnedLife learned;

        public Methods(IReadOnlyList<Engine> learn)
        {
            constant = learn.SelectMany(e => Enumerable.Range(1, e.Life).Select(t => Math.Min(Cap, e.Life - t))).Average();
            last = new(learn, (e, t) => e.Rows[t - 1], 1e-3);
            window = new(learn, TurbofanPrognostics.Features, 10);
            pairs = [.. learn.SelectMany(e => Enumerable.Range(5, e.Life - 5)
                .Select(t => (Guess: window.Predict(e, t), Age: (double)t, Rul: (double)(e.Life - t))))];
            trend = new(learn, last);
            learned = LearnLife.From([.. learn.Select(e => new RunToFailure([.. e.Rows]))], new((int)Cap));
        }

        public void Judge(Scores scores, Engine engine, int known, double truth)
        {
            scores.Add("constant", truth, constant);
            scores.Add("linear regression on the last row", truth, last.Predict(engine, known));
            var guess = window.Predict(engine, known);
            scores.Add("ridge on 42 features of the last 30 rows", truth, guess);
            scores.Add("lives of engines of like ridge value and age", truth, Similar(pairs, guess, known));
            scores.Add("health index, models by evidence", truth, trend.Predict(engine, known));
            scores.Add("learned from lives (LearnLife)", truth, learned.Predict(engine.Rows.AsSpan(0, known)));
        }
    }

    static double[] Features(Engine engine, int t)
    {
        var rows = engine.Rows[Math.Max(0, t - Window)..t];
        var middle = (rows.Length - 1) / 2.0;
        var spread = Enumerable.Range(0, rows.Length).Sum(i => (i - middle) * (i - middle));
        return [.. Enumerable.Range(0, Columns.Length).SelectMany(k => new[]
        {
            rows.Average(r => r[k]), rows.TakeLast(5).Average(r => r[k]),
            spread == 0 ? 0 : rows.Select((r, i) => (i - middle) * r[k]).Sum() / spread,
        })];
    }

    // Remaining lives of learned engines that looked like this at this age: an empirical distribution without a growth model.
    static RulDistribution Similar((double Guess, double Age, double Rul)[] pairs, double guess, double age)
    {
        const int neighbours = 300;
        var lives = pairs.OrderBy(p => Math.Pow((p.Guess - guess) / 10, 2) + Math.Pow((p.Age - age) / 30, 2)).Take(neighbours)
            .Select(p => p.Rul).Order().ToArray();
        var (days, cdf) = (ImmutableArray.CreateBuilder<double>(), ImmutableArray.CreateBuilder<double>());
        foreach (var group in lives.Select((life, rank) => (life, rank)).GroupBy(p => p.life))
        {
            if (days.Count == 0 && group.Key > 0) (days, cdf) = (Builder(0), Builder(0));
            days.Add(group.Key);
            cdf.Add(days.Count == 1 ? 0 : (group.Max(p => p.rank) + 1.0) / neighbours);
        }
        return new(days.ToImmutable(), cdf.ToImmutable());

        static ImmutableArray<double>.Builder Builder(double first)
        {
            var builder = ImmutableArray.CreateBuilder<double>();
            builder.Add(first);
            return builder;
        }
    }

    /// <summary>Ridge regression of the capped remaining life on standardised features.</summary>
    sealed class Ridge
    {
        readonly Func<Engine, int, double[]> features;
        readonly double[] mean, scale;
        readonly Vector<double> weights;

        public Ridge(IReadOnlyList<Engine> learn, Func<Engine, int, double[]> features, double penalty)
        {
            this.features = features;
            var rows = learn.SelectMany(e => Enumerable.Range(5, e.Life - 4).Select(t => (X: features(e, t), Y: Math.Min(Cap, e.Life - t))))
                .ToList();
            var width = rows[0].X.Length;
            mean = [.. Enumerable.Range(0, width).Select(k => rows.Average(r => r.X[k]))];
            scale = [.. Enumerable.Range(0, width)
                .Select(k => Math.Max(1e-12, Math.Sqrt(rows.Average(r => Math.Pow(r.X[k] - mean[k], 2)))))];
            var x = Matrix<double>.Build.Dense(rows.Count, width + 1, (i, k) => k == width ? 1 : (rows[i].X[k] - mean[k]) / scale[k]);
            var y = Vector<double>.Build.Dense(rows.Count, i => rows[i].Y);
            var normal = x.TransposeThisAndMultiply(x) + Matrix<double>.Build.Diagonal(width + 1, width + 1, k => k == width ? 0 : penalty);
            weights = normal.Cholesky().Solve(x.TransposeThisAndMultiply(y));
        }

        public double Predict(Engine engine, int t)
        {
            var x = features(engine, t);
            var sum = weights[^1];
            for (var k = 0; k < x.Length; k++) sum += weights[k] * (x[k] - mean[k]) / scale[k];
            return Math.Clamp(sum, 0, Cap + 20);
        }
    }

    /// <summary>
    /// A health index from the last-row regression, extrapolated to the level at which learned engines failed, by the library's models.
    /// </summary>
    sealed class IndexTrend
    {
        const int Smooth = 5;
        readonly Ridge ridge;
        readonly RulSettings settings;
        readonly double healthy, healthySd;

        public IndexTrend(IReadOnlyList<Engine> learn, Ridge ridge)
        {
            this.ridge = ridge;
            var ends = learn.Select(e => Index(e, e.Life)).ToArray();
            var starts = learn.SelectMany(e => Enumerable.Range(5, 30).Select(t => Index(e, t))).ToArray();
            (healthy, healthySd) = (starts.Average(), MathNet.Numerics.Statistics.ArrayStatistics.StandardDeviation(starts));
            // Growth over the last hundred cycles, when the fault is present.
            var slopes = learn.Select(e => (Index(e, e.Life) - Index(e, Math.Max(5, e.Life - 100))) / Math.Min(100, e.Life - 5)).ToArray();
            var lives = learn.Select(e => (double)e.Life).ToArray();
            var cv = MathNet.Numerics.Statistics.ArrayStatistics.StandardDeviation(lives) / lives.Average();
            var shape = Math.Pow(cv, -1.086);
            settings = new(new(Math.Exp(ends.Average()), MathNet.Numerics.Statistics.ArrayStatistics.StandardDeviation(ends)),
                new(shape, lives.Average() / MathNet.Numerics.SpecialFunctions.Gamma(1 + 1 / shape)))
            {
                SlopePerDay = slopes.Average(),
                SlopeSdPerDay = 1.5 * MathNet.Numerics.Statistics.ArrayStatistics.StandardDeviation(slopes),
                LevelSdLn = healthySd,
                DiffusionsPerRootDay = [0.01, 0.03],
                Exponents = [1.3, 1.6, 2, 2.5],
            };
        }

        public ILifetime Predict(Engine engine, int t)
        {
            ImmutableArray<double> index = [.. Enumerable.Range(Smooth, t - Smooth + 1).Select(i => Index(engine, i))];
            // Onset: the last time the smoothed index was within two standard deviations of healthy.
            var onset = index.Length - 1;
            while (onset > 0 && index[onset] > healthy + 2 * healthySd) onset--;
            onset = Math.Max(0, onset - 10);
            ImmutableArray<TrendPoint> points = [
                .. Enumerable.Range(onset, index.Length - onset).Where(i => (i - onset) % Smooth == 0)
                    .Select(i => new TrendPoint(i - onset, index[i]))];
            var baseline = new Baseline(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, 30, healthy, healthySd, 0);
            var level = index.Length - onset > 20 ? ConditionLevel.Degrading : ConditionLevel.Healthy;
            return ((Prognosis.Rul)AssessRul.Of(settings, new(level, baseline, t, index.Length - 1 - onset, points))).Life;
        }

        // Scaled so that noise is small compared with the full range of 3; the library takes the index as a logarithm.
        double Index(Engine engine, int t) =>
            3 * (1 - Enumerable.Range(Math.Max(1, t - Smooth + 1), Math.Min(t, Smooth)).Average(i => ridge.Predict(engine, i)) / Cap);
    }
}
