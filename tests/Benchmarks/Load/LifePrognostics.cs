using TwinModel.Assets;
using TwinModel.ConditionMonitoring;
using TwinModel.Lifetimes;
using TwinModel.Maintenance;
using TwinModel.Prognostics;

namespace Benchmarks.Load;

/// <summary>
/// How far the remaining lives and the advice of the live path are to be trusted: two hundred lives of a simulated bearing, each looked at
/// thirty times between its first day and its failure, with settings learned from twenty others.
/// </summary>
static class LifePrognostics
{
    const int Lives = 200, LearnedFrom = 20, LooksEach = 30;
    const double StopDays = 7;

    public static void Run(string repository, CancellationToken cancel)
    {
        var model = ReadAssetModel.FromDirectory(Path.Combine(repository, "contracts", "assets")).Single(m => m.Id == "extrusion-line");
        var world = new SimulatedLives(model, 1);
        var settings = world.LearnedFrom(All(world, 0, LearnedFrom, cancel));
        var lives = All(world, LearnedFrom, Lives, cancel);
        Report.Title($"prognostics: {Lives} simulated lives of a bearing, settings learned from {LearnedFrom} others");
        Console.WriteLine(
            $"lives {lives.Min(l => l.Days):0} to {lives.Max(l => l.Days):0} days, mean {lives.Average(l => l.Days):0}; {LooksEach} looks "
                + "each; bands are 5-95 %");
        var asked = lives.AsParallel().AsOrdered().WithCancellation(cancel)
            .SelectMany(life => Looks(life).Select(l => Judged(settings, life, l))).ToList();
        Report.Figure("looks without an answer", 100.0 * asked.Count(l => l is null) / asked.Count, "%", "N1");
        var looks = asked.OfType<Look>().ToList();
        Print("all looks", looks);
        Print("  while healthy", [.. looks.Where(l => l.Level == ConditionLevel.Healthy)]);
        Print("  while degrading or critical", [.. looks.Where(l => l.Level != ConditionLevel.Healthy)]);
        Print("last fifth of life", [.. looks.Where(l => l.Truth < 0.25 * l.Age)]);
        var mean = All(world, 0, LearnedFrom, cancel).Average(l => l.Days);
        Simple("  mean life of the others less age", looks, l => Math.Max(0, mean - l.Age));
        Simple("  0.25 x age", looks, l => 0.25 * l.Age);
        Simple("  straight line to the threshold", looks, l => l.Line);
        Console.WriteLine();
        Console.WriteLine($"P(failure within {StopDays:0} days)   foretold    came   looks");
        foreach (var bin in looks.GroupBy(l => Math.Min(9, (int)(10 * l.Life.Cdf(StopDays)))).OrderBy(g => g.Key))
        {
            Console.WriteLine(FormattableString.Invariant(
                $"{10 * bin.Key,12} to {10 * bin.Key + 10,3} %    {100 * bin.Average(l => l.Life.Cdf(StopDays)),9:0.0} % ")
                + FormattableString.Invariant($"{100.0 * bin.Count(l => l.Truth <= StopDays) / bin.Count(),7:0.0} % {bin.Count(),6}"));
        }
        Advice(model, settings, lives, cancel);
    }

    static List<SimulatedLife> All(SimulatedLives world, int from, int count, CancellationToken cancel) =>
        [.. Enumerable.Range(from, count).AsParallel().AsOrdered().WithCancellation(cancel).Select(world.Run)];

    static IEnumerable<LifeLook> Looks(SimulatedLife life) =>
        Enumerable.Range(0, LooksEach).Select(i => life.Days * (i + 1) / (LooksEach + 1))
            .Select(day => life.Looks.LastOrDefault(l => l.Days <= day)).OfType<LifeLook>().Distinct();

    sealed record Look(double Age, double Truth, ConditionLevel Level, double Line, RulDistribution Life);

    // Null where the prognosis cannot say.
    static Look? Judged(RulSettings settings, SimulatedLife life, LifeLook look) =>
        AssessRul.Of(settings, look.History) is Prognosis.Rul rul
            ? new(look.Days, life.Days - look.Days, look.History.Level, Line(settings, look), rul.Life)
            : null;

