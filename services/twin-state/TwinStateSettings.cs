using System.ComponentModel.DataAnnotations;

namespace TwinState;

/// <summary>Settings of section <c>TwinState</c>.</summary>
sealed class TwinStateSettings
{
    /// <summary>A twin that keeps changing is saved at least this often. A restart reads later events from the log.</summary>
    [Range(1, 600)]
    public int SaveEverySeconds { get; init; } = 30;

    /// <summary>
    /// A changed twin of which nothing more was heard for this long, or whose change could not be published, is saved when its last save is
    /// as old: <c>query</c> reads saved twins where it has missed a message.
    /// </summary>
    [Range(1, 600)]
    public int SaveAtRestSeconds { get; init; } = 5;

    /// <summary>A changed twin is published at most this often.</summary>
    [Range(10, 10_000)]
    public int ShowEveryMilliseconds { get; init; } = 100;

    /// <summary>A silent twin leaves the memory after this long without a reading; the next one brings it back.</summary>
    [Range(1, 86_400)]
    public int SleepAfterSeconds { get; init; } = 600;

    /// <summary>Whether twins are kept in step with their physics and signals are calculated, where the asset model says so.</summary>
    public bool Estimates { get; init; } = true;

    /// <summary>How often one of the twins in memory is folded from the log again and compared; 0: never.</summary>
    [Range(0, 86_400.0)]
    public double CheckEverySeconds { get; init; } = 60;

    /// <summary>How many twins a rebuild of several folds at the same time, on all replicas together.</summary>
    [Range(1, 256)]
    public int RebuildsAtOnce { get; init; } = 4;
}
