using System.Text.Json.Serialization;

namespace Contracts.Events;

/// <summary>
/// Two assets are related from a time on. In stream <c>graph</c>, which holds the relationships of all assets. Written by twin-state only.
/// Other properties are a <see cref="RelationshipRemoved"/> and another of these.
/// </summary>
/// <param name="Source">Asset that the relationship goes out from.</param>
/// <param name="Type">Its type, declared in the model of the source, e.g. <c>part-of</c>.</param>
/// <param name="Target">Asset that it leads to.</param>
/// <param name="Properties">Ordered by id.</param>
/// <param name="Since">When it became true.</param>
/// <param name="AddedBy">Who recorded it.</param>
/// <param name="Comment">Free text, or null.</param>
/// <param name="AddedAt">When it was recorded, by twin-state's clock.</param>
public sealed record RelationshipAdded(
    string Source,
    string Type,
    string Target,
    IReadOnlyList<PropertyValue> Properties,
    DateTimeOffset Since,
    string AddedBy,
    string? Comment,
    DateTimeOffset AddedAt);

/// <summary>A property of a relationship: a number with its unit, or text.</summary>
/// <param name="Id">Declared with the type.</param>
/// <param name="Number">Null for text.</param>
/// <param name="Unit">Unit of the number; null for text.</param>
/// <param name="Text">Null for a number.</param>
public sealed record PropertyValue(
    string Id,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Number = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Unit = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Text = null);
