using System.Globalization;
using System.Text.RegularExpressions;
using TwinModel.Units;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace TwinModel.Assets;

/// <summary>
/// A node of a YAML file with its path, so that every problem names file, line and path.
/// Problems are collected, not thrown: one pass reports all of them.
/// </summary>
sealed partial class YamlCursor(YamlNode node, string path, string file, List<ModelProblem> problems)
{
    static readonly Dictionary<string, long> TicksPer = new()
    {
        ["ms"] = TimeSpan.TicksPerMillisecond,
        ["s"] = TimeSpan.TicksPerSecond,
        ["min"] = TimeSpan.TicksPerMinute,
        ["h"] = TimeSpan.TicksPerHour,
    };

    readonly HashSet<string> asked = [];

    public string Path => path;

    public void Complain(string message, YamlNode? at = null) =>
        problems.Add(new ModelProblem(file, (at ?? node).Start.Line, path, message));

    /// <summary>Complains about the node of a key, or about this one if the key is missing.</summary>
    public void ComplainOf(string key, string message) => (Get(key, required: false) ?? this).Complain(message);

    public YamlCursor? Get(string key, bool required = true)
    {
        asked.Add(key);
        if (node is not YamlMappingNode map)
        {
            Complain("must be a mapping of keys to values");
            return null;
        }
        if (map.Children.TryGetValue(new YamlScalarNode(key), out var child))
            return new(child, path.Length == 0 ? key : $"{path}.{key}", file, problems);
        if (required) Complain($"lacks '{key}'");
        return null;
    }

    public IReadOnlyList<YamlCursor> List(string key, bool required = true, int atLeast = 0)
    {
        if (Get(key, required) is not { } child) return [];
        if (child.Node is not YamlSequenceNode sequence)
        {
            child.Complain("must be a list");
            return [];
        }
        if (sequence.Children.Count < atLeast) child.Complain($"needs at least {atLeast} entry");
        return [.. sequence.Children.Select((c, i) => new YamlCursor(c, $"{child.Path}[{i}]", file, problems))];
    }

    public Dictionary<string, YamlCursor> Map(string key)
    {
        if (Get(key, required: false) is not { } child) return [];
        if (child.Node is not YamlMappingNode map)
        {
            child.Complain("must be a mapping of names to sensor ids");
            return [];
        }
        return map.Children.ToDictionary(
            pair => pair.Key.ToString(),
            pair => new YamlCursor(pair.Value, $"{child.Path}['{pair.Key}']", file, problems));
    }

    YamlNode Node => node;

    public bool IsMapping => node is YamlMappingNode;

    /// <summary>True when this file has problems.</summary>
    public bool HasProblems => problems.Count > 0;

    public string Text(string key, string? otherwise = null)
    {
        var child = Get(key, required: otherwise is null);
        if (child is null) return otherwise ?? "";
        return child.Scalar() ?? "";
    }

    public bool IsList => node is YamlSequenceNode;

    /// <summary>A list of texts; empty ones must be quoted.</summary>
    public IReadOnlyList<string> Texts(bool mayBeEmpty)
    {
        if (node is not YamlSequenceNode { Children.Count: > 0 } sequence)
        {
            Complain("must be a list of text values");
            return [];
        }
        return [.. sequence.Children.Select((c, i) => mayBeEmpty && c is YamlScalarNode { Value: "", Style: not ScalarStyle.Plain }
            ? ""
            : new YamlCursor(c, $"{path}[{i}]", file, problems).Scalar() ?? "")];
    }

    public bool? Flag()
    {
        if (node is YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" or "false" } scalar) return scalar.Value == "true";
        Complain($"must be true or false, {Instead(node)}");
        return null;
    }

    public string? Scalar()
    {
        if (node is not YamlScalarNode { Value.Length: > 0 } scalar) Complain("must be non-empty text");
        else if (scalar.Style == ScalarStyle.Plain && NoText().IsMatch(scalar.Value))
            Complain($"must be text; write '{scalar.Value}' in quotes");
        else return scalar.Value;
        return null;
    }

    public double Number(string key, double? otherwise = null)
    {
        var child = Get(key, required: otherwise is null);
        return child?.Number() ?? otherwise ?? double.NaN;
    }

    public double? Number()
    {
        if (node is YamlScalarNode { Style: ScalarStyle.Plain } scalar
            && double.TryParse(scalar.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value))
            return value;
        Complain($"must be a finite number, {Instead(node)}");
        return null;
    }

    /// <summary>A time span such as <c>500ms</c>, <c>5s</c>, <c>2min</c>, <c>1h</c>.</summary>
    public TimeSpan? Span(string key, bool required = true)
    {
        if (Get(key, required) is not { } child || child.Scalar() is not { } text) return null;
        if (SpanText().Match(text) is { Success: true } match
            && double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) is <= 8760 and var amount)
            return TimeSpan.FromTicks((long)(amount * TicksPer[match.Groups[2].Value]));
        child.Complain($"must be a time span such as 500ms, 5s, 2min or 1h, not '{text}'");
        return null;
    }

    // The history holds single precision, and squares of values are added up.
    const double Farthest = 1e27;

    public Interval? RangeOf(string key)
    {
        if (Get(key) is not { } child) return null;
        if (child.Node is not YamlSequenceNode { Children.Count: 2 } pair)
        {
            child.Complain("must be a range [min, max]");
            return null;
        }
        var min = new YamlCursor(pair.Children[0], $"{child.Path}[0]", file, problems).Number();
        var max = new YamlCursor(pair.Children[1], $"{child.Path}[1]", file, problems).Number();
        if (min is null || max is null) return null;
        if (Math.Max(Math.Abs(min.Value), Math.Abs(max.Value)) > Farthest)
            child.Complain($"must lie within [-1e27, 1e27], not [{min}, {max}]");
        if (min < max) return new Interval(min.Value, max.Value);
        child.Complain($"must have min < max, not [{min}, {max}]");
        return null;
    }

    /// <summary>A list of exactly two entries.</summary>
    public (YamlCursor First, YamlCursor Second)? Pair()
    {
        if (node is YamlSequenceNode { Children.Count: 2 } pair)
            return (new(pair.Children[0], $"{path}[0]", file, problems), new(pair.Children[1], $"{path}[1]", file, problems));
        Complain("must be a list of two: [start, end]");
        return null;
    }

    /// <summary>Reports unknown keys, so that a typing error is not silently ignored.</summary>
    public void Close()
    {
        if (node is not YamlMappingNode map) return;
        foreach (var key in map.Children.Keys.Where(k => !asked.Contains(k.ToString())))
            Complain($"has the unknown key '{key}'; allowed: {string.Join(", ", asked)}", key);
    }

    // A list or mapping is not written out: a few lines of references can stand for millions of nodes.
    static string Instead(YamlNode found) => found switch
    {
        YamlScalarNode scalar => $"not '{scalar.Value}'",
        YamlSequenceNode => "not a list",
        _ => "not a mapping",
    };

    // What YAML reads as a number, a Boolean or null when unquoted.
    [GeneratedRegex(@"^([-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|true|false|null|~)\z")]
    private static partial Regex NoText();

    // As in the JSON schema.
    [GeneratedRegex(@"^([0-9]+(?:\.[0-9]+)?)(ms|s|min|h)\z")]
    private static partial Regex SpanText();
}
