using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Npgsql;
using TwinModel.Telemetry;

namespace Benchmarks.Load;

/// <summary>
/// Measures what a message costs with one, two and four replicas of ingest and twin-state, how they share assets, and derives the needs of
/// 10 000 assets at 1 Hz.
/// </summary>
static class ScaleBenchmark
{
    const int Assets = 1_000;
    const int RegisteredAssets = 10_000;
    const double MostUneven = 0.15;
    const string Speaking = "speaking-";

    static readonly string[] Servers = ["mosquitto", "postgres", "rabbitmq"];
    static readonly string[] Sharing = ["ingest", "twin-state"];
    static readonly string[] Services = [.. Sharing, "query"];

    /// <summary>One measurement at a steady rate.</summary>
    public sealed record Step(
        int Replicas, double Target, double Rate, Dictionary<string, double> Cores, double BytesPerMessage,
        double WalPerMessage, double CommitsPerMessage, Dictionary<string, int> Connections, double DrainSeconds)
    {
        /// <summary>CPU time that the services which share assets use for a message, seconds.</summary>
        public double PerMessage => Sharing.Sum(s => Cores[s]) / Rate;
    }

    public static async Task Run(Settings settings, CancellationToken cancel)
    {
        List<Step> steps = [];
        await using var system = await RunningSystem.Start(settings, cancel);
        var speaking = Enumerable.Range(0, Assets).Select(i => $"{Speaking}{i}").ToArray();
        await system.Register(speaking.Concat(Enumerable.Range(0, RegisteredAssets - Assets).Select(i => $"silent-{i}")), cancel);
        var scenario = await Scenario(system, speaking[0], cancel);
        foreach (var replicas in new[] { 1, 2, 4 })
        {
            Report.Title($"scale: {replicas} of each of ingest and twin-state; {Assets} of {RegisteredAssets} assets send, "
                + $"{Publisher.ReadingsPerFrame} readings a message");
            if (replicas > 1) await Join(system, replicas, cancel);
            // Warms up until code is compiled and tables have outgrown their first pages; before that, a message costs several times as
            // much.
            await Measure(settings, system, replicas, speaking, 2_000, 30 * settings.Scale, cancel);
            foreach (var rate in new[] { 500.0, 1_000, 2_000, 4_000 })
            {
                var step = await Measure(settings, system, replicas, speaking, rate, Math.Max(5, 20 * settings.Scale), cancel);
                steps.Add(step);
                Report.Figure($"  {rate:N0} messages/s: reached", step.Rate, "messages/s");
                Report.Figure("    cores busy, all parts", step.Cores.Values.Sum(), "cores", "N2");
                Report.Figure("    ingest and twin-state", step.PerMessage * 1e6, "us/message");
                if (replicas > 1)
                {
                    var alone = steps.Single(s => s.Replicas == 1 && s.Target == rate).PerMessage;
                    Report.Goal("    against one replica", step.PerMessage / alone, "x", 1.15, isAtLeast: false);
                }
                Report.Figure("    the API has everything after the last message", step.DrainSeconds * 1000, "ms");
            }
        }
        await Sizing.Write(Path.Combine(settings.Repository, "deploy", "sizing.md"), steps, scenario, cancel);
        Console.WriteLine("\nwritten: deploy/sizing.md");
    }

    /// <summary>Starts further replicas, and waits until each owns its share.</summary>
    static async Task Join(RunningSystem system, int replicas, CancellationToken cancel)
    {
        await system.Grow(replicas, cancel);
        var ready = Stopwatch.GetTimestamp();
        foreach (var service in Sharing)
        {
            string[] members = [.. Enumerable.Range(1, replicas).Select(r => r == 1 ? service : $"{service}-{r}")];
            double uneven;
            do
            {
                var owned = await Task.WhenAll(members.Select(m => system.Metric(m, "pollux_cluster_assets", cancel)));
                uneven = owned.Max(o => Math.Abs(o * replicas / owned.Sum() - 1));
                if (owned.Sum() < RegisteredAssets) uneven = 1;
            }
            while (uneven > MostUneven && Stopwatch.GetElapsedTime(ready).TotalSeconds < 30);
            Report.Goal($"  {service}: largest deviation from an equal share", uneven, "", MostUneven, isAtLeast: false);
        }
        Report.Goal("  reached after the last one was ready", Stopwatch.GetElapsedTime(ready).TotalSeconds, "s", 10, isAtLeast: false);
    }

