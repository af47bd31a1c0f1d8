using System.Diagnostics;
using System.Globalization;
using TwinModel.Telemetry;

namespace Benchmarks.Load;

/// <summary>Memory of each service, by default at 1 000 assets x 12 sensors at 1 Hz.</summary>
static class Memory
{
    static readonly string[] Services = ["ingest", "twin-state", "query"];

    public static async Task Run(Settings settings, CancellationToken cancel)
    {
        Report.Title($"memory: {settings.MemoryAssets} assets x {Publisher.ReadingsPerFrame} sensors at 1 Hz");
        await using var system = await RunningSystem.Start(settings, cancel);
        var assets = Enumerable.Range(0, settings.MemoryAssets).Select(i => $"mem-{i}").ToArray();
        await system.Register(assets, cancel);
        await using var publisher = await Publisher.Connect(settings.Mqtt, cancel);
        var noise = new Random(3);
        List<(double Seconds, Dictionary<string, (double Resident, double Proportional)> Services)> samples = [];
        List<Dictionary<string, double>> heaps = [];
        var started = Stopwatch.GetTimestamp();
        for (var second = 0; second < settings.MemorySeconds; second++)
        {
            for (var asset = 0; asset < assets.Length; asset++)
            {
                var due = second + (double)asset / assets.Length - Stopwatch.GetElapsedTime(started).TotalSeconds;
                if (due > 0.002) await Task.Delay(TimeSpan.FromSeconds(due), cancel);
                await publisher.Publish(
                    $"pollux/{assets[asset]}/senml", asset, Publisher.Frame(Micros.From(DateTimeOffset.UtcNow), noise), cancel);
            }
            if (second % 300 == 299)
            {
                var sizes = Services.Select(s => FormattableString.Invariant($"{s} {system.Megabytes(s).Proportional:0} MB"));
                Console.WriteLine($"  after {(second + 1) / 60} min: {string.Join(", ", sizes)}");
            }
            if (second % 5 != 4) continue;
            samples.Add((Stopwatch.GetElapsedTime(started).TotalSeconds, Services.ToDictionary(s => s, system.Megabytes)));
            Dictionary<string, double> heap = [];
            foreach (var service in Services) heap[service] = await system.HeapMegabytes(service, cancel);
            heaps.Add(heap);
        }
        Report.Figure("watched for", Stopwatch.GetElapsedTime(started).TotalSeconds, "s");
        Report.Figure("published",
            (double)assets.Length * Publisher.ReadingsPerFrame * settings.MemorySeconds / Stopwatch.GetElapsedTime(started).TotalSeconds,
            "readings/s");
        foreach (var service in Services)
        {
            var half = samples.Skip(samples.Count / 2).Select(s => (s.Seconds, Megabytes: s.Services[service].Proportional)).ToList();
            Report.Goal($"  memory of {service}, largest: its own and its share of mapped libraries",
                samples.Max(s => s.Services[service].Proportional), "MB", 400, isAtLeast: false, "N0");
            Report.Goal("    resident, libraries counted whole, largest", samples.Max(s => s.Services[service].Resident), "MB", 400,
                isAtLeast: false, "N0");
            Report.Figure("    second half, smallest, mean and largest", half.Min(s => s.Megabytes),
                $"/ {half.Average(s => s.Megabytes):N0} / {half.Max(s => s.Megabytes):N0} MB");
            Report.Figure("    second half, slope", MegabytesPerHour(half), "MB/h");
            // The live heap is what remains after a collection; the minimum of many collections is the best estimate.
            var quarters = heaps.Select(h => h[service]).Chunk(Math.Max(1, heaps.Count / 4)).Take(4)
                .Select(q => q.Min().ToString("N0", CultureInfo.InvariantCulture));
            Console.WriteLine(
                $"    left on the managed heap by a collection, least in each quarter of the time: {string.Join(", ", quarters)} MB");
        }
    }

    // Least squares. Garbage collection causes swings of tens of megabytes, so only runs of many minutes are meaningful.
    static double MegabytesPerHour(List<(double Seconds, double Megabytes)> samples)
    {
        var (seconds, megabytes) = (samples.Average(s => s.Seconds), samples.Average(s => s.Megabytes));
        return 3600 * samples.Sum(s => (s.Seconds - seconds) * (s.Megabytes - megabytes))
            / samples.Sum(s => (s.Seconds - seconds) * (s.Seconds - seconds));
    }
}
