using System.ComponentModel.DataAnnotations;

namespace TwinState;

/// <summary>Settings of section <c>TwinState</c>.</summary>
sealed class TwinStateSettings
{
    /// <summary>Number of partition queues; the same in every replica, and changed only while none is running.</summary>
    [Range(1, 64)]
    public int Partitions { get; init; } = 4;

    /// <summary>A changed twin is saved at least this often. A restart reads later events from the log.</summary>
    [Range(1, 600)]
    public int SaveEverySeconds { get; init; } = 5;

    /// <summary>A changed twin is published at most this often.</summary>
    [Range(10, 10_000)]
    public int ShowEveryMilliseconds { get; init; } = 100;
}
