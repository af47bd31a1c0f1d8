using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace TwinModel.Assets;

/// <summary>
/// A node of a YAML file together with its path, so that every complaint can name file, line and path.
/// Complaints are collected, not thrown: one reading reports everything that is wrong.
/// </summary>
sealed class YamlCursor(YamlNode node, string path, string file, List<ModelProblem> problems)
{
    readonly HashSet<string> asked = [];

    public string Path => path;

    public void Complain(string message, YamlNode? at = null) => problems.Add(new ModelProblem(file, (at ?? node).Start.Line, path, message));

    public YamlCursor? Get(string key, bool required = true)
    {
        asked.Add(key);
        if (node is not YamlMappingNode map)
        {
            Complain("must be a mapping of keys to values");
            return null;
        }
        if (map.Children.TryGetValue(new YamlScalarNode(key), out var child)) return new(child, path.Length == 0 ? key : $"{path}.{key}", file, problems);
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

    /// <summary>Somebody complained about this file.</summary>
    public bool HasProblems => problems.Count > 0;

    public string Text(string key, string? otherwise = null)
    {
        var child = Get(key, required: otherwise is null);
        if (child is null) return otherwise ?? "";
        return child.Scalar() ?? "";
    }

    public string? Scalar()
    {
        if (node is YamlScalarNode { Value.Length: > 0 } scalar) return scalar.Value;
        Complain("must be a non-empty text");
        return null;
    }

    public double Number(string key, double? otherwise = null)
    {
        var child = Get(key, required: otherwise is null);
        return child?.Number() ?? otherwise ?? double.NaN;
    }

    public double? Number()
    {
        if (node is YamlScalarNode scalar && double.TryParse(scalar.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value))
            return value;
        Complain($"must be a finite number, not '{node}'");
        return null;
    }

    /// <summary>A span such as <c>500ms</c>, <c>5s</c>, <c>2min</c>, <c>1h</c>.</summary>
    public TimeSpan? Span(string key, bool required = true)
    {
        if (Get(key, required) is not { } child || child.Scalar() is not { } text) return null;
        foreach (var (suffix, ticks) in new[] { ("ms", TimeSpan.TicksPerMillisecond), ("min", TimeSpan.TicksPerMinute), ("s", TimeSpan.TicksPerSecond), ("h", TimeSpan.TicksPerHour) })
        {
            if (!text.EndsWith(suffix, StringComparison.Ordinal)) continue;
            if (double.TryParse(text[..^suffix.Length], NumberStyles.Float, CultureInfo.InvariantCulture, out var amount) && amount is >= 0 and <= 8760)
                return TimeSpan.FromTicks((long)(amount * ticks));
            break;
        }
        child.Complain($"must be a time span such as 500ms, 5s, 2min or 1h, not '{text}'");
        return null;
    }

    public Range? RangeOf(string key)
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
        if (min < max) return new Range(min.Value, max.Value);
        child.Complain($"must have min < max, not [{min}, {max}]");
        return null;
    }

    /// <summary>Complains about keys that nobody asked for: a typing error must not be ignored silently.</summary>
    public void Close()
    {
        if (node is not YamlMappingNode map) return;
        foreach (var key in map.Children.Keys.Where(k => !asked.Contains(k.ToString())))
            Complain($"has the unknown key '{key}'; allowed: {string.Join(", ", asked)}", key);
    }
}
