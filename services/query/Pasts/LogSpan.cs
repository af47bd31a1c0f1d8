using ServiceDefaults;

namespace Query.Pasts;

/// <summary>Events of an asset between two states of its twin.</summary>
/// <param name="After">Versions of the day streams that could still grow at the first state; earlier days are left out.</param>
/// <param name="UpTo">The same of the second state, earlier days to their end; null: everything.</param>
sealed record LogSpan(IReadOnlyDictionary<string, long> After, IReadOnlyDictionary<string, long>? UpTo)
{
    /// <summary>Versions of which none is included.</summary>
    public static readonly IReadOnlyDictionary<string, long> Nothing = new Dictionary<string, long>();

    /// <summary>All events.</summary>
    public static readonly LogSpan Whole = new(Nothing, null);

    /// <summary>The events of some day streams, in the given order.</summary>
    public IEnumerable<VersionRange> Of(IEnumerable<string> days)
    {
        var (first, last) = (After.Keys.Min(StringComparer.Ordinal), UpTo?.Keys.Min(StringComparer.Ordinal));
        foreach (var day in days.Where(day => first is null || string.CompareOrdinal(day, first) >= 0))
        {
            var isWhole = UpTo is null || string.CompareOrdinal(day, last) < 0;
            var range = new VersionRange(day, After.GetValueOrDefault(day), isWhole ? long.MaxValue : UpTo!.GetValueOrDefault(day));
            if (range.UpTo > range.After) yield return range;
        }
    }
}
