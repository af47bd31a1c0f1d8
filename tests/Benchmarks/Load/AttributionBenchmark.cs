using System.Globalization;
using Plant;
using Plant.Faults;
using TwinModel.Assets;
using TwinModel.Estimation;

namespace Benchmarks.Load;

/// <summary>
/// What the estimate says of faults of the emulated plant, whose model is another than the twin's: after how long it names the right cause,
/// and how often it names one without a fault. Only what the plant's sensors send is read.
/// </summary>
static class AttributionBenchmark
{
    const int BeforeSeconds = 5_400;
    const int WithinSeconds = 600;
    const int Day = 24 * 3600;
    const int Seeds = 3;

    static readonly (string Fault, double Severity, CauseKind Kind, string? Sensor)[] Faults =
    [
        // 4.5 K: severity 1 is 30 K.
        ("thermocouple-2-drift", 0.15, CauseKind.Sensor, "zone-2-temperature"),
        ("thermocouple-3-stuck", 1, CauseKind.Sensor, "zone-3-temperature"),
        ("heater-4-failed", 1, CauseKind.Actuator, "zone-4-temperature"),
        ("die-blockage", 1, CauseKind.Process, null),
        ("feed-starvation", 0.3, CauseKind.Process, null),
    ];

    /// <summary>A cause named without a break.</summary>
    /// <param name="Kind">Of the cause.</param>
    /// <param name="Sensor">Of the cause.</param>
    /// <param name="From">When it was named first, s after the fault.</param>
    /// <param name="SinceBatch">Seconds since the plant's last new batch of material.</param>
    sealed record Named(CauseKind Kind, string Sensor, int From, int SinceBatch)
    {
        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"{Kind.ToString().ToLowerInvariant()} {Sensor} after {From} s");
    }

    public static Task Run(string repository, CancellationToken cancel)
    {
        var yaml = File.ReadAllText(Path.Combine(repository, "contracts/assets/extrusion-line.asset.yaml"));
        var setup = new EstimationSetup(ReadAssetModel.FromText(yaml, "extrusion-line"));
        Report.Title(
            $"attribution: faults of the emulated plant after {BeforeSeconds / 60} min without, {Seeds} seeds each; a day without");
        var runs = Faults
            .SelectMany(f => Enumerable.Range(1, Seeds).Select(seed => (f.Fault, f.Severity, Seed: seed, Seconds: WithinSeconds)))
            .Append((Fault: "", Severity: 0, Seed: 1, Seconds: Day)).ToArray();
        var named = new List<Named>[runs.Length];
        // The long one first.
        Parallel.For(0, runs.Length, new() { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancel }, i =>
        {
            var run = runs[^(i + 1)];
            named[^(i + 1)] = Watch(setup, run.Fault, run.Severity, run.Seed, run.Seconds);
        });
        var right = 0;
        foreach (var (run, causes) in runs.Zip(named).SkipLast(1))
        {
            var fault = Faults.Single(f => f.Fault == run.Fault);
            var found = causes.Find(c => c.Kind == fault.Kind && (fault.Sensor is null || c.Sensor == fault.Sensor));
            if (found is not null) right++;
            Console.WriteLine($"{run.Fault} ({run.Seed}): {(found is null ? "NOT named" : $"named after {found.From} s")}"
                + $"{(causes.Count == 0 ? "" : $"; in all: {string.Join(", ", causes)}")}");
        }
        Report.Goal($"named rightly within {WithinSeconds / 60} min, of {runs.Length - 1}", right, "", runs.Length - 1, true);
        foreach (var cause in named[^1]) Console.WriteLine($"without a fault: {cause}");
        Report.Goal("sensors or actuators named in a day without a fault", named[^1].Count(c => c.Kind != CauseKind.Process), "", 1, false);
        var process = named[^1].Where(c => c.Kind == CauseKind.Process).ToList();
        Report.Figure("  changes of process or material named", process.Count, "");
        Report.Figure("    of them within 10 min of a new batch in the plant", process.Count(c => c.SinceBatch <= WithinSeconds), "");
        return Task.CompletedTask;
    }

    static List<Named> Watch(EstimationSetup setup, string fault, double severity, int seed, int seconds)
    {
        var clock = new FidelityBenchmark.Clock(new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero));
        var plant = new EmulatedPlant(new() { Seed = 200 + seed, Payload = "sparkplug-b" }, clock);
        var (twin, work) = (new EstimateTwin(setup), new EstimationWorkspace(setup));
        List<Named> named = [];
        Cause? last = null;
        var (batch, since) = (0, 0);
        for (var second = -BeforeSeconds; second < seconds; second++)
        {
            clock.Now += TimeSpan.FromSeconds(1);
            if (plant.TrueState().MaterialBatch is var current && current != batch) (batch, since) = (current, second);
            if (second == 0 && fault.Length > 0)
                plant.SwitchOn(FaultCatalog.All.Single(f => f.Name == fault), severity, seconds, clock.Now);
            var now = second;
            foreach (var frame in plant.Sample(clock.Now))
            {
                twin.Step(FidelityBenchmark.Readings(setup, frame), work, processed: _ =>
                {
                    var cause = twin.Judgement?.Cause;
                    if (now >= 0 && cause is not null && (last?.Kind != cause.Kind || last.Sensor != cause.Sensor))
                        named.Add(new(cause.Kind, cause.Sensor, now, now - since));
                    last = cause;
                });
            }
        }
        return named;
    }
}
