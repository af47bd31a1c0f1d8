using System.ComponentModel.DataAnnotations;

namespace Simulation;

/// <summary>Settings of section <c>Simulation</c>.</summary>
sealed class SimulationSettings
{
    /// <summary>Shards computed concurrently by this process; 0: one per processor.</summary>
    [Range(0, 256)]
    public int ShardsAtOnce { get; init; }

    /// <summary>A scenario that has not finished this long after its start fails.</summary>
    [Range(1, 86_400)]
    public int TimeLimitSeconds { get; init; } = 600;

    /// <summary>Results older than this are deleted; the events stay, and repeating the request recreates the result.</summary>
    [Range(0.001, 36_500)]
    public double KeepResultsDays { get; init; } = 30;

    /// <summary>Beyond this total size, the oldest results are deleted.</summary>
    [Range(1, 1_000_000)]
    public int KeepResultsMegabytes { get; init; } = 1_000;

    public int Concurrency => ShardsAtOnce > 0 ? ShardsAtOnce : Environment.ProcessorCount;

    public TimeSpan TimeLimit => TimeSpan.FromSeconds(TimeLimitSeconds);
}
