using System.Diagnostics;
using System.Diagnostics.Metrics;
using ServiceDefaults;
using ServiceDefaults.Access;

namespace Ingest;

/// <summary>Metrics of this service: received = stored + duplicate + rejected + pending.</summary>
static class Measures
{
    static readonly Meter Meter = new("Pollux");

    public static readonly Counter<long> Received = Meter.CreateCounter<long>("pollux.ingest.readings.received");

    public static readonly Counter<long> Stored = Meter.CreateCounter<long>("pollux.ingest.readings.stored");

    public static readonly Counter<long> Duplicate = Meter.CreateCounter<long>("pollux.ingest.readings.duplicate");

    public static readonly Counter<long> Rejected = Meter.CreateCounter<long>("pollux.ingest.readings.rejected");

    public static readonly Counter<long> NotKept = Meter.CreateCounter<long>(
        "pollux.ingest.rejections.not_kept", description: "Rejected payloads over an asset's quota of the day, which are only counted");

    public static readonly Counter<long> Conflicts = Meter.CreateCounter<long>(
        "pollux.ingest.append.conflicts", description: "Appends retried because another replica wrote to the stream");

    public static readonly Counter<long> Retained = Meter.CreateCounter<long>(
        "pollux.ingest.messages.retained", description: "Retained messages sent by a broker on subscription; ignored");

    public static readonly Counter<long> SetAside = Meter.CreateCounter<long>(
        "pollux.ingest.set_aside", description: "Messages permanently refused by the log, stored as rejections");

    public static readonly Histogram<int> EventReadings = Meter.CreateHistogram<int>(
        "pollux.ingest.event.readings", description: "Readings per event");

    public static readonly Histogram<double> AppendDuration = Meter.CreateHistogram<double>("pollux.ingest.append.duration", "s");

    public static readonly UpDownCounter<long> Pending = Meter.CreateUpDownCounter<long>(
        "pollux.ingest.pending.messages", description: "Messages received but not yet committed");

    public static readonly UpDownCounter<long> Unannounced = Meter.CreateUpDownCounter<long>(
        "pollux.ingest.unannounced.events", description: "Events committed but not yet announced");

    /// <summary>Label of whose an asset is; absent if it belongs to no tenant.</summary>
    public static TagList Of(RegisteredAsset? asset) => asset?.Tenant is { } tenant ? new() { { "tenant", tenant } } : default;

    /// <summary>Registers the gauge for how much of their quotas tenants have used.</summary>
    public static void WatchQuotas(Func<IEnumerable<(string Tenant, Quota Quota, double Share)>> shares) =>
        Meter.CreateObservableGauge(
            "pollux.tenant.quota.used",
            () => shares().Select(s => new Measurement<double>(s.Share, new("tenant", s.Tenant), new("quota", $"{s.Quota}"))),
            description: "How much of a quota a tenant has used; from 1 nothing more is taken");

    /// <summary>Registers the gauge for how long the slowest writer has been unable to append.</summary>
    public static void WatchBlocked(Func<double> seconds) =>
        Meter.CreateObservableGauge(
            "pollux.ingest.append.blocked", seconds, "s", "How long a writer has been failing to append; 0 when all can append");

    /// <summary>Registers the gauge for how long ago the newest sealed day ended.</summary>
    public static void WatchSeals(Func<double> seconds) =>
        Meter.CreateObservableGauge(
            "pollux.ingest.seal.age", seconds, "s",
            "Time since the end of the newest sealed day; while there is none, since the start. Sealing takes place once a day");
}
