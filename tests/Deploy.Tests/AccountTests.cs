using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Contracts.Messages;
using ServiceDefaults;
using YamlDotNet.RepresentationModel;

namespace Deploy.Tests;

/// <summary>
/// The accounts at the servers are those of the services that use them, and production has the rights that tests are run with.
/// </summary>
public class AccountTests
{
    static readonly JsonNode Definitions = JsonNode.Parse(File.ReadAllText(Tool.In("deploy", "accounts", "definitions.json")))!;

    static readonly string[] Services = [.. Rights.Roles.Select(r => r.Replace('_', '-')).Order(StringComparer.Ordinal)];

    static Dictionary<string, JsonNode> Permissions { get; } =
        Definitions["permissions"]!.AsArray().ToDictionary(p => (string)p!["user"]!, p => p!);

    [Fact]
    public void Each_service_has_a_role_and_an_account_at_RabbitMQ_and_there_is_no_guest()
    {
        string[] expected = [.. Services.Append("pollux").Order(StringComparer.Ordinal)];
        Assert.Equal(expected, Permissions.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(expected, Definitions["users"]!.AsArray().Select(u => (string)u!["name"]!).Order(StringComparer.Ordinal));
        Assert.All(
            Definitions["users"]!.AsArray(), u => Assert.Equal((string)u!["name"]! == "pollux" ? "administrator" : "", (string)u["tags"]!));
        var local = File.ReadAllText(Tool.In("deploy", "local", "accounts.sh"));
        Assert.Contains("WITH_ACCOUNTS=(\"$OWNER\" ingest twin-state simulation query plant)", local, StringComparison.Ordinal);
        var roles = File.ReadAllText(Tool.In("deploy", "accounts", "roles.sql"));
        Assert.All(Rights.Roles, role => Assert.Contains($"create role {role} login", roles, StringComparison.Ordinal));
    }

    [Fact]
    public void A_service_reads_and_declares_its_own_queues_only()
    {
        foreach (var service in Services)
        {
            foreach (var queue in QueueNames.All)
            {
                var isOwn = queue.StartsWith($"{service}.", StringComparison.Ordinal);
                Assert.Equal(isOwn, May(service, "read", queue));
                Assert.Equal(isOwn, May(service, "configure", queue));
                Assert.Equal(isOwn, May(service, "configure", queue + QueueNames.ErrorSuffix));
            }
        }
        foreach (var other in Services.Where(s => s != "query"))
            Assert.False(May(other, "read", "query.replies.1") || May(other, "read", "query.news.1"));
        Assert.All(Services, s => Assert.False(May(s, "write", "amq.default")));
    }

    [Fact]
    public void News_that_rights_name_are_messages()
    {
        var named = Permissions.Values.SelectMany(p => new[] { "configure", "write", "read" }.Select(right => (string)p[right]!))
            .SelectMany(p => Regex.Matches(p, @"Contracts\\\.Messages:\(?([A-Za-z|]+)")).SelectMany(m => m.Groups[1].Value.Split('|'));
        Assert.All(named, name => Assert.NotNull(typeof(QueueNames).Assembly.GetType($"Contracts.Messages.{name}")));
    }

    [Fact]
    public void Production_has_the_same_rights()
    {
        foreach (var document in Overlay.Of("prod").Documents.Where(d => d.Kind == "Permission"))
        {
            var (given, expected) = (document.Node["spec"]["permissions"], Permissions[document.Name]);
            Assert.All(new[] { "configure", "write", "read" }, right => Assert.Equal((string)expected[right]!, given[right].ToString()));
        }
        Assert.Equal(
            Services, Overlay.Of("prod").Documents.Where(d => d.Kind == "Permission").Select(d => d.Name).Order(StringComparer.Ordinal));
        var roles = (YamlSequenceNode)Overlay.Of("prod").Documents.Single(d => d.Kind == "Cluster").Node["spec"]["managed"]["roles"];
        Assert.Equal(Rights.Roles.Order(), roles.Select(r => r["name"].ToString()).Order());
    }

    [Fact]
    public void The_broker_asks_everybody_who_he_is()
    {
        foreach (var file in new[] { Tool.In("deploy", "base", "mosquitto.conf"), Tool.In("deploy", "local", "mosquitto.conf") })
            Assert.Contains("allow_anonymous false", File.ReadLines(file));
        // Rights of everybody, which stand before the first user, or of a pattern, would hold for devices too.
        var acl = File.ReadLines(Tool.In("deploy", "accounts", "acl")).Where(l => l.Length > 0 && l[0] != '#').ToList();
        Assert.StartsWith("user ", acl[0], StringComparison.Ordinal);
        Assert.DoesNotContain(acl, l => l.StartsWith("pattern", StringComparison.Ordinal));
    }

    static bool May(string service, string right, string name) => Regex.IsMatch(name, (string)Permissions[service][right]!);
}
