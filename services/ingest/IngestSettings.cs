using System.ComponentModel.DataAnnotations;

namespace Ingest;

/// <summary>Settings of section <c>Ingest</c>.</summary>
sealed class IngestSettings
{
    /// <summary>Readings are collected this long into one event, unless the asset's model says otherwise.</summary>
    [Range(1, 60_000)]
    public int FlushWindowMilliseconds { get; init; } = 25;

    /// <summary>Transactions at the same time; assets are dealt out to them.</summary>
    [Range(1, 16)]
    public int Writers { get; init; } = 2;

    /// <summary>Messages decoded but not yet committed; beyond that nothing more is taken from the broker.</summary>
    [Range(10, 1_000_000)]
    public int MostPendingMessages { get; init; } = 20_000;

    /// <summary>A writer that has not been able to append for this long makes the service not ready.</summary>
    [Range(1, 86_400)]
    public int BlockedAfterSeconds { get; init; } = 60;

    /// <summary>A sample time may be this far ahead of this machine's clock.</summary>
    [Range(0, 600)]
    public int FutureToleranceSeconds { get; init; } = 60;

    /// <summary>A sample time that comes over MQTT may be this old; imports may bring anything since 1970.</summary>
    [Range(0.01, 36_500)]
    public double PastToleranceDays { get; init; } = 366;

    /// <summary>An import that takes longer is ended; what was read until then is stored.</summary>
    [Range(1, 604_800)]
    public int MostImportSeconds { get; init; } = 14_400;

    /// <summary>Replicas with the same group share the messages of SenML and plain topics.</summary>
    [Required, RegularExpression("^[A-Za-z0-9_-]{1,64}$")]
    public string SharedGroup { get; init; } = "ingest";

    /// <summary>Names this replica's broker session; a restarted replica with the same id takes its waiting messages over.</summary>
    [Required, RegularExpression("^[A-Za-z0-9_-]{1,64}$")]
    public string ClientId { get; init; } = "ingest-0";

    /// <summary>Sparkplug nodes that wait for a primary host wait for this one; the same for all replicas.</summary>
    [Required, RegularExpression("^[^/+#\\s]{1,64}$")]
    public string SparkplugHostId { get; init; } = "pollux";

    public TimeSpan MostImportTime => TimeSpan.FromSeconds(MostImportSeconds);

    public TimeSpan FutureTolerance => TimeSpan.FromSeconds(FutureToleranceSeconds);
}