    // By least squares through the medians since the change; the fleet's mean while there is no growth.
    static double Line(RulSettings settings, LifeLook look)
    {
        var trend = look.History.Trend;
        if (trend.Length < 6) return settings.Fleet!.MeanDays;
        var (level, slope) = MathNet.Numerics.Fit.Line([.. trend.Select(p => p.Days)], [.. trend.Select(p => p.LnValue)]);
        var at = (settings.Threshold.Ln - level) / slope - look.History.NowDays;
        return slope > 0 ? Math.Max(0, at) : settings.Fleet!.MeanDays;
    }

    static void Simple(string name, IReadOnlyCollection<Look> looks, Func<Look, double> rule)
    {
        double Middle(IEnumerable<Look> of)
        {
            var errors = of.Select(l => Math.Abs(rule(l) - l.Truth) / l.Truth).Order().ToList();
            return 100 * errors[errors.Count / 2];
        }
        Console.WriteLine(FormattableString.Invariant(
            $"{name,-36} median |error| {Middle(looks):0} %, in the last fifth {Middle(looks.Where(l => l.Truth < 0.25 * l.Age)):0} %"));
    }

    static void Print(string name, IReadOnlyCollection<Look> looks)
    {
        var score = PredictionScore.Of([.. looks.Select(l => new PastPrediction(l.Life, l.Truth))]);
        double Middle(Func<Look, double> of) => looks.Select(of).Order().ElementAt(looks.Count / 2);
        Console.WriteLine(FormattableString.Invariant(
            $"{name,-30} {looks.Count,5} looks: {100 * score.Coverage90,5:0.0} % in band (middle half {100 * score.Coverage50:0.0} %), ")
            + FormattableString.Invariant($"median |error| {100 * Middle(l => Math.Abs(l.Life.Quantile(0.5) - l.Truth) / l.Truth):0} % ")
            + FormattableString.Invariant($"(bias {Middle(l => l.Life.Quantile(0.5) / l.Truth):0.00} x), median band ")
            + FormattableString.Invariant($"{Middle(l => l.Life.Quantile(0.95) - l.Life.Quantile(0.05)):0.0} days"));
    }

    // At each weekly stop: exchange the part now, or wait. What it cost per day of life, against the best that one number can do: the level
    // of vibration at which to exchange, chosen on these very lives.
    static void Advice(AssetModel model, RulSettings settings, List<SimulatedLife> lives, CancellationToken cancel)
    {
        var economics = model.Degradations.Single().Economics!;
        var (planned, failed) = (economics.PlannedCost(2), economics.FailureCost);
        double PerDay(Func<SimulatedLife, LifeLook, bool> exchange)
        {
            var ended = lives.AsParallel().AsOrdered().WithCancellation(cancel).Select(life =>
            {
                for (var stop = StopDays; stop < life.Days; stop += StopDays)
                    if (life.Looks.LastOrDefault(l => l.Days <= stop) is { } look && exchange(life, look)) return (stop, planned);
                return (life.Days, failed);
            }).ToList();
            return ended.Sum(e => e.Item2) / ended.Sum(e => e.Item1);
        }
        bool Advised(SimulatedLife life, LifeLook look)
        {
            if (AssessRul.Of(settings, look.History) is not Prognosis.Rul rul) return false;
            var now = DateTimeOffset.UnixEpoch;
            var question = new MaintenanceQuestion(
                now, rul.Life, settings.Fleet!, economics with { SpareLeadDays = 0 },
                [new MaintenanceOption.AtPlannedStop(now), .. Enumerable.Range(1, 6)
                    .Select(week => new MaintenanceOption.AtPlannedStop(now.AddDays(week * StopDays)))])
            {
                Stops = [.. Enumerable.Range(0, 7).Select(week => new PlannedStop(now.AddDays(week * StopDays), 2))],
                Futures = 100,
                Threads = 1,
            };
            return RankOptions.Compare(question).Ranking[0] == 0;
        }
        var advised = PerDay(Advised);
        var limits = Enumerable.Range(0, 36).Select(i => 1.5 + 0.15 * i)
            .Select(limit => (Limit: limit, Cost: PerDay((_, l) => l.Ln > Math.Log(limit))))
            .MinBy(l => l.Cost);
        Console.WriteLine();
        Report.Figure("run to failure", PerDay((_, _) => false), "EUR/day", "N1");
        Report.Figure($"exchange at {limits.Limit:0.00} mm/s, the best level for these lives", limits.Cost, "EUR/day", "N1");
        Report.Figure("exchange as advised", advised, "EUR/day", "N1");
        Report.Figure("knowing each life", PerDay((life, l) => life.Days - l.Days <= StopDays), "EUR/day", "N1");
    }
}
