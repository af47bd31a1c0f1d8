using System.CommandLine;

namespace Cli.Twins;

/// <summary>Rebuilds twins from the whole log and reports whether the result is equal.</summary>
static class RebuildTwins
{
    public static Command Command()
    {
        var asset = new Argument<string?>("ASSET") { Description = "Id of the asset (default: all)", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("rebuild", "Rebuild twins from the whole log and compare them with the live ones") { asset };
        command.SetAction((parsed, cancel) => Run(parsed.GetValue(asset), cancel));
        return command;
    }

    static async Task<int> Run(string? asset, CancellationToken cancel)
    {
        using var query = new QueryClient();
        List<string> assets = [];
        if (asset is not null) assets.Add(asset);
        else await foreach (var item in query.List("/api/v1/assets", cancel)) assets.Add(item.GetProperty("id").GetString()!);
        var allEqual = true;
        foreach (var id in assets)
        {
            var (isFinished, rebuilt) = await query.Send(
                HttpMethod.Post, $"/api/v1/twins/{Uri.EscapeDataString(id)}:rebuild", null, cancel);
            if (!isFinished)
            {
                Console.WriteLine($"{id}: not finished within 30 s");
                allEqual = false;
                continue;
            }
            var (live, again) = (rebuilt.GetProperty("liveHash").GetString()!, rebuilt.GetProperty("rebuiltHash").GetString()!);
            allEqual &= live == again;
            Console.WriteLine(
                $"{id}: {rebuilt.GetProperty("readings").GetInt64()} readings to position {rebuilt.GetProperty("position").GetInt64()}");
            Console.WriteLine($"  before  {live}");
            Console.WriteLine($"  after   {again}  {(live == again ? "equal" : "DIFFERENT")}");
        }
        return allEqual ? 0 : 1;
    }
}
