using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using TwinModel.Telemetry;

namespace Cli.Drills;

/// <summary>Waits until a restored system has made its twins from the log, and compares them with those that were noted.</summary>
static class CompareTwins
{
    static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    // A twin is shown when its whole history is folded in, at some million readings a second.
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static Command Command()
    {
        var file = new Argument<string>("FILE") { Description = "Written by note-twins" };
        var command = new Command("compare-twins", "Wait until a restored system has made its twins, and compare them with those noted")
        {
            file,
        };
        command.SetAction((parsed, cancel) => Run(parsed.GetRequiredValue(file), cancel));
        return command;
    }

    static async Task<int> Run(string file, CancellationToken cancel)
    {
        List<NotedTwin> noted = [];
        foreach (var line in await File.ReadAllLinesAsync(file, cancel))
            noted.Add(JsonSerializer.Deserialize<NotedTwin>(line, JsonSerializerOptions.Web)!);
        using var query = new QueryClient();
        var made = await Made(query, noted, cancel);
        var differences = 0;
        foreach (var twin in noted)
        {
            if (await Difference(query, twin, made.GetValueOrDefault(twin.AssetId), cancel) is not { } difference) continue;
            differences++;
            Console.WriteLine(difference);
        }
        Console.WriteLine(differences == 0
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{noted.Count} twins of {noted.Sum(t => t.Looks[^1].Readings)} readings, equal to the live ones")
            : $"{differences} of {noted.Count} twins are not the live ones");
        return differences == 0 ? 0 : 1;
    }

    /// <summary>The twins, once all are as far as those noted; what is there if nothing happens any more.</summary>
    static async Task<Dictionary<string, Look>> Made(QueryClient query, List<NotedTwin> noted, CancellationToken cancel)
    {
        var (seen, deadline) = (-1L, DateTimeOffset.MaxValue);
        while (true)
        {
            var looks = await NoteTwins.Looks(query, cancel);
            var now = TimeProvider.System.GetUtcNow();
            var isReady = noted.All(t => looks.TryGetValue(t.AssetId, out var look) && look.Position >= t.Position);
            var progress = looks.Values.Sum(l => l.Readings);
            if (progress != seen) (seen, deadline) = (progress, now + Patience);
            if (isReady || now > deadline) return looks;
            await Task.Delay(LookEvery, cancel);
        }
    }

    static async Task<string?> Difference(QueryClient query, NotedTwin noted, Look? made, CancellationToken cancel)
    {
        if (made is null || made.Position < noted.Position)
            return FormattableString.Invariant(
                $"{noted.AssetId} at position {noted.Position}: made again only up to position {made?.Position ?? 0}");
        List<Look> looks = [];
        foreach (var look in noted.Looks.Reverse())
        {
            looks.Insert(0, look.Position == made.Position ? made : await At(query, noted.AssetId, look.Position, cancel));
            if (looks[0] == look) return null;
        }
        return noted.Difference(looks);
    }

    // The machine may have sent more before the backup. Everything recorded up to there counts, however fast its clock is.
    static async Task<Look> At(QueryClient query, string assetId, long position, CancellationToken cancel)
    {
        var latest = TimeProvider.System.GetUtcNow().AddSeconds(SampleTimes.MostSecondsAhead);
        var path = string.Create(
            CultureInfo.InvariantCulture,
            $"/api/v1/twins/{Uri.EscapeDataString(assetId)}?knownAt={position}&validAt={latest:yyyy-MM-ddTHH:mm:ssZ}");
        return await query.Find(path, cancel) is { } twin
            ? NoteTwins.Of(JsonElement.Parse(twin))
            : new(position, "none", 0);
    }
}
