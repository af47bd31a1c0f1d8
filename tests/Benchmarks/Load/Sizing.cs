using System.Globalization;
using System.Text;

namespace Benchmarks.Load;

/// <summary>Writes deploy/sizing.md: the measurements, the model fitted to them, and its predictions for a plant.</summary>
static class Sizing
{
    const double Target = 10_000;
    const double MostBusy = 0.6;

    /// <summary>Maps a replica to its service, e.g. ingest-2 to ingest.</summary>
    public static string ServiceOf(string part) => part.Length > 2 && part[^2] == '-' && char.IsAsciiDigit(part[^1]) ? part[..^2] : part;

    public static async Task Write(
        string file, IReadOnlyList<ScaleBenchmark.Step> steps, double scenarioSeconds, CancellationToken cancel)
    {
        var text = new StringBuilder();
        void Line(string line) => text.Append(line).Append('\n');
        var single = steps.Where(s => s.Replicas == 1).ToList();
        var parts = single[0].Cores.Keys.Order().ToList();
        var models = parts.Select(p => QueueModel.Fit(p, [.. single.Select(s => (s.Rate, s.Cores[p]))])).ToList();

        Line($"# Sizing\n\nWritten by `./pollux bench scale` ({Environment.ProcessorCount} cores, "
            + $"{System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription}; load generator, servers and services on the same "
            + $"machine). A message holds {Publisher.ReadingsPerFrame} readings of one asset.\n");
        Line($"## Measured: cores busy\n\n| replicas | messages/s | {string.Join(" | ", parts)} | all | API complete after |"
            + $"\n|---|---|{string.Concat(parts.Select(_ => "---|"))}---|---|");
        foreach (var step in steps)
            Line($"| {step.Replicas} | {step.Rate:0} | "
                + $"{string.Join(" | ", parts.Select(p => step.Cores[p].ToString("0.00", CultureInfo.InvariantCulture)))} | "
                + $"{step.Cores.Values.Sum():0.00} | {step.DrainSeconds * 1000:0} ms |");
        var wait = scenarioSeconds.ToString("0.00", CultureInfo.InvariantCulture);
        Line($"\nA scenario of 400 members takes the caller {wait} s. All replicas "
            + "run on one machine and share its cores: the table shows what a message costs, not how many a plant can have.");

        Line($"\n## Model\n\nEach part is a queue with as many servers as it has cores (M/M/c). Its service time is the slope of busy "
            + $"cores over messages per second and its idle load the intercept, fitted by least squares to the {single.Count} rates with "
            + $"one replica. Cores: the smallest number of which at most {MostBusy:P0} are busy; the mean wait follows from Erlang's C "
            + "formula for that number.\n");
        Line($"| part | idle, cores | per message | largest error of the fit | at {Target:N0} assets x 1 Hz: busy | cores | mean wait "
            + "|\n|---|---|---|---|---|---|---|");
        foreach (var model in models)
        {
            var error = single.Max(s => Math.Abs(model.Busy(s.Rate) - s.Cores[model.Part]));
            var cores = model.Cores(Target, MostBusy);
            Line($"| {model.Part} | {model.IdleCores:0.000} | {model.SecondsPerMessage * 1e6:0} us | {error:0.000} cores | "
                + $"{model.Busy(Target):0.0} | {cores} | {model.MeanWait(Target, cores) * 1e6:0} us |");
        }
        var total = models.Sum(m => m.Cores(Target, MostBusy));
        var bytes = single[^1].BytesPerMessage;
        var connections = steps[^1].Connections;
        Line($"\n## {Target:N0} assets at 1 Hz, {Publisher.ReadingsPerFrame} readings each\n");
        Line($"- **Cores:** {total} for the parts above, plus simulation as needed. Replicas of ingest and twin-state share the assets, so "
            + "their cores may be spread over several processes; one asset stays with one of them.");
        Line($"- **Connections to PostgreSQL:** observed with {steps[^1].Replicas} replicas of ingest and twin-state: "
            + $"{string.Join(", ", connections.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Key} {c.Value}"))}. The pool "
            + "size in the manifests allows 30 per process, and 4 more for the members of the clusters ingest and twin-state, so "
            + $"{30 * 8 + 4 * 4} for eight processes; the overlay allows 400.");
        Line($"- **Disk:** {bytes:0} bytes per message with indexes and read models (at {single[^1].Rate:0} messages/s), "
            + $"{bytes * Target * 86_400 / 1e9:0} GB a day. A `flush-window` of 10 s instead of one event per message cuts the "
            + "per-event overhead to a tenth.");
        Line($"\nThe model extrapolates from {single[^1].Rate:0} to {Target:N0} messages per second, and from up to "
            + $"{steps.Max(s => s.Rate) / 1000:0.0} messages per second and asset to one. Batches grow with the rate, which makes each "
            + "message cheaper. The model does not include the throughput of PostgreSQL's disk: measure it on site.");
        await File.WriteAllTextAsync(file, text.ToString(), cancel);
    }
}
