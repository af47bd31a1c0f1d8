using Contracts.Events;
using Contracts.Messages;
using ServiceDefaults;
using TwinModel.Assets;

namespace TwinState.Assets;

/// <summary>A known registration.</summary>
/// <param name="Name">Display name.</param>
/// <param name="ModelHash">Hash of its model; null if that model cannot be read and has to be replaced.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="IsPlace">Whether it is a place; null if that is not known.</param>
/// <param name="Tenant">Whose it is.</param>
sealed record KnownRegistration(
    string Name, string? ModelHash, IReadOnlyDictionary<string, string> Labels, bool? IsPlace = null, string? Tenant = null)
{
    public static KnownRegistration? Of(AssetRegistry registry, string assetId)
    {
        if (registry.FindUnreadable(assetId)?.Registration is { } unreadable)
            return new(unreadable.Name, null, LabelsOf(unreadable), null, unreadable.Tenant);
        return registry.Find(assetId) is { } asset
            ? new(asset.Name, asset.Model.Hash, asset.Labels, asset.Model.IsPlace, asset.Tenant)
            : null;
    }

    public static KnownRegistration Of(AssetRegistered e) => new(e.Name, e.ModelHash, LabelsOf(e), null, e.Tenant);

    static IReadOnlyDictionary<string, string> LabelsOf(AssetRegistered e) => e.Labels ?? new Dictionary<string, string>();
}

/// <summary>Decides whether and how an asset is registered. Pure.</summary>
static class DecideRegistration
{
    /// <summary>The event to append; null if nothing changes.</summary>
    /// <param name="known">The current registration; null if there is none.</param>
    /// <param name="command">The command.</param>
    /// <param name="model">The requested model.</param>
    /// <param name="isModelId">True if a shipped model has the asset's id.</param>
    /// <param name="now">Current time.</param>
    /// <exception cref="InvalidInputException">The id is not allowed for an asset.</exception>
    /// <exception cref="RuleViolationException">The id is that of another tenant's asset, or reserved for the shipped model of the same id,
    /// which would be registered again within seconds; or a machine would become a place, or the other way round.</exception>
    public static AssetRegistered? Decide(
        KnownRegistration? known, AssetRegistration command, AssetModel model, bool isModelId, DateTimeOffset now)
    {
        if (!AssetId.IsAllowed(command.AssetId)) throw new InvalidInputException("id", command.AssetId, AssetId.Allowed);
        if (isModelId && command.AssetId != model.Id)
            throw new RuleViolationException(
                $"{command.AssetId} always follows the shipped model {command.AssetId}; give an asset of {model.Id} another id.");
        // Nothing else is said about what belongs to others.
        if ((known is not null && known.Tenant != command.Tenant) || (isModelId && command.Tenant is not null))
            throw new RuleViolationException($"The id {command.AssetId} is not free; take another.");
        if (known?.IsPlace is { } isPlace && isPlace != model.IsPlace)
            throw new RuleViolationException(
                $"{command.AssetId} is a {AssetModel.KindName(isPlace)} and cannot become a {model.Kind}; take another id.");
        var name = command.Name ?? known?.Name ?? (command.AssetId == model.Id ? model.Name : command.AssetId);
        var labels = command.Labels ?? known?.Labels;
        if (known is not null && known.ModelHash == model.Hash && known.Name == name && AreEqual(known.Labels, labels!)) return null;
        return new(
            command.AssetId, name, model.Id, model.Version, model.Hash, "", now, labels is { Count: > 0 } ? labels : null, command.Tenant);
    }

    static bool AreEqual(IReadOnlyDictionary<string, string> some, IReadOnlyDictionary<string, string> others) =>
        some.Count == others.Count && some.All(l => others.TryGetValue(l.Key, out var value) && value == l.Value);
}
