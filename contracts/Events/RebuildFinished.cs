namespace Contracts.Events;

/// <summary>
/// All twins of a rebuild have been rebuilt, or could not be. Last event of stream <c>rebuild/{id}</c>. Written by twin-state only.
/// </summary>
/// <param name="RebuildId">The rebuild.</param>
/// <param name="Equal">Twins that equal the live ones.</param>
/// <param name="Different">Twins that differ from the live ones, which they have replaced.</param>
/// <param name="Failed">Twins that could not be rebuilt.</param>
/// <param name="Problems">The first 1000 twins that differ or could not be rebuilt, by asset.</param>
/// <param name="FinishedAt">When, by twin-state's clock.</param>
public sealed record RebuildFinished(
    string RebuildId, int Equal, int Different, int Failed, IReadOnlyList<RebuildProblem> Problems, DateTimeOffset FinishedAt);

/// <summary>A twin that differs from what it was, or could not be rebuilt.</summary>
/// <param name="AssetId">The asset.</param>
/// <param name="Outcome">different or failed.</param>
/// <param name="Detail">Both hashes, or why it failed.</param>
public sealed record RebuildProblem(string AssetId, string Outcome, string Detail);
