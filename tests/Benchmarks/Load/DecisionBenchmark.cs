using System.Diagnostics;
using System.Globalization;
using TwinModel.Lifetimes;
using TwinModel.Maintenance;

namespace Benchmarks.Load;

/// <summary>Compares eight options for one worn bearing in 10 000 futures with the same simulation in NumPy on this machine.</summary>
static class DecisionBenchmark
{
    const int Repeats = 41;

    // The reference: draws, costs and means as one would write them in a notebook.
    const string NumPy = """
        import time, math
        import numpy as np
        b, e, n = 2.2, 45.0, 10000
        def run(seed):
            rng = np.random.default_rng(seed); U = (np.arange(n) + rng.random(n))/n; V = rng.random(n); W = rng.standard_normal(n)
            T = e*(-np.log1p(-U))**(1/b); D = 40*np.exp(.35*W - .5*.35**2); sec = V < .35
            out = []
            for tau in (0, 7, 14, 21, 28, 42, 56, 1e9):
                fail = T <= tau; dn = np.where(fail, D + np.maximum(0, 10 - T)*21.6, 14)
                c = np.where(fail, 12100 + 420*dn + sec*38000, 8900 + 420*dn) - 48.650161*np.minimum(T, tau)
                s = np.sort(c); out.append((c.mean(), s[int(.05*n)], s[n//2], s[int(.95*n)], s[int(.95*n):].mean()))
            return out
        run(0); ts = []
        for i in range(41):
            t0 = time.perf_counter(); run(i); ts.append(time.perf_counter() - t0)
        print(1e3*sorted(ts)[20])
        """;

    public static async Task Run(string repository, CancellationToken cancel)
    {
        Report.Title("decision: 8 options x 10 000 futures");
        var now = new DateTimeOffset(2026, 3, 2, 6, 0, 0, TimeSpan.Zero);
        var question = new MaintenanceQuestion(
            now, new WeibullLife(2.2, 45), new WeibullLife(1.8, 900), new(6500, 2400, 3200, 420, 14, 40, 0.35, 10, 21.6, 0.35, 38_000),
        [
            new MaintenanceOption.ReplaceNow(), new MaintenanceOption.WaitWeeks(1), new MaintenanceOption.WaitWeeks(2),
            new MaintenanceOption.WaitWeeks(3),
            new MaintenanceOption.WaitWeeks(4), new MaintenanceOption.WaitWeeks(6), new MaintenanceOption.WaitWeeks(8),
            new MaintenanceOption.RunToFailure(),
        ]);
        var tabled = question with { RemainingLife = RulDistribution.Of(question.RemainingLife!) };
        // Sixty load changes in each future.
        RateHistory Rates(int future) =>
            new([.. Enumerable.Range(0, 60)
                .Select(day => new RateFrom(day, 0.8 + 0.4 * ((future * 7919L + day * 104729L) % 1000) / 1000))]);

        var compare = Median(() => RankOptions.Compare(question));
        Report.Goal("options compared, exact and simulated, all threads", compare, "ms", 5, isAtLeast: false);
        Report.Figure("  one thread", Median(() => RankOptions.Compare(question with { Threads = 1 })), "ms", "N2");
        Report.Figure("  remaining life as a table", Median(() => RankOptions.Compare(tabled)), "ms", "N2");
        Report.Figure("whole answer, with break-even, tornado and flips", Median(() => RankOptions.Answer(question)), "ms", "N2");
        Report.Goal("each future with its own load, 60 changes", Median(() => RankOptions.Compare(question with
        {
            RatesOfFuture = Rates,
        })), "ms", 1000, isAtLeast: false);
        if (await ReferencePrograms.Run("/usr/bin/python3", ["-c", NumPy], cancel) is { } output)
        {
            var reference = double.Parse(output.Trim(), CultureInfo.InvariantCulture);
            Report.Figure("the same simulation in NumPy, one thread, without exact values", reference, "ms", "N2");
            Report.Figure("  times as long as ours on all threads", reference / compare, "x", "N2");
        }
        else
        {
            Console.WriteLine("Without NumPy for /usr/bin/python3 there is no comparison in this run.");
        }
    }

    static double Median(Action action)
    {
        for (var i = 0; i < 200; i++) action();
        List<double> times = [];
        for (var i = 0; i < Repeats; i++)
        {
            var started = Stopwatch.GetTimestamp();
            action();
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        return Report.Percentile(times, 0.5);
    }
}
