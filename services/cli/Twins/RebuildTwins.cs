using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Cli.Twins;

/// <summary>Rebuilds twins from the whole log, shows how far it has come, and names those that differ.</summary>
static class RebuildTwins
{
    const string Path = "/api/v1/rebuilds";
    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    public static Command Command()
    {
        var assets = new Argument<string[]>("ASSET") { Description = "Ids of assets (default: all)", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("rebuild", "Rebuild twins from the whole log; ends with 1 if any differs from the live one")
        {
            assets,
        };
        command.SetAction((parsed, cancel) => Run(parsed.GetValue(assets) ?? [], cancel));
        return command;
    }

    static async Task<int> Run(string[] assets, CancellationToken cancel)
    {
        using var query = new QueryClient();
        var (_, rebuild) = await query.Send(HttpMethod.Post, Path, new { assets = assets.Length == 0 ? null : assets }, cancel);
        var id = rebuild.GetProperty("id").GetString()!;
        var (begun, before) = (TimeProvider.System.GetTimestamp(), Done(rebuild));
        if (before > 0) Console.WriteLine($"{id} goes on: {before} of {rebuild.GetProperty("assets").GetInt32()} twins are done");
        while (rebuild.GetProperty("state").GetString() == "running")
        {
            await Task.Delay(LookEvery, cancel);
            try
            {
                rebuild = JsonElement.Parse(await query.Find($"{Path}/{id}", cancel)
                    ?? throw new QueryException($"{query.Address}{Path[1..]}/{id} does not exist."));
            }
            catch (HttpRequestException)
            {
                // The rebuild does not depend on query.
                continue;
            }
            if (!Console.IsErrorRedirected)
                await Console.Error.WriteAsync($"\r{Done(rebuild)} / {rebuild.GetProperty("assets").GetInt32()} twins, "
                    + $"{rebuild.GetProperty("different").GetInt32()} different, {Rate(Done(rebuild) - before, begun)}    \r");
        }
        foreach (var problem in rebuild.GetProperty("problems").EnumerateArray())
            Console.WriteLine($"{Text(problem, "assetId")}: {Text(problem, "outcome").ToUpperInvariant()}: {Text(problem, "detail")}");
        var seconds = (rebuild.GetProperty("finishedAt").GetDateTimeOffset() - rebuild.GetProperty("startedAt").GetDateTimeOffset())
            .TotalSeconds;
        var (equal, different, failed) = (
            rebuild.GetProperty("equal").GetInt32(), rebuild.GetProperty("different").GetInt32(), rebuild.GetProperty("failed").GetInt32());
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{equal + different + failed} twins: {equal} equal, {different} different, {failed} not rebuilt ({seconds:0.0} s)"));
        return different + failed == 0 ? 0 : 1;
    }

    static int Done(JsonElement rebuild) =>
        rebuild.GetProperty("equal").GetInt32() + rebuild.GetProperty("different").GetInt32() + rebuild.GetProperty("failed").GetInt32();

    static string Rate(int done, long begun) =>
        string.Create(CultureInfo.InvariantCulture, $"{done / TimeProvider.System.GetElapsedTime(begun).TotalSeconds:0.0}/s");

    static string Text(JsonElement item, string name) => item.GetProperty(name).GetString()!;
}
