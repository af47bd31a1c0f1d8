using System.Collections.Immutable;
using System.Globalization;
using System.IO.Compression;
using TwinModel.Lifetimes;
using TwinModel.Prognostics;

namespace Benchmarks.Load;

/// <summary>
/// Predicts remaining lives of bearings and engines that ran to failure from the data up to a cut, compared with model-free rules.
/// Parameters come only from the other bearings (or engines); a method sees only the rows before the cut.
/// </summary>
static class PrognosticsBenchmark
{
    // Many, so that no rule is rewarded for a share of the age that happens to be one of the cuts.
    static readonly double[] Cuts = [.. Enumerable.Range(0, 50).Select(i => FirstCut + 0.012 * i)];

    /// <summary>Share of life at the first look.</summary>
    public const double FirstCut = 0.4;

    /// <param name="repository">Holds the asset models; the data lie beside it.</param>
    /// <param name="parts">Of <c>bearings</c>, <c>engines</c> and <c>lives</c>; none: all.</param>
    /// <param name="cancel">Ends it.</param>
    public static Task Run(string repository, string[] parts, CancellationToken cancel)
    {
        var data = Environment.GetEnvironmentVariable("POLLUX_DATA") ?? Path.Combine(repository, "..", "shared", "data");
        bool Asked(string part) => parts.Length == 0 || parts.Contains(part);
        if (Asked("bearings"))
        {
            var bearings = Path.Combine(data, "femto_pronostia", "dev", "features");
            if (Directory.Exists(bearings)) Bearings(bearings, cancel);
            else Console.WriteLine(
                "The PRONOSTIA features are absent (../shared/data/femto_pronostia/dev/features beside the repository, or POLLUX_DATA); "
                    + "nothing is measured on them.");
        }
        if (Asked("engines"))
        {
            var engines = Path.Combine(data, "cmapss");
            if (File.Exists(Path.Combine(engines, "dev", "train_FD001.txt.gz"))) TurbofanPrognostics.Run(engines, cancel);
            else Console.WriteLine(
                "C-MAPSS is absent (../shared/data/cmapss/dev/train_FD001.txt.gz beside the repository, or POLLUX_DATA); nothing is "
                    + "measured on it.");
        }
        if (Asked("lives")) LifePrognostics.Run(repository, cancel);
        return Task.CompletedTask;
    }

    /// <summary>Lines of a gzip file.</summary>
    public static IEnumerable<string> Lines(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line) yield return line;
    }

    // The guess with the greatest expected score: late predictions cost four times as much as early ones.
    static double MostRewarded(ILifetime life)
    {
        double[] lives = [.. Enumerable.Range(0, 100).Select(i => Math.Clamp(life.Quantile((i + 0.5) / 100), 1e-6, 1e4))];
        return lives.MaxBy(guess => lives.Average(actual => PredictionScore.Phm2012(actual, guess)));
    }

    static void Bearings(string folder, CancellationToken cancel)
    {
        Report.Title("prognostics: PRONOSTIA, each learning bearing by the five others");
        var all = Directory.GetFiles(folder, "*.csv.gz").Order().Select(TestBearing.Read).ToList();
        Console.WriteLine(
            $"{all.Count} bearings, cut {Cuts.Length} times from {100 * Cuts[0]:0} to {100 * Cuts[^1]:0} % of their lives; hours; bands "
                + "are 5-95 %");
        var scores = new Scores(
            "score", rows => rows.Average(r => PredictionScore.Phm2012(r.Truth, r.Guess)).ToString("0.000", CultureInfo.InvariantCulture),
            MostRewarded, double.PositiveInfinity);
        foreach (var bearing in all)
        {
            var others = BearingPrior.Of([.. all.Where(b => b != bearing)], bearing);
            foreach (var cut in Cuts)
            {
                cancel.ThrowIfCancellationRequested();
                var now = cut * bearing.LifeHours;
                var known = bearing.Rows.TakeWhile(r => r.Hours <= now).ToImmutableArray();
                var truth = bearing.LifeHours - known[^1].Hours;
                scores.Add("mean life of the others less age", truth, Math.Max(0, others.MeanLife - known[^1].Hours));
                scores.Add("0.20 x age", truth, 0.20 * known[^1].Hours);
                scores.Add("0.25 x age", truth, 0.25 * known[^1].Hours);
                scores.Add("log-linear RMS to the others' mean end", truth, others.Extrapolate(known));
                foreach (var (name, life) in others.Predict(known)) scores.Add(name, truth, life);
            }
        }
        scores.Print();
    }
}

/// <summary>A prediction and what came; the band holds nine of ten lives, where a method has one.</summary>
readonly record struct Predicted(double Truth, double Guess, double? Low, double? High);

/// <summary>Prediction errors by method.</summary>
/// <param name="name">Of the score.</param>
/// <param name="score">The score of a method's predictions.</param>
/// <param name="guess">The one number that stands for a distribution.</param>
/// <param name="cap">All lives beyond it count as this one, guesses and bands too.</param>
sealed class Scores(string name, Func<IReadOnlyList<Predicted>, string> score, Func<ILifetime, double> guess, double cap)
{
    readonly Dictionary<string, List<Predicted>> byMethod = [];

    public void Add(string method, double truth, double guessed) => Of(method).Add(new(Capped(truth), Capped(guessed), null, null));

    public void Add(string method, double truth, ILifetime life) => Of(method).Add(new(
        Capped(truth), Capped(Math.Min(guess(life), 1e4)), Capped(life.Quantile(0.05)), Capped(Math.Min(life.Quantile(0.95), 1e4))));

    public void Print()
    {
        Console.WriteLine(
            $"{"",-52} {name,9} {"mean |e|",9} {"RMSE",9} {"mean |Er|",9} {"in band",9} {"band",9} {"median",9}");
        foreach (var (method, rows) in byMethod)
        {
            var banded = rows.Where(r => r.Low is not null).ToList();
            var widths = banded.Select(r => r.High!.Value - r.Low!.Value).Order().ToList();
            string[] cells =
            [
                score(rows),
                Text(rows.Average(r => Math.Abs(r.Guess - r.Truth)), "0.00"),
                Text(Math.Sqrt(rows.Average(r => Math.Pow(r.Guess - r.Truth, 2))), "0.00"),
                Text(rows.Average(r => 100 * Math.Abs(r.Guess - r.Truth) / r.Truth), "0") + " %",
                banded.Count == 0 ? "-" : Text(100.0 * banded.Count(r => r.Truth >= r.Low && r.Truth <= r.High) / banded.Count, "0") + " %",
                banded.Count == 0 ? "-" : Text(widths.Average(), "0.00"),
                banded.Count == 0 ? "-" : Text(widths[widths.Count / 2], "0.00"),
            ];
            Console.WriteLine($"{method,-52} {string.Join(' ', cells.Select(c => c.PadLeft(9)))}");
        }
    }

    double Capped(double life) => Math.Min(cap, life);

    static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    List<Predicted> Of(string method) => byMethod.TryGetValue(method, out var rows) ? rows : byMethod[method] = [];
}
