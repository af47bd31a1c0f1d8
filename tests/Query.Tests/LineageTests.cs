using System.Text.Json.Nodes;
using Query.Lineages;
using ServiceDefaults;
using static Query.Lineages.LineageGraph;

namespace Query.Tests;

public class LineageTests
{
    static LineageQuestion Ask(
        string? asset = null, string? sensor = null, string? signal = null, DateTimeOffset? at = null, DateTimeOffset? validAt = null,
        string? alarm = null, string? scenario = null) =>
        LineageQuestion.Parse(asset, sensor, signal, at, validAt, null, alarm, scenario, "", null);

    [Fact]
    public void One_thing_is_asked_for()
    {
        Assert.Equal(("value", "line-1", "melt-temperature"), Of(Ask("line-1", "melt-temperature")));
        Assert.Equal(("estimate", "line-1", "melting-length"), Of(Ask("line-1", signal: "melting-length")));
        Assert.Equal(("alarm", "line-1.hot.1", ""), Of(Ask(alarm: "line-1.hot.1")));

        static (string, string, string) Of(LineageQuestion q) => (q.Kind, q.Id, q.Of);
    }

    [Fact]
    public void What_is_no_question_is_refused_with_the_field()
    {
        Assert.Equal("asset", Refused(() => Ask()));
        Assert.Equal("scenario", Refused(() => Ask(alarm: "a", scenario: "s")));
        Assert.Equal("sensor", Refused(() => Ask("line-1")));
        Assert.Equal("sensor", Refused(() => Ask("line-1", "melt-temperature", "melting-length")));
        Assert.Equal("sensor", Refused(() => Ask(alarm: "a", sensor: "melt-temperature")));
        Assert.Equal("at", Refused(() => Ask("line-1", signal: "melting-length", at: Given.Noon)));
        Assert.Equal("at", Refused(() => Ask("line-1", "melt-temperature", at: Given.Noon, validAt: Given.Noon.AddSeconds(-1))));
        Assert.Equal("validAt", Refused(() => Ask(alarm: "a", validAt: Given.Noon)));

        static string Refused(Action ask) => Assert.Throws<InvalidInputException>(ask).Field;
    }

    [Fact]
    public void What_several_things_come_from_is_one_node_with_several_edges()
    {
        var graph = new LineageGraph();
        var alarm = graph.Add(null, Node("alarm", "a", ""));
        var (raised, cleared) = (graph.Add(alarm, Node("event", "1", "")), graph.Add(alarm, Node("event", "2", "")));
        foreach (var e in new[] { raised, cleared, raised }) graph.Add(e, Node("person", "Ada", ""));
        var nodes = graph.Answer().Nodes;
        Assert.Equal(["alarm:a", "event:1", "event:2", "person:Ada"], nodes.Select(n => n.Key));
        Assert.Equal(["event:1 event:2", "person:Ada", "person:Ada", ""], nodes.Select(n => string.Join(' ', n.From)));
        Assert.False(graph.Answer().HasMore);
    }

    [Fact]
    public void An_answer_is_bounded_and_connected()
    {
        var graph = new LineageGraph();
        var root = graph.Add(null, Node("scenario", "s", ""));
        for (var i = 0; i < 2 * LineageGraph.MostNodes; i++)
            graph.Add(graph.Add(root, Node("event", $"{i}", "")), Node("message", $"{i}", ""));
        var answer = graph.Answer();
        Assert.True(answer.HasMore);
        Assert.Equal(LineageGraph.MostNodes, answer.Nodes.Count);
        var named = answer.Nodes.SelectMany(n => n.From).ToHashSet();
        Assert.Equal(answer.Nodes.Skip(1).Select(n => n.Key).Order(), named.Order());
    }

    [Fact]
    public void An_event_comes_from_its_messages_and_whoever_asked_for_it()
    {
        var graph = new LineageGraph();
        TraceSources.Event(graph, null, new(
            "telemetry/line-1/2026-03-01", 3, 42, "readings_recorded", Given.Noon,
            JsonNode.Parse("""
                {"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","from":["pollux/line-1/senml#gate@1000000",
                "pollux/line-1/other@2000000","import:csv:line-1"],"actor":"Ada","reason":"night shift"}
                """)!.AsObject(),
            null));
        var nodes = graph.Answer().Nodes;
        Assert.Equal(["event", "message", "message", "import", "person"], nodes.Select(n => n.What));
        Assert.Equal(nodes.Skip(1).Select(n => n.Key), nodes[0].From);
        Assert.Equal((42, "/api/v1/log/events?after=41&limit=1"), (nodes[0].Position, nodes[0].Link));
        const string Trace = "0af7651916cd43dd8448eb211c80319c";
        Assert.Equal([Trace, Trace, null, null, null], nodes.Select(n => n.TraceId));
        Assert.Equal("MQTT message on pollux/line-1/senml from gate, received at 1970-01-01T00:00:01Z", nodes[1].Detail);
        Assert.Equal(("Ada", "night shift"), (nodes[4].Id, nodes[4].Detail));
    }
}
