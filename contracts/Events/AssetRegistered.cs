using System.Text.Json.Serialization;

namespace Contracts.Events;

/// <summary>
/// An asset was registered and follows a model; repeated when model, name or labels change. In stream <c>asset/{id}</c>. Written by
/// twin-state only.
/// </summary>
/// <param name="AssetId">Identity of the asset, kebab-case.</param>
/// <param name="Name">Display name.</param>
/// <param name="ModelId">The model's id.</param>
/// <param name="ModelVersion">The model's version.</param>
/// <param name="ModelHash">SHA-256 of the model's YAML, hexadecimal.</param>
/// <param name="ModelYaml">Empty: the model is in stream <c>model/{hash}</c>. Older events hold the whole model.</param>
/// <param name="RegisteredAt">When, by twin-state's clock.</param>
/// <param name="Labels">All labels, e.g. <c>plant</c>: <c>north</c>; null: none.</param>
/// <param name="Tenant">Whose asset it is, from the first registration on; null: of those who have no tenant.</param>
public sealed record AssetRegistered(
    string AssetId,
    string Name,
    string ModelId,
    int ModelVersion,
    string ModelHash,
    string ModelYaml,
    DateTimeOffset RegisteredAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string>? Labels = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Tenant = null);
