using TwinState.Twins;

namespace TwinState.Checks;

/// <summary>A part of a stream.</summary>
/// <param name="Stream">The day stream.</param>
/// <param name="After">The version before the first one.</param>
/// <param name="UpTo">The last version.</param>
readonly record struct StreamPart(string Stream, long After, long UpTo);

/// <summary>Which twin is checked next, and what has to be folded for it. Pure.</summary>
static class DecideCheck
{
    /// <summary>The asset after the last one in order of ids, and the first after the last of all; null if there is none.</summary>
    public static string? Next(IEnumerable<string> assets, string last)
    {
        string? first = null, next = null;
        foreach (var id in assets)
        {
            if (first is null || string.CompareOrdinal(id, first) < 0) first = id;
            if (string.CompareOrdinal(id, last) > 0 && (next is null || string.CompareOrdinal(id, next) < 0)) next = id;
        }
        return next ?? first;
    }

    /// <summary>The parts of streams that a twin includes beyond a checkpoint, oldest first.</summary>
    /// <param name="days">All day streams of the asset, oldest first.</param>
    /// <param name="claim">The twin.</param>
    /// <param name="checkpoint">Versions of the checkpoint; empty to begin with the first reading.</param>
    public static IReadOnlyList<StreamPart> Parts(
        IReadOnlyList<string> days, TwinClaim claim, IReadOnlyDictionary<string, long> checkpoint)
    {
        var begins = checkpoint.Keys.Min(StringComparer.Ordinal);
        return [.. days.Where(d => begins is null || string.CompareOrdinal(d, begins) >= 0)
            .Select(d => new StreamPart(d, checkpoint.GetValueOrDefault(d), Included(d, claim.Versions))).Where(p => p.UpTo > p.After)];
    }

    // Of a day that could no longer grow, no version is known any more: all of it is included. Of one that came later, nothing is.
    static long Included(string day, IReadOnlyDictionary<string, long> versions) =>
        versions.TryGetValue(day, out var version) ? version
        : string.CompareOrdinal(day, versions.Keys.Min(StringComparer.Ordinal)) < 0 ? long.MaxValue
        : 0;
}
