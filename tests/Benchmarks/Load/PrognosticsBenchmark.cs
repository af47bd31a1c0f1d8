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
    static readonly double[] Cuts = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95];

    public static Task Run(string repository, CancellationToken cancel)
    {
        var data = Environment.GetEnvironmentVariable("POLLUX_DATA") ?? Path.Combine(repository, "..", "shared", "data");
        var bearings = Path.Combine(data, "femto_pronostia", "dev", "features");
        if (Directory.Exists(bearings)) Bearings(bearings, cancel);
        else Console.WriteLine(
            "The PRONOSTIA features are absent (../shared/data/femto_pronostia/dev/features beside the repository, or POLLUX_DATA); "
                + "nothing is measured on them.");
        var engines = Path.Combine(data, "cmapss", "dev", "train_FD001.txt.gz");
        if (File.Exists(engines)) TurbofanPrognostics.Run(engines, cancel);
        else Console.WriteLine(
            "C-MAPSS is absent (../shared/data/cmapss/dev/train_FD001.txt.gz beside the repository, or POLLUX_DATA); nothing is measured "
                + "on it.");
        return Task.CompletedTask;
    }

    /// <summary>Lines of a gzip file.</summary>
    public static IEnumerable<string> Lines(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line) yield return line;
    }

    static void Bearings(string folder, CancellationToken cancel)
    {
        Report.Title("prognostics: PRONOSTIA, each learning bearing by the five others");
        var all = Directory.GetFiles(folder, "*.csv.gz").Order().Select(TestBearing.Read).ToList();
        Console.WriteLine(
            $"{all.Count} bearings, cut at {string.Join(", ", Cuts.Select(c => $"{100 * c:0} %"))} of their lives; hours; bands are "
                + "5-95 %");
        var scores = new Scores();
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
        scores.Print(phm2012: true);
    }
}

/// <summary>Prediction errors by method.</summary>
sealed class Scores
{
    readonly Dictionary<string, List<(double Truth, double Guess, double? Low, double? High)>> byMethod = [];

    public void Add(string method, double truth, double guess) => Of(method).Add((truth, guess, null, null));

    public void Add(string method, double truth, ILifetime life) =>
        Of(method).Add((truth, Math.Min(life.Quantile(0.5), 1e4), life.Quantile(0.05), life.Quantile(0.95)));

    public void Print(bool phm2012)
    {
        Console.WriteLine(
            $"{"",-52} {(phm2012 ? "score" : "penalty"),9} {"mean |e|",9} {"RMSE",9} {(phm2012 ? "mean |Er|" : "to 125"),9} {"in band",9} "
                + $"{"band",9}");
        foreach (var (method, rows) in byMethod)
        {
            var score = phm2012
                ? rows.Average(r => PredictionScore.Phm2012(r.Truth, r.Guess))
                : rows.Sum(r => PredictionScore.Phm2008(r.Guess - r.Truth));
            var banded = rows.Where(r => r.Low is not null).ToList();
            string[] cells =
            [
                score.ToString(phm2012 ? "0.000" : "0", CultureInfo.InvariantCulture),
                rows.Average(r => Math.Abs(r.Guess - r.Truth)).ToString("0.00", CultureInfo.InvariantCulture),
                Math.Sqrt(rows.Average(r => Math.Pow(r.Guess - r.Truth, 2))).ToString("0.00", CultureInfo.InvariantCulture),
                phm2012
                    ? rows.Average(r => 100 * Math.Abs(r.Guess - r.Truth) / r.Truth).ToString("0", CultureInfo.InvariantCulture) + " %"
                    // As in the literature, lives beyond 125 cycles count as 125.
                    : Math.Sqrt(rows.Average(r => Math.Pow(Math.Min(125, r.Guess) - Math.Min(125, r.Truth), 2)))
                        .ToString("0.00", CultureInfo.InvariantCulture),
                banded.Count == 0
                    ? "-"
                    : (100.0 * banded.Count(r => r.Truth >= r.Low && r.Truth <= r.High) / banded.Count)
                        .ToString("0", CultureInfo.InvariantCulture) + " %",
                banded.Count == 0
                    ? "-"
                    : banded.Average(r => Math.Min(r.High!.Value, 1e4) - r.Low!.Value).ToString("0.00", CultureInfo.InvariantCulture),
            ];
            Console.WriteLine($"{method,-52} {string.Join(' ', cells.Select(c => c.PadLeft(9)))}");
        }
    }

    List<(double, double, double?, double?)> Of(string method) => byMethod.TryGetValue(method, out var rows) ? rows : byMethod[method] = [];
}
