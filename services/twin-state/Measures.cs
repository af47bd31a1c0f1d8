using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace TwinState;

/// <summary>Metrics of this service.</summary>
static class Measures
{
    static readonly Meter Meter = new("Pollux");

    public static readonly Counter<long> OldNews = Meter.CreateCounter<long>(
        "pollux.twin_state.old_news", description: "News about versions already included");

    public static readonly Counter<long> Gaps = Meter.CreateCounter<long>(
        "pollux.twin_state.gaps", description: "News that revealed missing events, which were read from the log");

    public static readonly Counter<long> TwinFailures = Meter.CreateCounter<long>(
        "pollux.twin_state.twin.failures", description: "Attempts to update a twin from the log that failed permanently, by asset");

    public static readonly Histogram<double> Lag = Meter.CreateHistogram<double>(
        "pollux.twin_state.lag", "s", "Time from append to inclusion in the twin");

    public static readonly Counter<long> Rebuilds = Meter.CreateCounter<long>(
        "pollux.twin_state.rebuilds", description: "Rebuilds, by whether the replay equalled the live twin");

    public static readonly Counter<long> Revisions = Meter.CreateCounter<long>(
        "pollux.twin_state.revisions", description: "Twins folded again because readings were corrected");

    public static readonly Counter<long> HealthRebuilds = Meter.CreateCounter<long>(
        "pollux.twin_state.health_rebuilds", description: "Rebuilds of parts' condition, by whether the replay equalled the live state");

    public static readonly Counter<long> Checks = Meter.CreateCounter<long>(
        "pollux.twin_state.checks", description: "Live twins compared with a fold of the log, by whether they were equal");

    public static readonly Counter<long> EstimatedTicks = Meter.CreateCounter<long>(
        "pollux.twin_state.estimate.ticks", description: "Ticks of estimates processed, those that were processed again included");

    public static readonly Counter<long> EstimateFailures = Meter.CreateCounter<long>(
        "pollux.twin_state.estimate.failures", description: "Estimates that failed, by asset");

    public static readonly Counter<long> EstimateRebuilds = Meter.CreateCounter<long>(
        "pollux.twin_state.estimate.rebuilds",
        description: "Estimates made again from the log, by whether the result equalled the live one");

    /// <summary>
    /// Lets the counters of differences begin at 0: of a series that begins with 1, Prometheus sees no increase, and no alert would fire.
    /// </summary>
    public static void BeginAtZero()
    {
        foreach (var counter in new[] { Rebuilds, HealthRebuilds, EstimateRebuilds, Checks })
            foreach (var equal in new[] { true, false }) counter.Add(0, new KeyValuePair<string, object?>("equal", equal));
    }

    public static readonly Counter<long> Shown = Meter.CreateCounter<long>("pollux.twin_state.views", description: "Views published");

    /// <summary>Messages waiting in the queues of this service, by queue; see <see cref="WatchQueues"/>.</summary>
    public static readonly ConcurrentDictionary<string, long> QueueDepths = new();

    public static readonly ObservableGauge<long> QueueMessages = Meter.CreateObservableGauge(
        "pollux.twin_state.queue.messages", () =>
            QueueDepths.Select(q => new Measurement<long>(q.Value, new KeyValuePair<string, object?>("queue", q.Key))),
        description: "News and commands not yet given to the owner of a twin");

    /// <summary>Messages in the error queues of all services, by queue; see <see cref="WatchQueues"/>.</summary>
    public static readonly ConcurrentDictionary<string, long> FailedMessages = new();

    public static readonly ObservableGauge<long> Failed = Meter.CreateObservableGauge(
        "pollux.messages.failed", () =>
            FailedMessages.Select(q => new Measurement<long>(q.Value, new KeyValuePair<string, object?>("queue", q.Key))),
        description: "Messages that could not be processed; ./pollux failed shows them");
}
