using System.ComponentModel.DataAnnotations;

namespace TwinState;

/// <summary>Settings of section <c>TwinState</c>.</summary>
sealed class TwinStateSettings
{
    /// <summary>Partition queues; the same in every replica, changed only while none runs.</summary>
    [Range(1, 64)]
    public int Partitions { get; init; } = 4;

    /// <summary>A changed twin is saved at least this often. A restart reads what came after from the log.</summary>
    [Range(1, 600)]
    public int SaveEverySeconds { get; init; } = 5;

    /// <summary>A changed twin is shown at most this often.</summary>
    [Range(10, 10_000)]
    public int ShowEveryMilliseconds { get; init; } = 100;
}
