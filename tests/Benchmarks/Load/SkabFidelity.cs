using System.Globalization;
using System.IO.Compression;
using TwinModel.Assets;
using TwinModel.Estimation;
using TwinModel.Telemetry;

namespace Benchmarks.Load;

/// <summary>
/// Measured faults of a water-circulation loop, by the protocol of the Skoltech Anomaly Benchmark: the first 400 rows of a file are learned
/// from, all later rows are judged, and all rows of all files are counted together. The judge is the detector of the asset model
/// 'pump-loop', folded as twin-state does; a row is judged by the last tick that was complete when it came. The limit for a file is chosen
/// on the others. Published detectors are scored by the same code.
/// </summary>
static class SkabFidelity
{
    const int Learned = 400;
    const double MostFalse = 13;

    static readonly string[] Files = [
        "valve1/0", "valve1/3", "valve1/6", "valve1/9", "valve1/12", "valve1/15", "valve2/0", "other/1", "other/3", "other/5", "other/6",
        "other/10", "other/12"];

    static readonly double[] Limits = [2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6, 7, 8, 10];

    readonly record struct Count(int Hit, int False, int Missed, int Quiet)
    {
        public double F1 => Hit / (Hit + (Missed + False) / 2.0);

        public double FalseShare => 100.0 * False / (False + Quiet);

        public double MissedShare => 100.0 * Missed / (Missed + Hit);

        public static Count operator +(Count a, Count b) => new(a.Hit + b.Hit, a.False + b.False, a.Missed + b.Missed, a.Quiet + b.Quiet);
    }

    // Of the physics: what no sensor shows, %.
    readonly record struct Inferred(double Opening, double Speed);

    sealed record Run(string Name, bool[] IsAnomalous, double[] Departure, Dictionary<string, double>[] Parts, Inferred?[] Physics)
    {
        // Medians while nothing is wrong and while something is.
        public string Shown()
        {
            string Of(bool isAnomalous, Func<Inferred, double> value)
            {
                var all = Enumerable.Range(0, IsAnomalous.Length).Where(i => IsAnomalous[i] == isAnomalous)
                    .Select(i => Physics[i]).OfType<Inferred>().Select(value).Order().ToList();
                return all[all.Count / 2].ToString("0", CultureInfo.InvariantCulture);
            }
            return $"opening {Of(false, p => p.Opening)} -> {Of(true, p => p.Opening)} %, speed {Of(false, p => p.Speed)} -> "
                + $"{Of(true, p => p.Speed)} %";
        }

        public Count Judged(double limit) => Score(IsAnomalous, i => Departure[i] > limit);

        // The quantity with the largest part while the limit is exceeded.
        public string? Named(double limit) => Enumerable.Range(Learned, IsAnomalous.Length - Learned).Where(i => Departure[i] > limit)
            .SelectMany(i => Parts[i]).GroupBy(p => p.Key).OrderByDescending(g => g.Sum(p => p.Value)).FirstOrDefault()?.Key;

        public bool IsNamedRightly(double limit) => Named(limit) is { } quantity
            && (Name is "other/5" or "other/6" ? quantity == "acceleration" : quantity is "volume-flow" or "pressure");
    }

    public static void Print(string repository, CancellationToken cancel)
    {
        var folder = Path.Combine(repository, "../shared/data/skab/dev");
        if (!Directory.Exists(folder))
        {
            Console.WriteLine($"skab: not run, {folder} is not there");
            return;
        }
        Report.Title(
            "skab: 13 measured runs of a pump loop with faults; F1, false alarms (FAR), missed (MAR), of all rows after the first 400");
        Published(Path.Combine(folder, "published_predictions.csv.gz"));
        var model = ReadAssetModel.FromText(
            File.ReadAllText(Path.Combine(repository, "contracts/assets/pump-loop.asset.yaml")), "pump-loop.asset.yaml");
        var setup = new EstimationSetup(model);
        Run[] runs = [.. Files.Select(f => Read(setup, folder, f, cancel))];
        var (total, named) = (default(Count), 0);
        foreach (var run in runs)
        {
            var others = runs.Where(r => r != run).ToArray();
            var limit = Limits.Select(l => (Limit: l, Count: others.Aggregate(default(Count), (c, r) => c + r.Judged(l))))
                .Where(l => l.Count.FalseShare <= MostFalse).MaxBy(l => l.Count.F1).Limit;
            var count = run.Judged(limit);
            total += count;
            if (run.IsNamedRightly(limit)) named++;
            Console.WriteLine(FormattableString.Invariant(
                $"  {Line(run.Name, count)}, limit {limit}, names {run.Named(limit) ?? "nothing"}; physics: {run.Shown()}"));
        }
        Console.WriteLine(Line("limit chosen on the other files", total));
        Console.WriteLine($"right group of sensors named: {named} of {runs.Length}");
        var shipped = model.Limits.First(l => l.Signal == "departure").Threshold;
        Console.WriteLine(Line(
            $"limit of the shipped model, {shipped.ToString(CultureInfo.InvariantCulture)}",
            runs.Aggregate(default(Count), (c, r) => c + r.Judged(shipped))));
        Console.WriteLine("goal: F1 0.80, FAR 15 %, 70 % of the groups");
    }

