using System.Text.Json.Serialization;

namespace Contracts.Events;

/// <summary>Twins are being rebuilt from the whole log. First event of stream <c>rebuild/{id}</c>. Written by twin-state only.</summary>
/// <param name="RebuildId">UUID version 7.</param>
/// <param name="Assets">How many twins.</param>
/// <param name="AssetIds">Whose twins; null: all that there were.</param>
/// <param name="StartedAt">When, by the clock of the log.</param>
public sealed record RebuildStarted(
    string RebuildId, int Assets,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? AssetIds, DateTimeOffset StartedAt);
