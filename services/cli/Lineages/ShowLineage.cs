using System.CommandLine;
using System.Text;
using System.Text.Json;

namespace Cli.Lineages;

/// <summary>Prints where a value, an estimate, an alarm or an answer comes from, as a tree.</summary>
static class ShowLineage
{
    public static Command Command()
    {
        var asset = new Argument<string?>("ASSET") { Description = "Id of the asset", Arity = ArgumentArity.ZeroOrOne };
        var sensor = new Argument<string?>("SENSOR") { Description = "The sensor whose value it is", Arity = ArgumentArity.ZeroOrOne };
        (string Name, Option<string?> Option)[] options =
        [
            ("signal", new("--signal") { Description = "Instead of SENSOR: an estimated or calculated signal" }),
            ("at", new("--at") { Description = "Sample time of the value (default the newest)" }),
            ("validAt", new("--valid-at") { Description = "As of this time" }),
            ("knownAt", new("--known-at") { Description = "As far as the log held it: a log position or a time" }),
            ("alarm", new("--alarm") { Description = "Instead of ASSET: the alarm with this id" }),
            ("scenario", new("--scenario") { Description = "Instead of ASSET: the answer of the scenario with this id" }),
            ("decision", new("--decision") { Description = "Instead of ASSET: the decision with this id" }),
            ("calibration", new("--calibration") { Description = "Instead of ASSET: the calibration with this id" }),
        ];
        var json = new Option<bool>("--json") { Description = "Print the answer as JSON" };
        var command = new Command("lineage", "Where something comes from: model, parameters, events, messages, traces and people")
        {
            asset, sensor,
        };
        foreach (var (_, option) in options) command.Add(option);
        command.Add(json);
        command.SetAction((parsed, cancel) => Run(
            [
                ("asset", parsed.GetValue(asset)), ("sensor", parsed.GetValue(sensor)),
                .. options.Select(o => (o.Name, parsed.GetValue(o.Option))),
            ],
            parsed.GetValue(json), cancel));
        return command;
    }

    static async Task<int> Run((string Name, string? Value)[] question, bool asJson, CancellationToken cancel)
    {
        using var query = new QueryClient();
        var parameters = question.Where(q => q.Value is not null).Select(q => $"{q.Name}={Uri.EscapeDataString(q.Value!)}");
        var path = $"/api/v1/lineage?{string.Join('&', parameters)}";
        var answer = await query.Find(path, cancel)
            ?? throw new QueryException($"{query.Address}{path[1..]}: there is no such thing.");
        Console.OutputEncoding = Encoding.UTF8;
        if (asJson) Console.WriteLine(answer);
        else foreach (var line in Lines(JsonElement.Parse(answer))) Console.WriteLine(line);
        return 0;
    }

    /// <summary>The answer as a tree; what several things come from is shown whole once.</summary>
    public static IEnumerable<string> Lines(JsonElement answer)
    {
        var nodes = answer.GetProperty("nodes").EnumerateArray().ToDictionary(n => Text(n, "key"));
        HashSet<string> shown = [];
        foreach (var line in Below(Text(answer.GetProperty("nodes")[0], "key"), 0)) yield return line;
        if (answer.GetProperty("hasMore").GetBoolean()) yield return "… and more, which was left out";

        IEnumerable<string> Below(string key, int depth)
        {
            var node = nodes[key];
            var indent = new string(' ', 2 * depth);
            if (!shown.Add(key))
            {
                yield return $"{indent}{Text(node, "what")} {Text(node, "id")} (see above)";
                yield break;
            }
            yield return $"{indent}{Text(node, "what")} {Text(node, "id")}: {Text(node, "detail")}";
            if (Text(node, "traceId") is { Length: > 0 } trace) yield return $"{indent}  trace {trace}";
            foreach (var from in node.GetProperty("from").EnumerateArray())
            {
                foreach (var line in Below(from.GetString()!, depth + 1)) yield return line;
            }
        }
    }

    static string Text(JsonElement of, string name) => of.GetProperty(name).GetString() ?? "";
}