    static string Line(string what, Count c) => string.Create(
        CultureInfo.InvariantCulture, $"{what,-36} F1 {c.F1:0.000}, FAR {c.FalseShare,5:0.0} %, MAR {c.MissedShare,5:0.0} %");

    static Count Score(bool[] truth, Func<int, bool> judged, int first = Learned)
    {
        var count = default(Count);
        for (var i = first; i < truth.Length; i++)
            count += (truth[i], judged(i)) switch
            {
                (true, true) => new(1, 0, 0, 0),
                (false, true) => new(0, 1, 0, 0),
                (true, false) => new(0, 0, 1, 0),
                _ => new(0, 0, 0, 1),
            };
        return count;
    }

    // The authors' own predictions, one column each; a row without one is left out.
    static void Published(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        var header = reader.ReadLine()!.Split(',');
        List<string[]> rows = [];
        while (reader.ReadLine() is { } line) rows.Add(line.Split(','));
        for (var c = 4; c < header.Length; c++)
        {
            var given = rows.Where(r => r[c].Length > 0).ToArray();
            var count = Score([.. given.Select(r => r[2][0] == '1')], i => given[i][c][0] == '1', 0);
            Console.WriteLine($"  {Line(header[c], count)}, published");
        }
    }

    static Run Read(EstimationSetup setup, string folder, string name, CancellationToken cancel)
    {
        var model = setup.Model;
        var lines = File.ReadAllLines(Path.Combine(folder, $"{name}.csv"));
        var header = lines[0].Split(';');
        var rows = lines.Skip(1).Select(l => l.Split(';')).ToArray();
        var times = rows.Select(r => Micros.From(new DateTimeOffset(
            DateTime.ParseExact(r[0], "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), TimeSpan.Zero))).ToArray();
        var sensors = header.Select(h => model.Csv!.Columns.TryGetValue(h, out var id) ? model.Sensor(id) : null).ToArray();
        var (twin, work) = (new EstimateTwin(setup), new EstimationWorkspace(setup));
        SortedDictionary<long, (double Departure, Dictionary<string, double> Parts, Inferred Physics)> ticks = [];
        for (var i = 0; i < rows.Length; i++)
        {
            cancel.ThrowIfCancellationRequested();
            Reading[] readings = [.. sensors.Select((s, c) => (Sensor: s, Cell: rows[i][c])).Where(s => s.Sensor is not null)
                .Select(s => new Reading(s.Sensor!.Number, times[i], double.Parse(s.Cell, CultureInfo.InvariantCulture)))];
            twin.Step(readings, work, processed: tick =>
            {
                var estimate = twin.Estimate(work)!;
                double Learned(string input) => estimate.Learned.First(l => l.Id == input).Value.Mean;
                var signals = estimate.Signals.Where(s => s.Id.StartsWith("departure", StringComparison.Ordinal)).ToList();
                ticks[tick] = (signals.First(s => s.Id == "departure").Value.Mean, signals.Where(s => s.Id != "departure")
                    .ToDictionary(s => s.Id["departure-".Length..], s => s.Value.Mean),
                    new(Learned("outlet-opening"), Learned("speed-command")));
            });
        }
        var complete = times.Select(t => ticks.LastOrDefault(k => (k.Key + 1) * setup.TickMicros <= t + Micros.PerSecond).Value).ToArray();
        var anomaly = Array.IndexOf(header, "anomaly");
        return new(name, [.. rows.Select(r => r[anomaly][0] == '1')], [.. complete.Select(c => c.Parts is null ? double.NaN : c.Departure)],
            [.. complete.Select(c => c.Parts ?? [])], [.. complete.Select(c => c.Parts is null ? (Inferred?)null : c.Physics)]);
    }
}
