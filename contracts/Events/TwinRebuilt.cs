namespace Contracts.Events;

/// <summary>A twin was folded again from the whole log. In stream <c>twin/{asset}</c>. Written by twin-state only.</summary>
/// <param name="AssetId">The asset.</param>
/// <param name="Position">Log position up to which both were folded.</param>
/// <param name="LiveHash">Content hash of the twin that was live.</param>
/// <param name="RebuiltHash">Content hash of the rebuilt one; equal unless something is wrong.</param>
/// <param name="Readings">Readings folded.</param>
/// <param name="RebuiltAt">twin-state's clock.</param>
public sealed record TwinRebuilt(
    string AssetId, long Position, string LiveHash, string RebuiltHash, long Readings, DateTimeOffset RebuiltAt);
