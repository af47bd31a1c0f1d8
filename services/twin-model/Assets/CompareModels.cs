using System.Globalization;
using System.Text;
using YamlDotNet.RepresentationModel;

namespace TwinModel.Assets;

/// <summary>A difference between two versions of a model.</summary>
/// <param name="Kind"><c>added</c>, <c>removed</c>, <c>renamed</c> or <c>changed</c>.</param>
/// <param name="Path">Where: section, entry by its id, member, e.g. <c>sensors[melt-temperature].physical</c>.</param>
/// <param name="Before">What it was, shortened; null if it is added.</param>
/// <param name="After">What it becomes, shortened; null if it is removed.</param>
public sealed record ModelChange(string Kind, string Path, string? Before, string? After);

/// <summary>
/// Compares two versions of a model, section by section as they are written. Entries of a list are the same if they have the same identity:
/// a sensor its number, which the log knows it by, others their id. Pure.
/// </summary>
public static class CompareModels
{
    const int LongestText = 120;

    // What tells the entries of the lists of a model apart, the first that all of them have.
    static readonly string[] Identities = ["id", "component", "parameter", "signal", "topic", "of", "name"];

    /// <summary>The differences in the order of the newer text, what was removed last.</summary>
    /// <param name="before">The version in force; null: all of it is new.</param>
    /// <param name="after">The version that is to follow it.</param>
    public static IReadOnlyList<ModelChange> Of(AssetModel? before, AssetModel after)
    {
        List<ModelChange> changes = [];
        var next = Root(after);
        if (before is null)
        {
            foreach (var sensor in after.Sensors)
                changes.Add(new("added", $"sensors[{sensor.Id}]", null, string.Create(
                    CultureInfo.InvariantCulture, $"number {sensor.Number}, {sensor.Unit.Symbol}")));
            return changes;
        }
        Maps(Root(before), next, "", changes);
        return changes;
    }

    /// <summary>Sensors of the older version whose number the newer one lacks.</summary>
    public static IEnumerable<Sensor> RemovedSensors(AssetModel before, AssetModel after) =>
        before.Sensors.Where(s => after.Sensor(s.Number) is null);

    static YamlMappingNode Root(AssetModel model)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(model.Source));
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    static void Nodes(YamlNode before, YamlNode after, string path, List<ModelChange> changes)
    {
        switch (before, after)
        {
            case (YamlMappingNode a, YamlMappingNode b):
                Maps(a, b, path, changes);
                break;
            case (YamlSequenceNode a, YamlSequenceNode b) when Identity(path, a, b) is { } identity:
                Lists(a, b, identity, path, changes);
                break;
            // Entries without an identity, such as relationships, are what they say.
            case (YamlSequenceNode a, YamlSequenceNode b) when AreMaps(a) && AreMaps(b):
                var (was, becomes) = (a.Children.Select(Text).ToList(), b.Children.Select(Text).ToList());
                changes.AddRange(becomes.Except(was).Select(text => new ModelChange("added", path, null, Short(text))));
                changes.AddRange(was.Except(becomes).Select(text => new ModelChange("removed", path, Short(text), null)));
                break;
            default:
                var (old, next) = (Text(before), Text(after));
                if (old != next) changes.Add(new("changed", path, Short(old), Short(next)));
                break;
        }
    }

    static void Maps(YamlMappingNode before, YamlMappingNode after, string path, List<ModelChange> changes)
    {
        var (a, b) = (Members(before), Members(after));
        foreach (var (key, node) in b)
        {
            var at = path.Length == 0 ? key : $"{path}.{key}";
            if (a.TryGetValue(key, out var known)) Nodes(known, node, at, changes);
            else Whole("added", node, at, changes);
        }
        foreach (var (key, node) in a.Where(m => !b.ContainsKey(m.Key)))
            Whole("removed", node, path.Length == 0 ? key : $"{path}.{key}", changes);
    }

    // A whole list that comes or goes is said entry by entry.
    static void Whole(string kind, YamlNode node, string path, List<ModelChange> changes)
    {
        if (node is YamlSequenceNode list && Identity(path, list, list) is { } identity)
        {
            foreach (var entry in list.Children) Add(kind, entry, $"{path}[{Name(entry, identity)}]", changes);
        }
        else
        {
            Add(kind, node, path, changes);
        }
    }

    static void Add(string kind, YamlNode node, string path, List<ModelChange> changes)
    {
        var text = Short(Text(node));
        changes.Add(kind == "added" ? new(kind, path, null, text) : new(kind, path, text, null));
    }

    static void Lists(YamlSequenceNode before, YamlSequenceNode after, string identity, string path, List<ModelChange> changes)
    {
        var (a, b) = (Entries(before, identity), Entries(after, identity));
        foreach (var (key, node) in b)
        {
            var at = $"{path}[{Name(node, identity)}]";
            if (!a.TryGetValue(key, out var known))
            {
                Add("added", node, at, changes);
                continue;
            }
            if (Name(known, identity) is var was && Name(node, identity) is var becomes && was != becomes)
                changes.Add(new("renamed", at, was, becomes));
            List<ModelChange> inside = [];
            Nodes(known, node, at, inside);
            // Has been said.
            changes.AddRange(inside.Where(c => identity != "number" || c.Path != $"{at}.id"));
        }
        foreach (var (key, node) in a.Where(e => !b.ContainsKey(e.Key)))
            Add("removed", node, $"{path}[{Name(node, identity)}]", changes);
    }

    static string? Identity(string path, YamlSequenceNode before, YamlSequenceNode after)
    {
        if (path == "sensors") return "number";
        return Identities.FirstOrDefault(key => IsIdentity(before, key) && IsIdentity(after, key));
    }

    static bool AreMaps(YamlSequenceNode list) => list.Children.All(n => n is YamlMappingNode);

    static bool IsIdentity(YamlSequenceNode list, string key)
    {
        HashSet<string> seen = [];
        return list.Children.All(n => n is YamlMappingNode map && Members(map).GetValueOrDefault(key) is YamlScalarNode { Value: { } value }
            && seen.Add(value));
    }

    static Dictionary<string, YamlNode> Entries(YamlSequenceNode list, string identity) =>
        list.Children.ToDictionary(n => Text(Members((YamlMappingNode)n)[identity]));

    static string Name(YamlNode entry, string identity) =>
        Text(Members((YamlMappingNode)entry)[identity == "number" ? "id" : identity]);

    static Dictionary<string, YamlNode> Members(YamlMappingNode map) =>
        map.Children.ToDictionary(m => ((YamlScalarNode)m.Key).Value ?? "", m => m.Value);

    // In one line, however it was written.
    static string Text(YamlNode node) => node switch
    {
        YamlScalarNode scalar => scalar.Value ?? "",
        YamlSequenceNode list => $"[{string.Join(", ", list.Children.Select(Text))}]",
        YamlMappingNode map => $"{{{string.Join(", ", Members(map).Select(m => $"{m.Key}: {Text(m.Value)}"))}}}",
        _ => "",
    };

    static string Short(string text)
    {
        if (text.Length <= LongestText) return text;
        var cut = new StringBuilder(text, 0, char.IsHighSurrogate(text[LongestText - 1]) ? LongestText - 1 : LongestText, LongestText + 1);
        return cut.Append('…').ToString();
    }
}
