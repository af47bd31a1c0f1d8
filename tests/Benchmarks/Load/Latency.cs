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
        await Measure(settings, system, assets, ReadingsPerSecond, TimeSpan.FromSeconds(10), cancel);
        var (latencies, missed) = await Measure(
            settings, system, assets, ReadingsPerSecond, TimeSpan.FromSeconds(Math.Max(10, 30 * settings.Scale)), cancel);
        Report.Figure("frames seen", latencies.Count, $"frames, {missed} not seen");
        Report.Figure("  p50", Report.Percentile(latencies, 0.50), "ms");
        Report.Goal("  p99", Report.Percentile(latencies, 0.99), "ms", 250, isAtLeast: false, "N0");
    }

    /// <summary>What one publisher that floods costs a hundred others.</summary>
    public static async Task Flood(Settings settings, CancellationToken cancel)
    {
        const int quiet = 6_000;
        const string flooding = "bench-flood";
        var duration = TimeSpan.FromSeconds(Math.Max(10, 30 * settings.Scale));
        Report.Title($"flood: one publisher beside {Assets} others, which send {quiet} readings/s together");
        await using var system = await RunningSystem.Start(settings, cancel);
        var assets = Enumerable.Range(0, Assets).Select(i => $"bench-{i}").ToArray();
        await system.Register([.. assets, flooding], cancel);
        await Measure(settings, system, assets, quiet, TimeSpan.FromSeconds(10), cancel);
        var alone = Report.Percentile((await Measure(settings, system, assets, quiet, duration, cancel)).Latencies, 0.99);
        Report.Figure("p99 without it", alone, "ms");
        foreach (var times in new[] { 20, 200 })
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            var before = await system.ReadingsFolded("bench-", cancel);
            var flood = Publish(settings, flooding, times * quiet / Assets, stop.Token, cancel);
            var (latencies, missed) = await Measure(settings, system, assets, quiet, duration, cancel);
            await stop.CancelAsync();
            var sent = await flood + ((long)(latencies.Count + missed) * Publisher.ReadingsPerFrame);
            for (var i = 0; i < 60 && await system.ReadingsFolded("bench-", cancel) - before < sent; i++) await Task.Delay(500, cancel);
            Report.Goal(
                $"p99 beside {times} x the rate of one of them", Report.Percentile(latencies, 0.99) / alone, "x without", 2,
                isAtLeast: false);
            Report.Figure("  lost", sent - (await system.ReadingsFolded("bench-", cancel) - before), $"of {sent} readings");
        }
    }

    // Readings sent until it is to stop.
    static async Task<long> Publish(Settings settings, string asset, int rate, CancellationToken stop, CancellationToken cancel)
    {
        await using var publisher = await Publisher.Connect(settings.Mqtt, cancel);
        var noise = new Random(3);
        var interval = (double)Publisher.ReadingsPerFrame / rate;
        var started = Stopwatch.GetTimestamp();
        var frames = 0;
        for (; !stop.IsCancellationRequested; frames++)
        {
            var early = frames * interval - Stopwatch.GetElapsedTime(started).TotalSeconds;
            if (early > 0.002) await Task.Delay(TimeSpan.FromSeconds(early), cancel);
            var now = Micros.From(DateTimeOffset.UtcNow);
            await publisher.Publish($"pollux/{asset}/senml", 0, Publisher.Frame(now, noise), cancel);
        }
        await publisher.Drain(cancel);
        return (long)frames * Publisher.ReadingsPerFrame;
    }

    static async Task<(List<double> Latencies, int Missed)> Measure(
        Settings settings, RunningSystem system, string[] assets, int readingsPerSecond, TimeSpan duration, CancellationToken cancel)
    {
        var seconds = duration.TotalSeconds;
        var published = assets.ToDictionary(a => a, _ => new ConcurrentQueue<long>());
        List<double> latencies = [];
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var watch = Watch(system, assets, published, latencies, watching.Token);
        await using (var publisher = await Publisher.Connect(settings.Mqtt, cancel))
        {
            var noise = new Random(2);
            var interval = (double)Publisher.ReadingsPerFrame / readingsPerSecond;
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
        return (latencies, published.Values.Sum(q => q.Count));
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
