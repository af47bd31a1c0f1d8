using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Simulation;

/// <summary>Metrics and spans of this service.</summary>
static class Measures
{
    static readonly Meter Meter = new("Pollux");

    public static readonly ActivitySource Traces = new("simulation");

    public static readonly Counter<long> Finished = Meter.CreateCounter<long>(
        "pollux.simulation.scenarios.finished",
        description: "Finished scenarios, by final state and whether the result was already stored");

    public static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "pollux.simulation.scenario.duration", "s", "Time from start to result");

    public static readonly Counter<long> Shards = Meter.CreateCounter<long>("pollux.simulation.shards.computed");

    public static readonly Histogram<double> ShardDuration = Meter.CreateHistogram<double>("pollux.simulation.shard.duration", "s");

    public static readonly UpDownCounter<long> Running = Meter.CreateUpDownCounter<long>("pollux.simulation.shards.running");

    public static readonly Histogram<double> CalibrationDuration = Meter.CreateHistogram<double>(
        "pollux.simulation.calibration.duration", "s", "Time from the start of the work to the answer");

    public static readonly Counter<long> Deleted = Meter.CreateCounter<long>(
        "pollux.simulation.results.deleted", description: "Results deleted because of their age or the total size");
}
