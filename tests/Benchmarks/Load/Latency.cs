using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using TwinModel.Telemetry;

namespace Benchmarks.Load;

/// <summary>From publish to visible on the watch stream at 10 000 readings/s. The sample time of a frame is its moment of publishing.</summary>
static class Latency
{
    const int ReadingsPerSecond = 10_000;

    public static async Task Measure(Settings settings, RunningSystem system, string[] assets, CancellationToken cancel)
    {
        var seconds = Math.Max(10, (int)(20 * settings.Scale));
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
                // Open loop: a frame is due at its time whatever became of the ones before.
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
        Report.Figure($"publish to visible on the watch stream at {ReadingsPerSecond} readings/s, frames seen", latencies.Count, $"frames, {missed} not seen");
        Report.Figure("  p50", Report.Percentile(latencies, 0.50), "ms");
        Report.Goal("  p99", Report.Percentile(latencies, 0.99), "ms", 250, isAtLeast: false, "N0");
    }

    static async Task Watch(RunningSystem system, string[] assets, Dictionary<string, ConcurrentQueue<long>> published, List<double> latencies, CancellationToken cancel)
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
