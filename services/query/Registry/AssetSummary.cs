using System.Collections.ObjectModel;
using System.ComponentModel;
using ServiceDefaults;
using TwinModel.Assets;

namespace Query.Registry;

/// <summary>An asset in a list.</summary>
/// <param name="Id">Asset id, kebab-case.</param>
/// <param name="Name">Display name.</param>
/// <param name="ModelId">Id of the asset's model.</param>
/// <param name="ModelVersion">Version of the model.</param>
sealed record AssetSummary(
    string Id,
    string Name,
    string ModelId,
    int ModelVersion,
    [property: Description("SHA-256 of the model's YAML, hexadecimal.")] string ModelHash,
    [property: Description("Time of the first registration.")] DateTimeOffset RegisteredAt,
    [property: Description("Why the newest model cannot be read; null if it can. The model named here is then an earlier one, or "
        + "the unreadable one if there is no earlier one.")] string? Problem,
    [property: Description("By key.")] IReadOnlyDictionary<string, string> Labels,
    [property: Description("machine or place; machine while the model cannot be read.")] string Kind)
{
    /// <summary>True if a text is part of the id or the name; nothing is part of every one.</summary>
    public bool Matches(string? search) => string.IsNullOrEmpty(search)
        || Id.Contains(search, StringComparison.OrdinalIgnoreCase) || Name.Contains(search, StringComparison.OrdinalIgnoreCase);

    /// <summary>Of an asset without labels.</summary>
    public static readonly IReadOnlyDictionary<string, string> NoLabels = ReadOnlyDictionary<string, string>.Empty;

    public static AssetSummary Of(RegisteredAsset asset, UnreadableAsset? newer) => new(
        asset.Id, asset.Name, asset.Model.Id, asset.Model.Version, asset.Model.Hash, asset.RegisteredAt, newer?.Explanation,
        asset.Labels, asset.Model.Kind);

    public static AssetSummary Of(UnreadableAsset asset)
    {
        var r = asset.Registration;
        return new(
            r.AssetId, r.Name, r.ModelId, r.ModelVersion, r.ModelHash, asset.RegisteredAt, asset.Explanation,
            r.Labels ?? NoLabels, AssetModel.KindName(isPlace: false));
    }
}
