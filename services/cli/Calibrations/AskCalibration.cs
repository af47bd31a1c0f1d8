using System.CommandLine;
using System.Text;
using System.Text.Json;
using Cli.Scenarios;
using Contracts.Calibrations;

namespace Cli.Calibrations;

/// <summary>Learns a machine's parameters from its history and prints them, or adopts them or rolls them back.</summary>
static class AskCalibration
{
    const string Path = "/api/v1/calibrations";
    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    public static Command Command()
    {
        var asset = new Argument<string?>("ASSET") { Description = "Id of the asset", Arity = ArgumentArity.ZeroOrOne };
        var from = new Option<string?>("--from") { Description = "Start of the window: -3h, or a time (default an hour before its end)" };
        var to = new Option<string?>("--to") { Description = "End of the window: -1h, or a time (default now)" };
        var parameter = new Option<string[]>("--parameter")
        {
            Description = "Parameter component.name to learn; may be repeated (default all that the model lets be learned)",
        };
        var adopt = new Option<string?>("--adopt") { Description = "Instead: give the machine the parameters of this calibration" };
        var rollBack = new Option<string?>("--roll-back")
        {
            Description = "Instead: give the machine the parameters that it had before this calibration",
        };
        var by = new Option<string?>("--by")
        {
            Description = "Who asks or decides (default whose token it is, or the user of this session)",
        };
        var comment = new Option<string?>("--comment") { Description = "Why it is adopted or rolled back" };
        var json = new Option<bool>("--json") { Description = "Print the whole answer as JSON" };
        var command = new Command("calibrate", "Learn a machine's parameters from its history; adopt them, or roll them back")
        {
            asset, from, to, parameter, adopt, rollBack, by, comment, json,
        };
        command.Validators.Add(parsed =>
        {
            var given = new[] { parsed.GetValue(asset), parsed.GetValue(adopt), parsed.GetValue(rollBack) };
            if (given.Count(g => g is not null) != 1) parsed.AddError("Give one of ASSET, --adopt ID and --roll-back ID.");
        });
        command.SetAction((parsed, cancel) =>
        {
            var (who, asJson) = (parsed.GetValue(by), parsed.GetValue(json));
            if ((parsed.GetValue(adopt) ?? parsed.GetValue(rollBack)) is { } id)
            {
                var step = parsed.GetValue(adopt) is null ? "rollBack" : "adopt";
                return Decide(id, step, new { by = who, comment = parsed.GetValue(comment) }, asJson, cancel);
            }
            var now = TimeProvider.System.GetUtcNow();
            try
            {
                var question = new
                {
                    asset = parsed.GetValue(asset),
                    from = parsed.GetValue(from) is { } first ? ParseQuestion.Start(first, now).UtcDateTime : (DateTime?)null,
                    to = parsed.GetValue(to) is { } last ? ParseQuestion.Start(last, now).UtcDateTime : (DateTime?)null,
                    parameters = parsed.GetValue(parameter),
                    by = who,
                };
                return Ask(question, asJson, cancel);
            }
            catch (FormatException e)
            {
                Console.Error.WriteLine(e.Message);
                return Task.FromResult(2);
            }
        });
        return command;
    }

    static async Task<int> Ask(object question, bool asJson, CancellationToken cancel)
    {
        using var query = new QueryClient();
        var (_, answer) = await query.Send(HttpMethod.Post, Path, question, cancel);
        var calibration = Read(answer);
        while (calibration.State == "requested")
        {
            if (!Console.IsErrorRedirected) await Console.Error.WriteAsync($"\r{calibration.State} \r");
            await Task.Delay(LookEvery, cancel);
            var path = $"{Path}/{calibration.Id}";
            answer = JsonElement.Parse(
                await query.Find(path, cancel) ?? throw new QueryException($"{query.Address}{path[1..]} does not exist."));
            calibration = Read(answer);
        }
        Print(answer, asJson, ShowCalibration.Lines(calibration));
        return calibration.State == "failed" ? 1 : 0;
    }

    static async Task<int> Decide(string id, string step, object body, bool asJson, CancellationToken cancel)
    {
        using var query = new QueryClient();
        var (_, answer) = await query.Send(HttpMethod.Post, $"{Path}/{Uri.EscapeDataString(id)}:{step}", body, cancel);
        Print(answer, asJson, ShowCalibration.Step(Read(answer)));
        return 0;
    }

    static CalibrationView Read(JsonElement answer) => answer.Deserialize<CalibrationView>(JsonSerializerOptions.Web)!;

    static void Print(JsonElement answer, bool asJson, IEnumerable<string> lines)
    {
        Console.OutputEncoding = Encoding.UTF8;
        foreach (var line in asJson ? [answer.GetRawText()] : lines) Console.WriteLine(line);
    }
}
