using System.Diagnostics;
using TwinModel.Telemetry;

namespace Benchmarks.Load;

/// <summary>How fast readings reach the log and the twin, and what they cost.</summary>
static class IngestBenchmark
{
    const int Assets = 100;

    public static async Task Run(Settings settings, CancellationToken cancel)
    {
        await StorageBenchmark.Run(settings, cancel);
        await Path(settings, cancel);
        await Latency.Run(settings, cancel);
        await Memory.Run(settings, cancel);
    }

    /// <summary>Measures the broker alone, then the whole path.</summary>
    public static async Task Path(Settings settings, CancellationToken cancel)
    {
        Report.Title($"path: {Assets} assets x {Publisher.ReadingsPerFrame} sensors, QoS 1, one message = one frame of "
            + $"{Publisher.ReadingsPerFrame} readings");
        var broker = await Broker(settings, cancel);
        await using var system = await RunningSystem.Start(settings, cancel);
        var assets = Enumerable.Range(0, Assets).Select(i => $"bench-{i}").ToArray();
        await system.Register(assets, cancel);
        await WholePath(settings, system, assets, broker, cancel);
        await WithTokens(settings, system, assets, cancel);
    }

    // Who waits for the readings asks a query that asks back who it is, or one that does not; both follow all twins all the time.
    static async Task WithTokens(Settings settings, RunningSystem system, string[] assets, CancellationToken cancel)
    {
        const int rounds = 6;
        var messages = (int)(40_000 * settings.Scale);
        await using var guarded = await GuardedQuery.Start(settings, cancel);
        using var asked = new HttpClient { BaseAddress = new($"{guarded.HttpAddress}/") };
        asked.DefaultRequestHeaders.Authorization = new("Bearer", guarded.Token);
        await using var publisher = await Publisher.Connect(settings.Mqtt, cancel);
        (List<double> With, List<double> Without) rates = ([], []);
        var ofRound = TimeSpan.FromMilliseconds(20.0 * messages / Assets);
        // Before what the measurements before have sent.
        var from = DateTimeOffset.UtcNow.AddHours(-1);
        var folded = await system.ReadingsFolded("bench-", cancel);
        for (var round = 0; round < 2 * rounds; round++)
        {
            var client = round % 2 == 0 ? asked : system.Query;
            folded += (long)messages * Publisher.ReadingsPerFrame;
            async Task AllSeen()
            {
                while (await RunningSystem.ReadingsFolded(client, "bench-", cancel) < folded) await Task.Delay(20, cancel);
            }
            var seconds = await PublishAll(
                publisher, i => $"pollux/{assets[i]}/senml", messages, cancel, AllSeen, Micros.From(from + (round * ofRound)));
            // The first two only warm up.
            if (round > 1) (round % 2 == 0 ? rates.With : rates.Without).Add(messages / seconds);
        }
        var (with, without) = (Report.Percentile(rates.With, 0.5), Report.Percentile(rates.Without, 0.5));
        Report.Figure("whole path where nobody is asked", without, "messages/s");
        Report.Figure("  with a token", with, "messages/s");
        Report.Goal("  share", with / without * 100, "%", 95, isAtLeast: true, "N0");
    }

    static async Task<double> Broker(Settings settings, CancellationToken cancel)
    {
        var messages = (int)(100_000 * settings.Scale);
        using var subscriber = await Subscriber.Connect(settings.Mqtt, "bare/+", messages, cancel);
        await using var publisher = await Publisher.Connect(settings.Mqtt, cancel);
        var seconds = await PublishAll(publisher, i => $"bare/{i % Assets}", messages, cancel, () => subscriber.AllReceived);
        Report.Figure("bare broker, publish to subscribe, same payload", messages / seconds, "messages/s");
        return messages / seconds;
    }

    static async Task<double> PublishAll(
        Publisher publisher, Func<int, string> topicOf, int messages, CancellationToken cancel, Func<Task> until, long? from = null)
    {
        var noise = new Random(1);
        var start = from ?? (Micros.From(DateTimeOffset.UtcNow) - messages / Assets * 20_000L);
        // 50 Hz per asset, the rate to be reached. Payloads are generated before timing starts, because the generator shares the machine
        // with the system under test.
        var payloads = Enumerable.Range(0, messages).Select(i => Publisher.Frame(start + i / Assets * 20_000L, noise)).ToArray();
        var topics = Enumerable.Range(0, Assets).Select(topicOf).ToArray();
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < messages; i++) await publisher.Publish(topics[i % Assets], i % Assets, payloads[i], cancel);
        await publisher.Drain(cancel);
        await until();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    static async Task WholePath(Settings settings, RunningSystem system, string[] assets, double broker, CancellationToken cancel)
    {
        var messages = (int)(100_000 * settings.Scale);
        string[] parts = ["mosquitto", "ingest", "postgres", "rabbitmq", "twin-state", "query"];
        var cpuBefore = parts.ToDictionary(p => p, system.CpuSeconds);
        var ownBefore = Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds;
        await using var publisher = await Publisher.Connect(settings.Mqtt, cancel);
        var expected = (long)messages * Publisher.ReadingsPerFrame;
        var seconds = await PublishAll(publisher, i => $"pollux/{assets[i]}/senml", messages, cancel, () => Task.CompletedTask);
        Report.Figure("  published and acknowledged by the broker", messages / seconds, "messages/s");
        var waited = Stopwatch.GetTimestamp();
        while (await system.ReadingsFolded("bench-", cancel) is var folded && folded < expected)
        {
            if (Stopwatch.GetElapsedTime(waited) > TimeSpan.FromMinutes(3))
                throw new TimeoutException($"Only {folded} of {expected} readings reached the twins.");
            await Task.Delay(50, cancel);
        }
        seconds += Stopwatch.GetElapsedTime(waited).TotalSeconds;
        Report.Goal("whole path, MQTT publish to twin in the query API", expected / seconds, "readings/s", 50_000, isAtLeast: true, "N0");
        Report.Goal("  share of the bare broker's message rate", messages / seconds / broker * 100, "%", 25, isAtLeast: true, "N1");
        foreach (var part in parts)
            Report.Figure($"  CPU of {part}", (system.CpuSeconds(part) - cpuBefore[part]) / messages * 1e6, "us/message");
        Report.Figure("  CPU of the load generator",
            (Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds - ownBefore) / messages * 1e6, "us/message");
    }
}
