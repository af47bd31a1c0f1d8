using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using TwinModel.Telemetry;

namespace Benchmarks.Load;

/// <summary>
/// Latency from publishing to the watch stream at 10 000 readings/s. A frame's sample time is the time of publishing.
/// </summary>
static class Latency
{
    const int Assets = 100;
    const int ReadingsPerSecond = 10_000;

    public static async Task Run(Settings settings, CancellationToken cancel)
    {
        Report.Title($"latency: publish to visible on the watch stream, {Assets} assets, {ReadingsPerSecond} readings/s");
        await using var system = await RunningSystem.Start(settings, cancel);
        var assets = Enumerable.Range(0, Assets).Select(i => $"bench-{i}").ToArray();
        await system.Register(assets, cancel);
        await Measure(settings, system, assets, TimeSpan.FromSeconds(10), isWarmUp: true, cancel);
        await Measure(settings, system, assets, TimeSpan.FromSeconds(Math.Max(10, 30 * settings.Scale)), isWarmUp: false, cancel);
    }

    static async Task Measure(
        Settings settings, RunningSystem system, string[] assets, TimeSpan duration, bool isWarmUp, CancellationToken cancel)
    {
        var seconds = duration.TotalSeconds;
        var published = assets.ToDictionary(a => a, _ => new ConcurrentQueue<long>());
        List<double> latencies = [];
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var watch = Watch(system, assets, published, latencies, watching.Token);
        await using (var publisher = await Publisher.Connect(settings.Mqtt, cancel))
        {
            var noise = new Random(2);
            var interval = (double)Publisher.ReadingsPerFrame / ReadingsPerSecond;
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i * interval < seconds; i++)
            {
                // Open loop: each frame is sent on schedule, whatever happened to earlier ones.
                var early = i * interval - Stopwatch.GetElapsedTime(started).TotalSeconds;
                if (early > 0.002) await Task.Delay(TimeSpan.FromSeconds(early), cancel);
                var asset = i % assets.Length;
                var now = Micros.From(DateTimeOffset.UtcNow);
                published[assets[asset]].Enqueue(now);
                await publisher.Publish($"pollux/{assets[asset]}/senml", asset, Publisher.Frame(now, noise), cancel);
            }
            await publisher.Drain(cancel);
        }
        await Task.Delay(2000, cancel);
        await watching.CancelAsync();
        await watch;
        var missed = published.Values.Sum(q => q.Count);
        if (isWarmUp) return;
        Report.Figure("frames seen", latencies.Count, $"frames, {missed} not seen");
        Report.Figure("  p50", Report.Percentile(latencies, 0.50), "ms");
        Report.Goal("  p99", Report.Percentile(latencies, 0.99), "ms", 250, isAtLeast: false, "N0");
    }

    static async Task Watch(
        RunningSystem system, string[] assets, Dictionary<string, ConcurrentQueue<long>> published, List<double> latencies,
        CancellationToken cancel)
    {
        try
        {
            await using var stream = await system.Query.GetStreamAsync($"/api/v1/twins/watch?assets={string.Join(',', assets)}", cancel);
            using var reader = new StreamReader(stream);
            while (await reader.ReadLineAsync(cancel) is { } line)
            {
                if (!line.StartsWith("data:", StringComparison.Ordinal)) continue;
                var now = Micros.From(DateTimeOffset.UtcNow);
                using var view = JsonDocument.Parse(line.AsMemory(5));
                if (!view.RootElement.TryGetProperty("sampledAt", out var at) || at.ValueKind != JsonValueKind.String) continue;
                var seen = Micros.From(at.GetDateTimeOffset());
                var queue = published[view.RootElement.GetProperty("assetId").GetString()!];
                while (queue.TryPeek(out var sent) && sent <= seen && queue.TryDequeue(out _)) latencies.Add((now - sent) / 1000.0);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}
