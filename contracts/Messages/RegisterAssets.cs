using System.Text.Json.Serialization;

namespace Contracts.Messages;

/// <summary>
/// Request: register many assets in one transaction. Sent by query, answered by any twin-state with <see cref="AssetsRegistered"/>.
/// Idempotent.
/// </summary>
/// <param name="Assets">Each asset once; at most <see cref="MostAssets"/>.</param>
public sealed record RegisterAssets(IReadOnlyList<AssetRegistration> Assets)
{
    /// <summary>Few enough that a request is answered within a second.</summary>
    public const int MostAssets = 250;
}

/// <summary>How to register an asset, or to update its model, name or labels.</summary>
/// <param name="AssetId">kebab-case, at most 64 characters.</param>
/// <param name="Name">Display name; null for the known one, and for a new asset the model's name or its id.</param>
/// <param name="ModelId">Id of a model in force.</param>
/// <param name="Labels">All labels; null for the known ones.</param>
/// <param name="Tenant">The tenant of who asks; null: none. A known asset must be its own.</param>
public sealed record AssetRegistration(
    string AssetId, string? Name, string ModelId, IReadOnlyDictionary<string, string>? Labels = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Tenant = null);

/// <summary>Answer to <see cref="RegisterAssets"/>: everything that is not refused is in the log.</summary>
/// <param name="Outcomes">In the order of the request.</param>
/// <param name="Position">Log position of the newest registration; 0 if nothing changed.</param>
public sealed record AssetsRegistered(IReadOnlyList<RegistrationOutcome> Outcomes, long Position);

/// <summary>What became of one asset.</summary>
/// <param name="AssetId">The asset.</param>
/// <param name="Kind"><c>registered</c>, <c>updated</c>, <c>unchanged</c> or <c>refused</c>.</param>
/// <param name="Reason">Why it was refused; null otherwise.</param>
public sealed record RegistrationOutcome(string AssetId, string Kind, string? Reason = null)
{
    /// <summary>A new asset.</summary>
    public const string Registered = "registered";

    /// <summary>Model, name or labels of a known asset have changed.</summary>
    public const string Updated = "updated";

    /// <summary>It was registered like this already.</summary>
    public const string Unchanged = "unchanged";

    /// <summary>A rule forbids it.</summary>
    public const string Refused = "refused";
}
