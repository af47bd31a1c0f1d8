using System.CommandLine;
using System.Text.Json;
using ServiceDefaults;
using TwinModel.Assets;

namespace Cli.Models;

/// <summary><c>model</c>: puts a version of a model in force, or shows what that would change.</summary>
static class PutModel
{
    public static Command Command()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The model, *.asset.yaml" };
        var preview = new Option<bool>("--preview") { Description = "Write nothing; show what would change" };
        var clear = new Option<bool>("--clear-orphaned-alarms")
        {
            Description = "Clear active alarms that nothing could clear any more; without it they are a reason to refuse",
        };
        Command command = new("model", "Put a model, or another version of it, in force; its assets follow")
        {
            file, preview, clear,
        };
        command.SetAction((parsed, cancel) =>
            Run(parsed.GetValue(file)!, parsed.GetValue(preview), parsed.GetValue(clear), cancel));
        return command;
    }

    static async Task<int> Run(FileInfo file, bool isPreview, bool clears, CancellationToken cancel)
    {
        if (!file.Exists) throw new InvalidInputException("FILE", file.FullName, "a file with a model");
        var yaml = await File.ReadAllTextAsync(file.FullName, cancel);
        string id;
        try
        {
            id = ReadAssetModel.FromText(yaml, file.Name).Id;
        }
        catch (InvalidModelException e)
        {
            throw new InvalidDataException(e.Message, e);
        }
        using var query = new QueryClient();
        var (isKnown, answer) = await query.Put(
            $"/api/v1/models/{id}?preview={(isPreview ? "true" : "false")}{(clears ? "&orphanedAlarms=clear" : "")}", yaml,
            "application/yaml", cancel);
        if (!isKnown)
        {
            Console.WriteLine($"{id} is on its way; repeat the command to see that it is in force.");
            return 0;
        }
        Show(answer);
        return isPreview && answer.GetProperty("problems").GetArrayLength() > 0 ? 1 : 0;
    }

    static void Show(JsonElement revision)
    {
        foreach (var c in revision.GetProperty("changes").EnumerateArray())
            Console.WriteLine($"{Text(c, "kind"),-8} {Text(c, "path")}{Values(Text(c, "before"), Text(c, "after"))}");
        foreach (var e in revision.GetProperty("effects").EnumerateArray())
        {
            var asset = Text(e, "assetId");
            foreach (var alarm in e.GetProperty("orphanedAlarms").EnumerateArray())
                Console.WriteLine($"{asset}: nothing could clear the alarm {alarm.GetString()} any more");
            if (Text(e, "lostCalibration") is { Length: > 0 } calibration)
                Console.WriteLine($"{asset}: the adopted calibration {calibration} no longer holds");
            foreach (var s in e.GetProperty("removedSensors").EnumerateArray())
                Console.WriteLine($"{asset}: {s.GetProperty("readings").GetInt64()} readings of {Text(s, "id")} stay in the log");
        }
        foreach (var problem in revision.GetProperty("problems").EnumerateArray()) Console.WriteLine(problem.GetString());
        var (id, version) = (Text(revision, "id"), revision.GetProperty("version").GetInt32());
        var before = revision.GetProperty("versionBefore") is { ValueKind: JsonValueKind.Number } known ? $", before it {known}" : ", new";
        Console.WriteLine(revision.GetProperty("isPreview").GetBoolean()
            ? $"{id} version {version}{before}: {revision.GetProperty("assets").GetInt32()} assets would follow; nothing was written"
            : $"{id} version {version} is in force{before}; {revision.GetProperty("moved").GetInt32()} assets follow it now");
    }

    static string Values(string before, string after) => (before, after) switch
    {
        ("", "") => "",
        ("", _) => $": {after}",
        (_, "") => $": {before}",
        _ => $": {before} -> {after}",
    };

    static string Text(JsonElement item, string name) =>
        item.GetProperty(name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";
}
