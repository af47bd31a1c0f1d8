using System.ComponentModel.DataAnnotations;
using TwinModel.Telemetry;

namespace Ingest;

/// <summary>Settings of section <c>Ingest</c>.</summary>
sealed class IngestSettings
{
    /// <summary>How long readings are collected into one event, unless the asset's model sets its own window.</summary>
    [Range(1, 60_000)]
    public int FlushWindowMilliseconds { get; init; } = 25;

    /// <summary>Number of concurrent transactions; assets are distributed among them.</summary>
    [Range(1, 16)]
    public int Writers { get; init; } = 2;

    /// <summary>Messages decoded but not yet committed; above this limit no more are taken from the broker.</summary>
    [Range(10, 1_000_000)]
    public int MostPendingMessages { get; init; } = 20_000;

    /// <summary>The service is not ready once a writer has been unable to append for this long.</summary>
    [Range(1, 86_400)]
    public int BlockedAfterSeconds { get; init; } = 60;

    /// <summary>How far a sample time may be ahead of this machine's clock.</summary>
    [Range(0, SampleTimes.MostSecondsAhead)]
    public int FutureToleranceSeconds { get; init; } = 60;

    /// <summary>How old a sample time may be over MQTT; imports may contain anything since 1970.</summary>
    [Range(0.01, 36_500)]
    public double PastToleranceDays { get; init; } = 366;

    /// <summary>An import that takes longer is aborted; what was read by then is stored.</summary>
    [Range(1, 604_800)]
    public int MostImportSeconds { get; init; } = 14_400;

    /// <summary>How many rejections of an asset are kept of a UTC day; the rest is counted.</summary>
    [Range(1, 10_000_000)]
    public int RejectionsPerDay { get; init; } = 10_000;

    /// <summary>How many megabytes of their payloads are kept of a UTC day.</summary>
    [Range(1, 1_000_000)]
    public int RejectedMegabytesPerDay { get; init; } = 100;

    /// <summary>Replicas with the same group share the messages of SenML and plain topics.</summary>
    [Required, RegularExpression("^[A-Za-z0-9_-]{1,64}$")]
    public string SharedGroup { get; init; } = "ingest";

    /// <summary>Names this replica's broker session; after a restart with the same id it receives the messages waiting for it.</summary>
    [Required, RegularExpression("^[A-Za-z0-9_-]{1,64}$")]
    public string ClientId { get; init; } = "ingest-0";

    /// <summary>Sparkplug nodes that wait for a primary host wait for this one; the same for all replicas.</summary>
    [Required, RegularExpression("^[^/+#\\s]{1,64}$")]
    public string SparkplugHostId { get; init; } = "pollux";

    /// <summary>PEM file with the private key that signs the seals of days; without one, no day is sealed.</summary>
    public string? SealKeyFile { get; init; }

    /// <summary>PEM file of the certificates that vouch for the broker's (<c>mqtts</c>); without one, those of the system.</summary>
    public string? MqttAuthorityFile { get; init; }

    public Recording.RejectionQuota RejectionQuota => new(RejectionsPerDay, RejectedMegabytesPerDay * 1_000_000L);

    public TimeSpan MostImportTime => TimeSpan.FromSeconds(MostImportSeconds);

    public TimeSpan FutureTolerance => TimeSpan.FromSeconds(FutureToleranceSeconds);
}
