using System.Text.Json.Serialization;

namespace Contracts.Events;

/// <summary>
/// A policy is as this says from now on: who may do what on which assets. In stream <c>policies</c>, which holds those of all tenants.
/// Written by twin-state only.
/// </summary>
/// <param name="PolicyId">Identity among the policies of its tenant, kebab-case.</param>
/// <param name="Tenant">Whose policy it is; null: of those who have no tenant.</param>
/// <param name="Subjects">Whom it is about: <c>everyone</c>, <c>role:operator</c>, <c>user:anna</c>.</param>
/// <param name="May"><c>read</c>; or <c>write</c>: whatever a role may do, which includes reading.</param>
/// <param name="Assets">On which assets: <c>all</c>, <c>asset:extruder-3</c>, <c>label:plant=north</c>, or <c>below:hall-2</c> for an asset
/// and everything that is part of it.</param>
/// <param name="SetBy">Who said so.</param>
/// <param name="Comment">Free text, or null.</param>
/// <param name="SetAt">When it was recorded, by twin-state's clock.</param>
public sealed record PolicySet(
    string PolicyId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Tenant,
    IReadOnlyList<string> Subjects,
    string May,
    IReadOnlyList<string> Assets,
    string SetBy,
    string? Comment,
    DateTimeOffset SetAt);
