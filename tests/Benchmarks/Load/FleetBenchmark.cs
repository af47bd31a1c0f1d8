using System.Diagnostics;
using System.Text.Json.Nodes;
using TwinModel.Telemetry;

namespace Benchmarks.Load;

/// <summary>
/// A plant that has registered far more assets than it has connected: start, memory and pages, compared with the connected ones alone.
/// </summary>
static class FleetBenchmark
{
    const int Pages = 300;

    static readonly string[] Services = ["ingest", "twin-state", "query", "simulation"];

    public static async Task Run(Settings settings, CancellationToken cancel)
    {
        var (all, sending) = ((int)(100_000 * settings.Scale), (int)(2_000 * settings.Scale));
        Report.Title($"fleet: {all:N0} registered assets of which {sending:N0} send");
        await using var system = await RunningSystem.Start(settings, cancel);
        await system.Register(Enumerable.Range(0, sending).Select(i => $"fleet-sending-{i}"), cancel);
        await Send(settings, system, sending, cancel);
        Report.Figure($"start with {sending:N0} assets", await system.Restart(cancel), "s", "N1");
        var alone = await Measure(system, cancel);

        await system.Register(Enumerable.Range(0, all - sending).Select(i => $"fleet-registered-{i}"), cancel);
        Report.Goal($"start with {all:N0} assets", await system.Restart(cancel), "s", 15, isAtLeast: false, "N1");
        foreach (var (service, (heap, resident)) in await Measure(system, cancel))
        {
            double Each(double megabytes) => megabytes * 1024 / (all - sending);
            Report.Goal(
                $"  {service}: managed heap per asset that sends nothing", Each(heap - alone[service].Heap), "kB", 2, isAtLeast: false);
            Report.Figure("    resident memory of each", Each(resident - alone[service].Resident), "kB", "N2");
            Report.Figure("    resident memory", resident, "MB");
        }
        foreach (var list in new[] { "twins", "assets" })
        {
            var times = await ReadPages(system, list, cancel);
            Report.Figure($"GET /{list}, pages of 100, p50", Report.Percentile(times, 0.5), "ms", "N1");
            Report.Goal($"GET /{list}, pages of 100, p99", Report.Percentile(times, 0.99), "ms", 50, isAtLeast: false, "N1");
        }
    }

    static async Task Send(Settings settings, RunningSystem system, int assets, CancellationToken cancel)
    {
        await using (var publisher = await Publisher.Connect(settings.Mqtt, cancel))
        {
            var noise = new Random(16);
            for (var i = 0; i < assets; i++)
                await publisher.Publish(
                    $"pollux/fleet-sending-{i}/senml", i, Publisher.Frame(Micros.From(DateTimeOffset.UtcNow), noise), cancel);
            while (await system.ReadingsFolded("fleet-sending", cancel) < (long)assets * Publisher.ReadingsPerFrame)
                await Task.Delay(TimeSpan.FromSeconds(1), cancel);
        }
        // Twins are saved within seconds.
        await Task.Delay(TimeSpan.FromSeconds(8), cancel);
    }

    /// <summary>The least of some samples: what is left after a collection.</summary>
    static async Task<Dictionary<string, (double Heap, double Resident)>> Measure(RunningSystem system, CancellationToken cancel)
    {
        Dictionary<string, (double Heap, double Resident)> least = [];
        for (var sample = 0; sample < 20; sample++)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), cancel);
            foreach (var service in Services)
            {
                var (heap, resident) = (await system.HeapMegabytes(service, cancel), system.Megabytes(service).Resident);
                var known = least.GetValueOrDefault(service, (double.MaxValue, double.MaxValue));
                least[service] = (heap > 0 ? Math.Min(heap, known.Item1) : known.Item1, Math.Min(resident, known.Item2));
            }
        }
        return least;
    }

    static async Task<List<double>> ReadPages(RunningSystem system, string list, CancellationToken cancel)
    {
        List<double> times = [];
        var cursor = "";
        for (var page = 0; page < Pages; page++)
        {
            var began = Stopwatch.GetTimestamp();
            var text = await system.Query.GetStringAsync($"/api/v1/{list}?limit=100&cursor={Uri.EscapeDataString(cursor)}", cancel);
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            cursor = (string?)JsonNode.Parse(text)!["nextCursor"] ?? "";
        }
        return times;
    }
}
