using Contracts.Events;
using TwinModel.Assets;

namespace TwinModel.Graphs;

/// <summary>What is wrong with a relationship.</summary>
/// <param name="Field">The member.</param>
/// <param name="Value">What it is; null when missing.</param>
/// <param name="Allowed">What would be accepted.</param>
public sealed record RelationshipProblem(string Field, object? Value, string Allowed);

/// <summary>Checks a relationship against the type that the model of its source declares. Pure.</summary>
public static class CheckRelationship
{
    const int LongestText = 200;

    /// <summary>The problem; null when there is none.</summary>
    /// <param name="source">Id and model of the source.</param>
    /// <param name="type">Id of the type.</param>
    /// <param name="target">Id and model of the target.</param>
    /// <param name="given">Its properties.</param>
    public static RelationshipProblem? Find(
        (string Id, AssetModel Model) source, string type, (string Id, AssetModel Model) target, IReadOnlyList<PropertyValue> given)
    {
        if (Type(source.Model, type) is not { } declared)
        {
            return new("type", type, source.Model.RelationshipTypes is { Count: > 0 } types
                ? string.Join(", ", types.Select(t => t.Id))
                : $"none: the model {source.Model.Id} declares no relationship-types");
        }
        if (source.Id == target.Id) return new("target", target.Id, "another asset");
        if (!declared.LeadsTo(target.Model))
            return new("target", target.Id, $"an asset of {string.Join(", ", declared.To)}; {target.Id} follows {target.Model.Id}");
        for (var i = 0; i < given.Count; i++)
        {
            if (Find(declared, given, i) is { } problem) return problem;
        }
        return declared.Properties.FirstOrDefault(p => p.IsRequired && given.All(g => g.Id != p.Id)) is { } missing
            ? new("properties", null, $"with {Describe(missing)}")
            : null;
    }

    /// <summary>The type that a model declares under this id, or null.</summary>
    public static RelationshipType? Type(AssetModel model, string id) => model.RelationshipTypes.FirstOrDefault(t => t.Id == id);

    /// <summary>Properties as they are recorded: ordered, and numbers with their units.</summary>
    public static IReadOnlyList<PropertyValue> Complete(RelationshipType type, IReadOnlyList<PropertyValue> given) =>
        [.. given.OrderBy(p => p.Id, StringComparer.Ordinal)
            .Select(p => p with { Unit = type.Properties.First(d => d.Id == p.Id).Unit?.Symbol })];

    static RelationshipProblem? Find(RelationshipType type, IReadOnlyList<PropertyValue> given, int index)
    {
        var (value, field) = (given[index], FormattableString.Invariant($"properties[{index}]"));
        if (type.Properties.FirstOrDefault(p => p.Id == value.Id) is not { } property)
        {
            return new($"{field}.id", value.Id, type.Properties.Count == 0
                ? $"no properties: {type.Id} has none"
                : string.Join(", ", type.Properties.Select(p => p.Id)));
        }
        if (given.Take(index).Any(g => g.Id == value.Id)) return new($"{field}.id", value.Id, "each property once");
        if (property.Range is not { } range)
        {
            return value is { Text.Length: >= 1 and <= LongestText, Number: null, Unit: null }
                ? null
                : new($"{field}.text", value.Text, Describe(property));
        }
        if (value.Text is not null) return new($"{field}.text", value.Text, Describe(property));
        if (value.Unit is not null && value.Unit != property.Unit!.Symbol) return new($"{field}.unit", value.Unit, property.Unit.Symbol);
        return value.Number is { } number && range.Contains(number) ? null : new($"{field}.number", value.Number, Describe(property));
    }

    static string Describe(RelationshipProperty property) => property.Range is { } range
        ? FormattableString.Invariant($"{property.Id}: a number from {range.Min} to {range.Max} {property.Unit?.Symbol}")
        : FormattableString.Invariant($"{property.Id}: text of 1 to {LongestText} characters");
}
