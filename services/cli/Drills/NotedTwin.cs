using System.Globalization;

namespace Cli.Drills;

/// <summary>A twin at a log position.</summary>
/// <param name="Position">Position of the newest event included.</param>
/// <param name="StateHash">SHA-256 of its content.</param>
/// <param name="Readings">Number of readings included.</param>
sealed record Look(long Position, string StateHash, long Readings);

/// <summary>A live twin at two moments, the older one first.</summary>
/// <param name="AssetId">The asset.</param>
/// <param name="Looks">
/// Two, as limits that late readings may have changed are derived again within a second: until then a live twin differs from one that is
/// made from the same events.
/// </param>
sealed record NotedTwin(string AssetId, IReadOnlyList<Look> Looks)
{
    /// <summary>Position that another twin must have reached to be compared.</summary>
    public long Position => Looks[^1].Position;

    /// <summary>The twins of two moments; only those with readings, as others have no state.</summary>
    public static IReadOnlyList<NotedTwin> Of(IReadOnlyDictionary<string, Look> before, IReadOnlyDictionary<string, Look> after) =>
        [.. after.Where(t => t.Value.Position > 0).OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => new NotedTwin(
            t.Key,
            before.TryGetValue(t.Key, out var earlier) && earlier.Position > 0 && earlier != t.Value ? [earlier, t.Value] : [t.Value]))];

    /// <summary>Why the twin that was made again is another one; null when it is the same.</summary>
    /// <param name="rebuilt">It at the positions of <see cref="Looks"/>.</param>
    public string? Difference(IReadOnlyList<Look> rebuilt) => rebuilt.Any(Looks.Contains)
        ? null
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{AssetId} at position {Position}: live {Looks[^1].StateHash} with {Looks[^1].Readings} readings, made again "
                + $"{rebuilt[^1].StateHash} with {rebuilt[^1].Readings}");
}
