namespace TwinState.Twins;

/// <summary>What a live twin includes and what it is: a fold of the same events must give the same hash.</summary>
/// <param name="Versions">Last version folded in, of the day streams that may still grow; earlier days are included whole.</param>
/// <param name="Corrections">Version of the corrections with which readings count.</param>
/// <param name="Position">Highest log position folded in.</param>
/// <param name="Readings">Number of readings folded in.</param>
/// <param name="ModelHash">Its model.</param>
/// <param name="Hash">Its content.</param>
[GenerateSerializer, Immutable]
sealed record TwinClaim(
    IReadOnlyDictionary<string, long> Versions, long Corrections, long Position, long Readings, string ModelHash,
    string Hash)
{
    /// <summary>Of a twin that waits for nothing; null while limits are to be derived again, and before the first reading.</summary>
    public static TwinClaim? Of(OwnedTwin? twin) =>
        twin is { MustRederive.Count: 0, RecordedAt: not null } && twin.Versions.Count > 0
            ? new(
                new Dictionary<string, long>(twin.Versions), twin.Corrections.Version, twin.Position,
                twin.Twin.Sensors.Sum(s => s.Count), twin.Asset.Model.Hash, twin.Hash())
            : null;
}
