using System.CommandLine;
using System.Text.Json;

namespace Cli.Drills;

/// <summary>Writes down position and hash of every live twin, for <see cref="CompareTwins"/>.</summary>
static class NoteTwins
{
    // Longer than it takes to derive limits again.
    static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1.5);

    public static Command Command()
    {
        var file = new Argument<string>("FILE") { Description = "The file to write" };
        var command = new Command("note-twins", "Write down position and hash of every live twin, to compare those of a restored system")
        {
            file,
        };
        command.SetAction((parsed, cancel) => Run(parsed.GetRequiredValue(file), cancel));
        return command;
    }

    static async Task<int> Run(string file, CancellationToken cancel)
    {
        using var query = new QueryClient();
        var before = await Looks(query, cancel);
        await Task.Delay(BetweenLooks, cancel);
        var noted = NotedTwin.Of(before, await Looks(query, cancel));
        await File.WriteAllLinesAsync(file, noted.Select(t => JsonSerializer.Serialize(t, JsonSerializerOptions.Web)), cancel);
        Console.WriteLine($"positions and hashes of {noted.Count} live twins");
        return 0;
    }

    /// <summary>Every twin now, by asset.</summary>
    public static async Task<Dictionary<string, Look>> Looks(QueryClient query, CancellationToken cancel)
    {
        Dictionary<string, Look> looks = [];
        await foreach (var twin in query.List("/api/v1/twins", cancel)) looks[twin.GetProperty("assetId").GetString()!] = Of(twin);
        return looks;
    }

    /// <summary>What is compared of a twin as the API shows it.</summary>
    public static Look Of(JsonElement twin) => new(
        twin.GetProperty("position").GetInt64(), twin.GetProperty("stateHash").GetString()!, twin.GetProperty("readings").GetInt64());
}
