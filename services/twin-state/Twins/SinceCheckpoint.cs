namespace TwinState.Twins;

/// <summary>What a twin has folded in since its last checkpoint.</summary>
/// <param name="Position">Log position of that checkpoint; 0: everything was folded in since.</param>
/// <param name="Work">In readings; reading an event takes as long as folding in ten readings.</param>
/// <param name="OldestSample">
/// Oldest sample time, microseconds: who asks for an earlier time need not read what came. 0 if that is not known.
/// </param>
readonly record struct SinceCheckpoint(long Position, long Work, long OldestSample)
{
    // From a checkpoint, a twin in the past is folded within a few milliseconds; checkpoints are some hundredths of the log.
    const int MostWork = 5_000;
    const int WorkOfEvent = 10;

    /// <summary>Of a twin without a saved state, which needs a checkpoint soon.</summary>
    public static readonly SinceCheckpoint Beginning = new(0, MostWork, long.MaxValue);

    /// <summary>It is time for the next one.</summary>
    public bool IsDue => Work >= MostWork;

    /// <summary>With one more event.</summary>
    public SinceCheckpoint With(int readings, long oldestSample) =>
        new(Position, Work + WorkOfEvent + readings, Math.Min(OldestSample, oldestSample));

    /// <summary>In the form in which it is stored with a twin at a position.</summary>
    public long[] Numbers(long twinPosition) => [twinPosition, Position, Work, OldestSample];

    /// <summary>
    /// From the stored form. A version of this service that does not know it saves the twin without it: it is then null, or that of an
    /// earlier position.
    /// </summary>
    public static SinceCheckpoint From(long[]? numbers, long twinPosition) =>
        numbers is [var of, var position, var work, var oldest] && of == twinPosition
            ? new(position, work, oldest)
            : Beginning with { OldestSample = 0 };
}
