using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Deploy.Tests;

/// <summary>Rules, dashboards and runbooks refer to existing metrics and to each other.</summary>
public partial class ObservabilityTests
{
    static readonly string Folder = Tool.In("deploy", "components", "observability");

    // Metrics from ASP.NET Core, the runtime's instrumentation and Prometheus itself.
    static readonly HashSet<string> OfOthers = ["up", "http_server_request_duration_seconds", "dotnet_process_memory_working_set_bytes",
        "dotnet_process_cpu_time_seconds_total"];

    static IEnumerable<YamlNode> Alerts()
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(File.ReadAllText(Path.Combine(Folder, "rules.yml"))));
        return ((YamlSequenceNode)stream.Documents[0].RootNode["groups"]).SelectMany(g => (YamlSequenceNode)g["rules"]);
    }

    static void AssertKnown(string expression)
    {
        var names = Name().Matches(Quoted().Replace(Grouping().Replace(expression, " "), "")).Select(m => m.Value)
            .Where(n => n.Contains('_', StringComparison.Ordinal) || n == "up")
            .Where(n => n != "histogram_quantile").ToList();
        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.True(
            CodeFacts.Metrics.Contains(Ending().Replace(name, "")) || CodeFacts.Metrics.Contains(name)
                || OfOthers.Contains(Ending().Replace(name, "")) || OfOthers.Contains(name),
            $"{name} in '{expression}' is no metric of the code"));
    }

    [Fact]
    public void Rules_pass_promtool() => Tool.Passes("promtool", "check", "rules", Path.Combine(Folder, "rules.yml"));

    [Theory, InlineData("ClusterShrank"), InlineData("TwinDiffers")]
    public void An_alert_fires_when_it_should(string alert) =>
        Tool.Passes("promtool", "test", "rules", Tool.In("tests", "Deploy.Tests", $"{alert}.test.yml"));

    [Fact]
    public void Runbooks_refer_to_alerts_and_panels_that_exist()
    {
        var alerts = Alerts().Select(a => a["alert"].ToString()).ToHashSet();
        var panels = new[] { "telemetry.json", "api.json" }.Select(f => JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, f)))!)
            .SelectMany(d => d["panels"]!.AsArray()).Select(p => (string)p!["title"]!).ToHashSet();
        var pages = Directory.GetFiles(Tool.In("deploy", "runbooks"), "*.md").Select(File.ReadAllText).ToList();
        Assert.All(pages.SelectMany(p => OtherPage().Matches(p)), m => Assert.Contains(m.Groups["name"].Value, alerts));
        Assert.All(pages.SelectMany(p => Panel().Matches(p)), m => Assert.Contains(m.Groups["title"].Value, panels));
    }

    [Fact]
    public void Alerts_go_by_metrics_of_the_code() => Assert.All(Alerts(), alert => AssertKnown(alert["expr"].ToString()));

    [Fact]
    public void Each_alert_has_a_runbook_and_each_runbook_an_alert() => Assert.Equal(
        Alerts().Select(a => $"{a["alert"]}.md").Order(),
        Directory.GetFiles(Tool.In("deploy", "runbooks"), "*.md").Select(f => Path.GetFileName(f)).Order());

    [Theory, InlineData("telemetry.json"), InlineData("api.json")]
    public void Dashboards_go_by_metrics_of_the_code(string file)
    {
        var panels = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, file)))!["panels"]!.AsArray();
        Assert.True(panels.Count > 3);
        Assert.All(panels.SelectMany(p => p!["targets"]!.AsArray()), target => AssertKnown((string)target!["expr"]!));
    }

    [Fact]
    public void Prometheus_scrapes_each_service_on_its_port()
    {
        var text = File.ReadAllText(Path.Combine(Folder, "prometheus.yml"));
        Assert.All(CodeFacts.HttpPorts.Where(p => !CodeFacts.ForOneMachine.Contains(p.Key)),
            p => Assert.Contains($"names: [{p.Key}], type: A, port: {p.Value}", text, StringComparison.Ordinal));
    }

    [GeneratedRegex("[a-z][a-z0-9_]*")]
    private static partial Regex Name();

    [GeneratedRegex(@"\b[Ss]ee\s+(?<name>[A-Z]\w+)")]
    private static partial Regex OtherPage();

    [GeneratedRegex(@"\b[Pp]anel\s+\*(?<title>[^*]+)\*")]
    private static partial Regex Panel();

    [GeneratedRegex("\\{[^}]*\\}|\\[[^]]*\\]")]
    private static partial Regex Quoted();

    [GeneratedRegex("\\b(by|without) *\\([^)]*\\)")]
    private static partial Regex Grouping();

    [GeneratedRegex("_(bucket|count|sum)$")]
    private static partial Regex Ending();
}
