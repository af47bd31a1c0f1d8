using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Deploy.Tests;

/// <summary>
/// Every package that a service ships has a licence that requires no more than attribution; deploy/licences.md lists them.
/// </summary>
public class LicenceTests
{
    static readonly string[] Allowed = ["Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause", "MS-PL", "PostgreSQL"];

    // Packages with a licence text instead of a name, checked by hand.
    static readonly Dictionary<string, string> ByHand = new() { ["MQTTnet"] = "MIT", ["K4os.Compression.LZ4"] = "MIT" };

    static SortedDictionary<string, string> Packages()
    {
        var found = new SortedDictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var assembly in CodeFacts.Assemblies.Values)
        {
            var assets = JsonNode.Parse(File.ReadAllText(Tool.In("artifacts", "obj", assembly, "project.assets.json")))!;
            var folders = assets["packageFolders"]!.AsObject().Select(f => f.Key).ToList();
            // Build tools have no runtime files.
            var shipped = assets["targets"]!.AsObject().SelectMany(t => t.Value!.AsObject())
                .Where(l => (string?)l.Value!["type"] == "package" && l.Value["runtime"] is not null).Select(l => l.Key).ToHashSet();
            foreach (var library in assets["libraries"]!.AsObject().Where(l => shipped.Contains(l.Key)))
            {
                var folder = folders.Select(f => Path.Combine(f, (string)library.Value!["path"]!)).First(Directory.Exists);
                found[library.Key.Replace('/', ' ')] = Licence(Directory.GetFiles(folder, "*.nuspec").Single());
            }
        }
        return found;
    }

    static string Licence(string nuspec)
    {
        var metadata = XDocument.Load(nuspec).Root!.Elements().Single(e => e.Name.LocalName == "metadata");
        string? Value(string name) => metadata.Elements().FirstOrDefault(e => e.Name.LocalName == name)?.Value;
        var licence = metadata.Elements().FirstOrDefault(e => e.Name.LocalName == "license");
        if (licence?.Attribute("type")?.Value == "expression") return licence.Value;
        return ByHand.GetValueOrDefault(Value("id")!) ?? $"not named: {licence?.Value ?? Value("licenseUrl")}";
    }

    [Fact]
    public void Every_licence_is_allowed() => Assert.Empty(Packages()
        .Where(p => !p.Value.Split(' ', '(', ')').Where(w => w is not ("" or "OR" or "AND" or "WITH")).Any(w => Allowed.Contains(w)))
            .Select(p => $"{p.Key}: {p.Value}"));

    [Fact]
    public void The_list_is_that_of_the_build()
    {
        var text = new StringBuilder(
            "# Packages in the services' images\n\nWritten by the test of this name (`LicenceTests`) when POLLUX_WRITE_LICENCES=1, else "
                + "compared.\n\n| package | licence |\n|---|---|\n");
        foreach (var (package, licence) in Packages()) text.Append($"| {package} | {licence} |\n");
        var file = Tool.In("deploy", "licences.md");
        if (Environment.GetEnvironmentVariable("POLLUX_WRITE_LICENCES") == "1") File.WriteAllText(file, text.ToString());
        Assert.Equal(text.ToString(), File.ReadAllText(file));
    }
}
