using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ServiceDefaults;

/// <summary>
/// Reads the XML comments of response types, for the API reference. The SDK's own generator sees neither a record's <c>param</c> tags for
/// its properties nor comments in other assemblies.
/// </summary>
static partial class Documentation
{
    static readonly ConcurrentDictionary<Assembly, Dictionary<string, XElement>> Files = new();

    /// <summary>The summary of a type; null when it has none.</summary>
    public static string? OfType(Type type) => Text(Find($"T:{Name(type)}", type)?.Element("summary"));

    /// <summary>The summary of a property, or its record's <c>param</c> text for the corresponding parameter.</summary>
    public static string? OfProperty(PropertyInfo property)
    {
        var type = property.DeclaringType!;
        return Text(Find($"P:{Name(type)}.{property.Name}", type)?.Element("summary"))
            ?? Text(Find($"T:{Name(type)}", type)?.Elements("param").FirstOrDefault(p => (string?)p.Attribute("name") == property.Name));
    }

    static string Name(Type type) => (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');

    static XElement? Find(string id, Type type) => Files.GetOrAdd(type.Assembly, Read).GetValueOrDefault(id);

    static Dictionary<string, XElement> Read(Assembly assembly)
    {
        var file = Path.Combine(AppContext.BaseDirectory, $"{assembly.GetName().Name}.xml");
        return File.Exists(file) ? XDocument.Load(file).Descendants("member").ToDictionary(m => (string)m.Attribute("name")!) : [];
    }

    static string? Text(XElement? shared)
    {
        if (shared is null) return null;
        // A copy, because two requests for the reference may run at the same time.
        var comment = new XElement(shared);
        foreach (var code in comment.Descendants("c").ToList()) code.ReplaceWith($"`{code.Value}`");
        foreach (var link in comment.Descendants().Where(e => e.Name.LocalName is "see" or "paramref").ToList())
        {
            var name = link.Attribute("cref") ?? link.Attribute("name") ?? link.Attribute("langword");
            link.ReplaceWith($"`{((string?)name ?? link.Value).Split('.', ':')[^1]}`");
        }
        return Blanks().Replace(comment.Value, " ").Trim() is { Length: > 0 } text ? text : null;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
