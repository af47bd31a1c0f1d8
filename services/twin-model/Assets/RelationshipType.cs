using TwinModel.Units;

namespace TwinModel.Assets;

/// <summary>A type of relationship that may go out from assets of a model. One entry of the section <c>relationship-types</c>.</summary>
/// <param name="Id">kebab-case, e.g. <c>part-of</c>.</param>
/// <param name="To">Ids of models, or kinds, whose assets it may lead to; empty: any.</param>
/// <param name="Most">Most targets that a source has at a time; null: any number.</param>
/// <param name="MostSources">Most sources that a target has at a time; null: any number.</param>
/// <param name="IsAcyclic">No asset may lead back to itself over relationships of this type.</param>
/// <param name="Properties">What may be said of a relationship.</param>
public sealed record RelationshipType(
    string Id, IReadOnlyList<string> To, int? Most, int? MostSources, bool IsAcyclic, IReadOnlyList<RelationshipProperty> Properties)
{
    /// <summary>The type that makes the asset tree: a machine is part of a line, a component of its machine.</summary>
    public const string PartOf = "part-of";

    /// <summary>True when it may lead to an asset of this model.</summary>
    public bool LeadsTo(AssetModel model) => To.Count == 0 || To.Contains(model.Id) || To.Contains(AssetModel.KindName(model.IsPlace));
}

/// <summary>A property of a type of relationship.</summary>
/// <param name="Id">kebab-case.</param>
/// <param name="Unit">Unit of its number; null for text.</param>
/// <param name="Range">What the number may be; null for text.</param>
/// <param name="IsRequired">Every relationship has it.</param>
public sealed record RelationshipProperty(string Id, Unit? Unit, Interval? Range, bool IsRequired);
