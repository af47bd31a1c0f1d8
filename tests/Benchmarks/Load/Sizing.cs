using System.Globalization;
using System.Text;

namespace Benchmarks.Load;

/// <summary>Writes deploy/sizing.md: the measurements, the model fitted to them, and its predictions for a plant.</summary>
static class Sizing
{
    const double Million = 1_000_000 * 0.1;
    const double MostBusy = 0.6;
    const int CoresPerReplica = 4;

    /// <summary>Maps a replica to its service, e.g. ingest-2 to ingest.</summary>
    public static string ServiceOf(string part) => part.Length > 2 && part[^2] == '-' && char.IsAsciiDigit(part[^1]) ? part[..^2] : part;

    static int Replicas(int cores) => (cores + CoresPerReplica - 1) / CoresPerReplica;

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
        Line("| part | idle, cores | per message | largest error of the fit |\n|---|---|---|---|");
        foreach (var model in models)
        {
            var error = single.Max(s => Math.Abs(model.Busy(s.Rate) - s.Cores[model.Part]));
            Line($"| {model.Part} | {model.IdleCores:0.000} | {model.SecondsPerMessage * 1e6:0} us | {error:0.000} cores |");
        }
        var fastest = single[^1];
        Line($"\nAt {fastest.Rate:0} messages/s a message leaves {fastest.BytesPerMessage:0} bytes in PostgreSQL, with indexes and read "
            + $"models, writes {fastest.WalPerMessage:0} bytes of its log (WAL), and takes part in {fastest.CommitsPerMessage:0.00} "
            + "commits.");
        Line($"\nThe model extrapolates from {fastest.Rate:0} messages per second. Batches grow with the rate, which makes each message "
            + "cheaper. The model does not include the throughput of PostgreSQL's disk: measure it on site.");

        void Predict(double messages)
        {
            Line("\n| part | busy cores | cores | mean wait |\n|---|---|---|---|");
            foreach (var model in models)
            {
                var cores = model.Cores(messages, MostBusy);
                Line($"| {model.Part} | {model.Busy(messages):0.0} | {cores} | {model.MeanWait(messages, cores) * 1e6:0} us |");
            }
            Line($"\n- **Cores:** {models.Sum(m => m.Cores(messages, MostBusy))} for the parts above, plus simulation as needed. Replicas "
                + "of ingest and twin-state share the assets; with more than one replica a message costs what the table at the top says.");
            Line($"- **Disk:** {fastest.BytesPerMessage * messages * 86_400 / 1e12:0.0} TB a day, and "
                + $"{fastest.WalPerMessage * messages / 1e6:0} MB/s of WAL.");
        }

        Line($"\n## 10 000 assets at 1 Hz, {Publisher.ReadingsPerFrame} readings each: 10 000 messages/s");
        Predict(10_000);
        Line($"- **Connections to PostgreSQL:** observed with {steps[^1].Replicas} replicas of ingest and twin-state: "
            + $"{string.Join(", ", steps[^1].Connections.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Key} {c.Value}"))}. "
            + $"The pool size in the manifests allows 30 per process, and 4 more for the members of the clusters ingest and twin-state, so "
            + $"{30 * 8 + 4 * 4} for eight processes; the overlay allows 400.");

        double Wall(string part) => models.Single(m => m.Part == part) is var m ? (1 - m.IdleCores) / m.SecondsPerMessage : 0;

        var (ingest, twins) = (CoresOf("ingest"), CoresOf("twin-state"));
        int CoresOf(string part) => models.Single(m => m.Part == part).Cores(Million, MostBusy);
        Line($"\n## 1 000 000 assets at 0.1 Hz, {Publisher.ReadingsPerFrame} readings each: {Million:N0} messages/s");
        Predict(Million);
        Line($"- **Replicas** of {CoresPerReplica} cores: {Replicas(ingest)} of ingest, {Replicas(twins)} of twin-state.");
        Line($"- **Connections to PostgreSQL:** at most 34 for each of these {Replicas(ingest) + Replicas(twins)}, and 30 for each query "
            + "and simulation. A pooler has not been tried.");
        Line("- **Queues:** the broker's shared subscription has one session per replica of ingest; the three queues of twin-state in "
            + "RabbitMQ are shared by all its replicas. Neither grows with the assets.");
        Line("- **Memory:** `./pollux bench fleet` says what a registered asset takes in each service; every replica knows all of them.");
        Line($"\n### The first wall\n\nReplicas of ingest and twin-state share the assets; three parts are one for all of them:\n");
        Line("| part | what it does alone | its wall |\n|---|---|---|");
        Line($"| mosquitto | one thread takes every message | {Wall("mosquitto"):N0} messages/s |");
        Line($"| query | every replica follows all twins | {Wall("query"):N0} messages/s for each core that it keeps busy |");
        Line($"| PostgreSQL | one server writes every event | its disk: {fastest.WalPerMessage * 100_000 / 1e6:0} MB/s of WAL for 100 000 "
            + $"messages/s, and {models.Single(m => m.Part == "postgres").Cores(Million, MostBusy)} cores |");
        Line("""

            The broker's thread is the first limit, and one that a broker with many threads moves: ingest needs no more than shared
            subscriptions of MQTT 5. The first that cannot be moved is the database: disk for a few days fills a large volume,
            checkpoints write what the log wrote before, and replicas do not divide it. Before that, a model's `flush-window` of up
            to 60 s puts several messages into one event. Then the plant is divided: a stream belongs to one asset, no transaction
            spans two of them, and members, queues and owners are per database. So each site (or tenant) gets its own Pollux, a
            namespace with its own PostgreSQL, RabbitMQ and broker; one million assets at 0.1 Hz are ten times the size above. This
            needs no change of code, but there is no page or query over several of them yet. Partitions inside one PostgreSQL would
            make it easier to drop old data, and would not move this wall.
            """);
        await File.WriteAllTextAsync(file, text.ToString(), cancel);
    }
}