    static async Task<Step> Measure(
        Settings settings, RunningSystem system, int replicas, string[] assets, double rate, double seconds, CancellationToken cancel)
    {
        var parts = Servers.Concat(system.Processes.Keys.Where(p => Services.Contains(Sizing.ServiceOf(p)))).ToArray();
        var before = parts.ToDictionary(p => p, system.CpuSeconds);
        var stored = await Stored(settings, cancel);
        var folded = await system.ReadingsFolded(Speaking, cancel);
        var started = Stopwatch.GetTimestamp();
        var sent = 0;
        await using (var publisher = await Publisher.Connect(settings.Mqtt, cancel))
        {
            var noise = new Random(3);
            // Open loop: each message is sent on schedule, whatever happened to earlier ones.
            for (; sent < rate * seconds; sent++)
            {
                var early = sent / rate - Stopwatch.GetElapsedTime(started).TotalSeconds;
                if (early > 0.002) await Task.Delay(TimeSpan.FromSeconds(early), cancel);
                await publisher.Publish(
                    $"pollux/{assets[sent % assets.Length]}/senml", sent, Publisher.Frame(Micros.From(DateTimeOffset.UtcNow), noise),
                    cancel);
            }
            await publisher.Drain(cancel);
        }
        var (took, drained) = (Stopwatch.GetElapsedTime(started).TotalSeconds, Stopwatch.GetTimestamp());
        var connections = await Connections(settings, cancel);
        while (await system.ReadingsFolded(Speaking, cancel) < folded + (long)sent * Publisher.ReadingsPerFrame)
        {
            if (Stopwatch.GetElapsedTime(drained) > TimeSpan.FromMinutes(2))
                throw new TimeoutException("Not all readings reached the twins.");
            await Task.Delay(20, cancel);
        }
        var drain = Stopwatch.GetElapsedTime(drained).TotalSeconds;
        var cores = parts.GroupBy(Sizing.ServiceOf)
            .ToDictionary(g => g.Key, g => g.Sum(p => system.CpuSeconds(p) - before[p]) / (took + drain));
        var now = await Stored(settings, cancel);
        double Each(Func<(long Bytes, long Wal, long Commits), long> of) => (double)(of(now) - of(stored)) / sent;
        return new(
            replicas, rate, sent / (took + drain), cores, Each(s => s.Bytes), Each(s => s.Wal), Each(s => s.Commits), connections, drain);
    }

    static async Task<double> Scenario(RunningSystem system, string asset, CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        using var answer = await system.Query.PostAsJsonAsync("/api/v1/scenarios", new
        {
            asset,
            interventions = new[] { new { target = "production-rate", kind = "scale", value = 1.15 } },
            ensemble = new { size = 400, seed = Random.Shared.Next() },
        }, cancel);
        var id = (string)(await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonNode>(cancel))!["id"]!;
        while (true)
        {
            var view = (await system.Query.GetFromJsonAsync<JsonNode>($"/api/v1/scenarios/{id}", cancel))!;
            if ((string)view["state"]! == "completed") return Stopwatch.GetElapsedTime(started).TotalSeconds;
            if ((string)view["state"]! is "failed" or "cancelled") throw new InvalidOperationException(view.ToJsonString());
            await Task.Delay(20, cancel);
        }
    }

    static async Task<(long Bytes, long Wal, long Commits)> Stored(Settings settings, CancellationToken cancel)
    {
        await using var source = NpgsqlDataSource.Create(settings.Postgres);
        await using var command = source.CreateCommand(
            "select pg_database_size(current_database()), pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint, xact_commit "
                + "from pg_stat_database where datname = current_database()");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
    }

    /// <summary>Connections to PostgreSQL by service.</summary>
    static async Task<Dictionary<string, int>> Connections(Settings settings, CancellationToken cancel)
    {
        await using var source = NpgsqlDataSource.Create(settings.Postgres);
        await using var command = source.CreateCommand(
            "select application_name, count(*)::int from pg_stat_activity where application_name in ('ingest', 'twin-state', 'simulation', "
                + "'query') group by 1");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        Dictionary<string, int> counts = [];
        while (await reader.ReadAsync(cancel)) counts[reader.GetString(0)] = reader.GetInt32(1);
        return counts;
    }
}
