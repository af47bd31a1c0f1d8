using System.ComponentModel;
using Contracts.Events;
using TwinModel.Graphs;

namespace Query.Graphs;

/// <summary>A relationship between two assets.</summary>
/// <param name="Source">Id of the asset that it goes out from.</param>
/// <param name="Type">Its type, e.g. part-of.</param>
/// <param name="Target">Id of the asset that it leads to.</param>
/// <param name="Properties">What is said of it, by id.</param>
/// <param name="Since">When it became true.</param>
/// <param name="By">Who recorded it.</param>
sealed record RelationshipAnswer(
    string Source,
    string Type,
    string Target,
    IReadOnlyList<PropertyAnswer> Properties,
    DateTimeOffset Since,
    [property: Description("When it ceased to be true; null: it is true.")] DateTimeOffset? Until,
    string By,
    [property: Description("Comment given with it, or null.")] string? Comment,
    [property: Description("Log position at which it was added.")] long Position,
    [property: Description("Who removed it; null: nobody did.")] string? RemovedBy)
{
    public static RelationshipAnswer Of(Edge e) => new(
        e.Source, e.Type, e.Target, [.. e.Properties.Select(PropertyAnswer.Of)], e.Since, e.Until, e.AddedBy, e.Comment, e.Position,
        e.RemovedBy);
}

/// <summary>A property of a relationship: a number with its unit, or text.</summary>
sealed record PropertyAnswer(
    [property: Description("Id of the property, as its type declares it.")] string? Id,
    [property: Description("Null for text.")] double? Number,
    [property: Description("Unit of the number. In requests it may be left out.")] string? Unit,
    [property: Description("Null for a number.")] string? Text)
{
    public static PropertyAnswer Of(PropertyValue p) => new(p.Id, p.Number, p.Unit, p.Text);
}

/// <summary>An asset, or a component of one, that was found.</summary>
/// <param name="Name">Display name.</param>
/// <param name="ModelId">Id of the asset's model.</param>
/// <param name="ActiveAlarms">Number of active alarms; of a component those of its sensors.</param>
sealed record NodeAnswer(
    [property: Description("Id of an asset, or asset/component.")] string Id,
    string Name,
    [property: Description("machine, place or component.")] string Kind,
    string ModelId,
    [property: Description("Kind of a component, e.g. bearing; null for assets.")] string? ComponentKind,
    [property: Description("Labels of the asset, by key.")] IReadOnlyDictionary<string, string> Labels,
    [property: Description("Its wearing parts; of a component itself, if it is one.")] IReadOnlyList<PartLevel> Parts,
    int ActiveAlarms,
    [property: Description("warning, alarm or critical; null: no active alarm.")] string? WorstAlarm,
    [property: Description("Ids from where the path starts to this one, on the way on which it was found first.")]
    IReadOnlyList<string> Way);

/// <summary>Level of a wearing part.</summary>
/// <param name="Component">Id of the part.</param>
sealed record PartLevel(string Component, [property: Description("learning, healthy, degrading or critical.")] string Level);

/// <summary>A part of the asset tree.</summary>
sealed record TreeAnswer(
    [property: Description("What it is part of, the outermost first; empty for a whole tree.")] IReadOnlyList<AncestorAnswer> Ancestors,
    [property: Description("The asset, or places that are part of nothing, by id.")] IReadOnlyList<TreeNode> Nodes,
    [property: Description("Cursor for the next places that are part of nothing; null: there are no more.")] string? NextCursor = null);

/// <summary>Something that the asset is part of.</summary>
/// <param name="Id">Id of the asset.</param>
/// <param name="Name">Display name.</param>
sealed record AncestorAnswer(string Id, string Name);

/// <summary>An asset or component with what is part of it.</summary>
/// <param name="Name">Display name.</param>
/// <param name="ModelId">Id of the asset's model.</param>
sealed record TreeNode(
    [property: Description("Id of an asset, or asset/component.")] string Id,
    string Name,
    [property: Description("machine, place or component.")] string Kind,
    string ModelId,
    [property: Description("Kind of a component, e.g. bearing; null for assets.")] string? ComponentKind,
    [property: Description("Worst level of the wearing parts of it and of everything below; null: there are none.")] string? Condition,
    [property: Description("Number of active alarms of it and of everything below.")] int ActiveAlarms,
    [property: Description("Worst of them: warning, alarm or critical; null: none.")] string? WorstAlarm,
    [property: Description("What is part of it: places and machines by id, then components; empty beyond the depth.")]
    IReadOnlyList<TreeNode> Children);
