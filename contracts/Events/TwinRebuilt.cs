using System.Text.Json.Serialization;

namespace Contracts.Events;

/// <summary>A twin was rebuilt from the whole log. In stream <c>twin/{asset}</c>. Written by twin-state only.</summary>
/// <param name="AssetId">The asset.</param>
/// <param name="Position">Log position that both twins include.</param>
/// <param name="LiveHash">Content hash of the live twin.</param>
/// <param name="RebuiltHash">Content hash of the rebuilt twin; equal unless something is wrong.</param>
/// <param name="Readings">Readings processed.</param>
/// <param name="RebuiltAt">When, by twin-state's clock.</param>
/// <param name="RebuildId">The rebuild of several twins that it belongs to; null: none.</param>
/// <param name="HealthDiffers">The condition of its parts is not what it was before.</param>
public sealed record TwinRebuilt(
    string AssetId, long Position, string LiveHash, string RebuiltHash, long Readings, DateTimeOffset RebuiltAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RebuildId = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool HealthDiffers = false);
