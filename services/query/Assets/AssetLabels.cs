using Query.Api;
using ServiceDefaults;
using TwinModel.Assets;

namespace Query.Assets;

/// <summary>Labels of an asset: by key, e.g. <c>plant</c>: <c>north</c>.</summary>
static class AssetLabels
{
    public const string Allowed = "at most 20 labels; keys in kebab-case, values of 1 to 100 characters";

    const int Most = 20;
    const int LongestValue = 100;

    /// <summary>Null if not given.</summary>
    /// <exception cref="InvalidInputException">Names the label.</exception>
    public static IReadOnlyDictionary<string, string>? Check(IReadOnlyDictionary<string, string>? labels)
    {
        if (labels is null) return null;
        if (labels.Count > Most) throw new InvalidInputException("labels", $"{labels.Count} labels", Allowed);
        foreach (var (key, value) in labels)
        {
            if (!AssetId.IsKebabCase(key)) throw new InvalidInputException("labels", key, Allowed);
            if (Input.Line($"labels.{key}", value, LongestValue) is null) throw new InvalidInputException($"labels.{key}", value, Allowed);
        }
        return labels;
    }

    /// <summary>Labels in one line, as in CSV: <c>plant=north;line=3</c>. Null if empty.</summary>
    /// <exception cref="InvalidInputException">Names the label.</exception>
    public static IReadOnlyDictionary<string, string>? Parse(string text)
    {
        if (text.Length == 0) return null;
        Dictionary<string, string> labels = new(StringComparer.Ordinal);
        foreach (var part in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var (key, value) = Pair("labels", part);
            if (!labels.TryAdd(key, value)) throw new InvalidInputException("labels", key, "each label once");
        }
        return Check(labels);
    }

    /// <summary>A label as <c>key=value</c>.</summary>
    /// <exception cref="InvalidInputException">There is no equals sign.</exception>
    public static (string Key, string Value) Pair(string name, string text) =>
        text.Split('=', 2, StringSplitOptions.TrimEntries) is [var key, var value]
            ? (key, value)
            : throw new InvalidInputException(name, text, "key=value");
}
