using System.CommandLine;
using System.Text;
using System.Text.Json;
using Contracts.Scenarios;

namespace Cli.Scenarios;

/// <summary>Asks a what-if question and prints the answer.</summary>
static class AskWhatIf
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static Command Command()
    {
        var asset = new Argument<string>("ASSET") { Description = "Id of the asset" };
        var rate = new Option<string?>("--rate")
        {
            Description = "Production rate: +15%, -5%, +5, 60kg/h; the input that reaches it is solved for",
        };
        var zone = new Option<string[]>("--zone") { Description = "Set point of a zone, ZONE=CHANGE: 4=-10, 4=210" };
        var set = new Option<string[]>("--set")
        {
            Description = "Any input, target or component.parameter, NAME=CHANGE: screw-speed=90, polymer.consistency=+10%",
        };
        var length = new Option<string?>("--for") { Description = "Simulate this long (2h) instead of the steady state" };
        var from = new Option<string?>("--from")
        {
            Description = "Start in the past, with the recorded inputs: -1h, or a time; without --for it runs up to now",
        };
        var ensemble = new Option<int?>("--ensemble") { Description = "Number of ensemble members (default 200; 0: none)" };
        var seed = new Option<ulong?>("--seed") { Description = "Seed of the members' parameters (default 1)" };
        var cells = new Option<int?>("--cells") { Description = "Cells along the axis (default: the model's number, at most 100)" };
        var json = new Option<bool>("--json") { Description = "Print the whole result as JSON" };
        var command = new Command("whatif", "Ask a what-if question: baseline, scenario and the band of the difference")
        {
            asset, rate, zone, set, length, from, ensemble, seed, cells, json,
        };
        command.SetAction((parsed, cancel) =>
        {
            var now = TimeProvider.System.GetUtcNow();
            try
            {
                List<AskedChange> changes = [];
                if (parsed.GetValue(rate) is { } wanted) changes.Add(ParseQuestion.Change("production-rate", wanted));
                changes.AddRange(
                    (parsed.GetValue(zone) ?? []).Select(z => ParseQuestion.Assignment(z, number => $"zone-{number}-set-point")));
                changes.AddRange((parsed.GetValue(set) ?? []).Select(s => ParseQuestion.Assignment(s, name => name)));
                DateTimeOffset? start = parsed.GetValue(from) is { } text ? ParseQuestion.Start(text, now) : null;
                double? horizon = parsed.GetValue(length) is { } span
                    ? ParseQuestion.Seconds(span)
                    : start is { } past ? Math.Floor((now - past).TotalSeconds) : null;
                var question = new
                {
                    asset = parsed.GetRequiredValue(asset),
                    validAt = start?.UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture),
                    horizonSeconds = horizon,
                    interventions = changes.Select(c => new { target = c.Target, kind = c.Kind, value = c.Value, unit = c.Unit }),
                    ensemble = new { size = parsed.GetValue(ensemble), seed = parsed.GetValue(seed) },
                    cells = parsed.GetValue(cells),
                };
                return Run(question, parsed.GetValue(json), cancel);
            }
            catch (FormatException e)
            {
                Console.Error.WriteLine(e.Message);
                return Task.FromResult(2);
            }
        });
        return command;
    }

    static async Task<int> Run(object question, bool asJson, CancellationToken cancel)
    {
        using var query = new QueryClient();
        var (_, requested) = await query.Send(HttpMethod.Post, "/api/v1/scenarios", question, cancel);
        var path = $"/api/v1/scenarios/{requested.GetProperty("id").GetString()}";
        ScenarioView? scenario = null;
        try
        {
            await foreach (var view in query.Watch($"{path}/watch", cancel))
            {
                scenario = view.Deserialize<ScenarioView>(JsonSerializerOptions.Web)!;
                if (!Console.IsErrorRedirected)
                    await Console.Error.WriteAsync(FormattableString.Invariant($"\r{scenario.State} {scenario.Progress * 100:0} % \r"));
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // If the user stops waiting, cancel the computation as well.
            using var limit = new CancellationTokenSource(Patience);
            await query.Send(HttpMethod.Delete, path, null, limit.Token);
            throw;
        }
        if (scenario?.State != "completed")
        {
            await Console.Error.WriteLineAsync(
                $"{query.Address}{path[1..]}: "
                    + $"{scenario?.State ?? "no answer"}{(scenario?.Reason is null ? "" : $". {scenario.Reason}")}");
            return 1;
        }
        var result = await query.Find($"{path}/result", cancel)
            ?? throw new QueryException($"{query.Address}{path[1..]}/result does not exist.");
        Console.OutputEncoding = Encoding.UTF8;
        if (asJson) Console.WriteLine(result);
        else foreach (var line in ShowAnswer.Lines(
            scenario, JsonSerializer.Deserialize<ScenarioResult>(result, JsonSerializerOptions.Web)!)) Console.WriteLine(line);
        if (!asJson) Console.WriteLine($"\n{query.Address}{path[1..]}/result");
        return 0;
    }
}
