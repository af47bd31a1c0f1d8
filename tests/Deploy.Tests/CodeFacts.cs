using System.Collections;
using System.Reflection;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Deploy.Tests;

/// <summary>Facts read from the code itself, the only place they are written down: services, ports, settings, queues, metrics.</summary>
static partial class CodeFacts
{
    static readonly string[] Sources = [.. Directory.GetFiles(Tool.In("services"), "*.cs", SearchOption.AllDirectories)
        .Where(f => !f.Contains("/obj/", StringComparison.Ordinal)).Select(File.ReadAllText)];

    /// <summary>Services and their assemblies, as deploy/local/services.sh starts them.</summary>
    public static IReadOnlyDictionary<string, string> Assemblies { get; } = AssemblyLine()
        .Matches(File.ReadAllText(Tool.In("deploy", "local", "services.sh")))
        .ToDictionary(m => m.Groups["name"].Value, m => m.Groups["assembly"].Value);

    /// <summary>Services that a system in production has only if asked: emulated machines, and an issuer where there is no other.</summary>
    public static IReadOnlySet<string> ForOneMachine { get; } = new HashSet<string> { "plant", "identity" };

    /// <summary>
    /// Without TLS an issuer is only believed on its own machine, under one address for browsers and services; containers have several.
    /// </summary>
    public const string OutsideContainers = "identity";

    /// <summary>HTTP port by service, from the default in its Program.</summary>
    public static IReadOnlyDictionary<string, int> HttpPorts { get; } = Assemblies.Keys.ToDictionary(
        name => name, name =>
            int.Parse(DefaultPort().Match(File.ReadAllText(Tool.In("services", name, "Program.cs"))).Groups["port"].Value,
                System.Globalization.CultureInfo.InvariantCulture));

    public const int QueryGrpcPort = 5110;

    /// <summary>Port for the other replicas by service, of those whose replicas are a cluster.</summary>
    public static IReadOnlyDictionary<string, int> ClusterPorts { get; } = Assemblies.Keys
        .Select(name => (Name: name, Match: ClusterPort().Match(File.ReadAllText(Tool.In("services", name, "Program.cs")))))
        .Where(s => s.Match.Success).ToDictionary(
            s => s.Name, s => int.Parse(s.Match.Groups["port"].Value, System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Settings as environment variables: the properties of settings classes, and settings read one by one.</summary>
    public static IReadOnlySet<string> Settings { get; } = Sources.SelectMany(
        source => SingleSetting().Matches(source).Select(m => m.Groups["name"].Value))
        .Concat(Sources.SelectMany(source => ConnectionString().Matches(source).Select(m => $"ConnectionStrings:{m.Groups["name"].Value}")))
        .Concat(Assemblies.Values.Append("Cluster").Select(a => (Assembly: a, Section: a))
            .Append((Assembly: "ServiceDefaults", Section: "Access"))
            .SelectMany(s => Assembly.Load(s.Assembly).GetTypes().Where(t => t.Name == $"{s.Section}Settings")
                .SelectMany(t => t.GetProperties().Where(p => p.CanWrite).Select(p => $"{s.Section}:{p.Name}"))))
        .Select(name => name.Replace(":", "__", StringComparison.Ordinal)).ToHashSet();

    /// <summary>Metric names as Prometheus shows them, without the suffixes of a histogram's series.</summary>
    public static IReadOnlySet<string> Metrics { get; } = Sources.SelectMany(source => Instrument().Matches(source))
        .Select(m => PrometheusName(
        m.Groups["kind"].Value, m.Groups["name"].Value, m.Groups["unit"].Value)).ToHashSet();

    /// <summary>Version of the images.</summary>
    public static string Version { get; } = VersionLine().Match(File.ReadAllText(Tool.In("Directory.Build.props"))).Groups[1].Value;

    static string PrometheusName(string kind, string name, string unit) =>
        name.Replace('.', '_') + (unit == "s" ? "_seconds" : "") + (kind == "Counter" ? "_total" : "");

    [GeneratedRegex(@"^\s+(?<name>[a-z-]+)\) printf (?<assembly>[A-Z][a-z]\w*) ;;", RegexOptions.Multiline)]
    private static partial Regex AssemblyLine();

    [GeneratedRegex(@"const int httpPort = (?<port>\d+);")]
    private static partial Regex DefaultPort();

    [GeneratedRegex(@"const int clusterPort = (?<port>\d+);")]
    private static partial Regex ClusterPort();

    [GeneratedRegex(@"""(?<name>(Ports|Assets|Cors|Limits):[A-Za-z0-9]+|OTEL_[A-Z_]+)""")]
    private static partial Regex SingleSetting();

    [GeneratedRegex(@"RequireConnectionString\(\s*""(?<name>\w+)""")]
    private static partial Regex ConnectionString();

    [GeneratedRegex(
        @"Create(Observable)?(?<kind>Counter|Histogram|UpDownCounter|Gauge)(<\w+>)?\("
            + @"\s*""(?<name>pollux\.[a-z_.]+)""(,\s+\w+)?(,\s+""(?<unit>s)"")?")]
    private static partial Regex Instrument();

    [GeneratedRegex("<Version>(.*)</Version>")]
    private static partial Regex VersionLine();
}

/// <summary>deploy/compose/compose.yaml with anchors and merges resolved; a service's own values override merged ones.</summary>
static class Compose
{
    static readonly Dictionary<string, Dictionary<string, object>> File = new DeserializerBuilder().Build()
        .Deserialize<Dictionary<string, Dictionary<string, object>>>(
            new MergingParser(new Parser(new StringReader(System.IO.File.ReadAllText(Tool.In("deploy", "compose", "compose.yaml"))))));

    public static Dictionary<string, IDictionary> Services { get; } = File["services"]
        .ToDictionary(s => s.Key, s => (IDictionary)s.Value);

    public static IDictionary Network { get; } = (IDictionary)File["networks"]["default"];
}
