using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Cli.Twins;

/// <summary>Prints one line per twin.</summary>
static class ShowStatus
{
    public static Command Command()
    {
        var command = new Command("status", "One line per twin: readings, age, alarms");
        command.SetAction((_, cancel) => Run(cancel));
        return command;
    }

    static async Task<int> Run(CancellationToken cancel)
    {
        using var query = new QueryClient();
        Console.WriteLine($"{"asset",-24} {"model",-16} {"readings",12} {"position",12} {"newest",-24} {"stale",7} alarms");
        await foreach (var twin in query.List("/api/v1/twins", cancel)) Console.WriteLine(Line(twin));
        return 0;
    }

    static string Line(JsonElement twin)
    {
        var sensors = twin.GetProperty("sensors").GetArrayLength();
        var alarms = twin.GetProperty("alarms").EnumerateArray()
            .Select(a => $"{a.GetProperty("limitId").GetString()} ({a.GetProperty("severity").GetString()}, "
                + $"{a.GetProperty("state").GetString()})");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{twin.GetProperty("assetId").GetString(),-24} {twin.GetProperty("modelId").GetString(),-16} "
                + $"{twin.GetProperty("readings").GetInt64(),12} {twin.GetProperty("position").GetInt64(),12} "
                + $"{twin.GetProperty("sampledAt").GetString() ?? "none",-24} "
                + $"{$"{twin.GetProperty("staleSensors").GetInt32()}/{sensors}",7} {string.Join(", ", alarms)}");
    }
}
