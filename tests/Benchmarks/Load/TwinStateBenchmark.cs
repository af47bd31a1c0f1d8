using System.Diagnostics;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Telemetry;
using TwinModel.Twins;

namespace Benchmarks.Load;

/// <summary>
/// What live twins cost in the whole system: processor time and memory of twin-state for machines with 12 sensors at 1 Hz, and what the
/// physics of an extruder adds to one.
/// </summary>
static class TwinStateBenchmark
{
    const double GoalPerCore = 10_000;
    const double GoalKilobytes = 60;
    const string Models = "tests/Benchmarks/Load/assets";
    const string Light = "light-";

    // A twin's windows hold a minute.
    const int WarmSeconds = 90;

    public static async Task Run(Settings settings, CancellationToken cancel)
    {
        var (assets, seconds) = ((int)(3_000 * settings.Scale), 60);
        Report.Title($"twin-state: {assets:N0} machines x {Publisher.ReadingsPerFrame} sensors at 1 Hz, without physics");
        await using (var system = await RunningSystem.Start(settings, cancel, models: Path.Combine(settings.Repository, Models)))
        {
            await system.Register(Enumerable.Range(0, assets).Select(i => $"{Light}{i}"), cancel, "light");
            var silent = await LeastHeap(system, 20, cancel);
            await using var publisher = await Publisher.Connect(settings.Mqtt, cancel);
            await Publish(publisher, assets, WarmSeconds, cancel);
            var before = system.CpuSeconds("twin-state");
            var speaking = Publish(publisher, assets, seconds, cancel);
            var heap = await LeastHeap(system, seconds - 2, cancel);
            var messages = await speaking;
            while (await system.ReadingsFolded(Light, cancel) < (long)assets * (WarmSeconds + seconds) * Publisher.ReadingsPerFrame)
                await Task.Delay(100, cancel);
            var each = (system.CpuSeconds("twin-state") - before) / messages;
            Report.Figure("processor time of twin-state for a message of 12 readings", each * 1e6, "us");
            Report.Goal("light twins per core at 1 Hz", 1 / each, "twins", GoalPerCore, isAtLeast: true, "N0");
            Report.Goal("managed heap per light twin", (heap - silent) * 1024 / assets, "kB", GoalKilobytes, isAtLeast: false);
        }
        Parts(settings.Repository);
        await EstimationBenchmark.Run(settings.Repository, cancel);
    }

    /// <summary>What the pure parts of that are: the rest is messages, transactions and their runtime.</summary>
    static void Parts(string repository)
    {
        Report.Title("its pure parts, one thread");
        var model = ReadAssetModel.FromText(File.ReadAllText(Path.Combine(repository, Models, "light.asset.yaml")), "light");
        var (twin, effects, noise, second) = (new Twin(model), new StepEffects(), new Random(17), 0L);
        void Step()
        {
            var at = (1_750_000_000 + second++) * Micros.PerSecond;
            twin.Step([.. model.Sensors.Select(s => new Reading(s.Number, at, noise.Next(990, 1010)))], effects);
            effects.Clear();
        }
        var view = ViewTwin.Of("light", "light", twin, AlarmBook.Empty, 1, 1, DateTimeOffset.UnixEpoch, null, null);
        Time("fold of a message", Step);
        Time("view, at most ten times a second", () => view = ViewTwin.Of(
            "light", "light", twin, AlarmBook.Empty, 1, 1, DateTimeOffset.UnixEpoch, null, null));
        Time("its hash", () => twin.Hash());
        Time("its JSON", () => TwinViews.Pack(view));
        Time("snapshot, every 5 s", () => twin.Snapshot());
    }

    static void Time(string what, Action action)
    {
        const int times = 2_000;
        for (var i = 0; i < times; i++) action();
        var before = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < times; i++) action();
        Report.Figure(what, (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / times, "us");
    }

    static async Task<long> Publish(Publisher publisher, int assets, int seconds, CancellationToken cancel)
    {
        var (noise, started) = (new Random(17), Stopwatch.GetTimestamp());
        for (var second = 0; second < seconds; second++)
        {
            for (var asset = 0; asset < assets; asset++)
            {
                var early = second + (double)asset / assets - Stopwatch.GetElapsedTime(started).TotalSeconds;
                if (early > 0.002) await Task.Delay(TimeSpan.FromSeconds(early), cancel);
                await publisher.Publish(
                    $"pollux/{Light}{asset}/senml", asset, Publisher.Frame(Micros.From(DateTimeOffset.UtcNow), noise), cancel);
            }
        }
        await publisher.Drain(cancel);
        return (long)assets * seconds;
    }

    /// <summary>What is left on the managed heap by a collection, the least of some seconds.</summary>
    static async Task<double> LeastHeap(RunningSystem system, int seconds, CancellationToken cancel)
    {
        var least = double.PositiveInfinity;
        for (var second = 0; second < seconds; second++)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), cancel);
            // Nothing before the first collection.
            if (await system.HeapMegabytes("twin-state", cancel) is > 0 and var now) least = Math.Min(least, now);
        }
        return double.IsFinite(least) ? least : 0;
    }
}
