using System.CommandLine;
using System.Text.Json;
using System.Text.RegularExpressions;
using ServiceDefaults;

namespace Cli.Devices;

/// <summary>
/// <c>device-topics</c>: prints what the account of an asset's device may do, from the registry; <c>./pollux device</c> uses it.
/// </summary>
static partial class PrintDeviceTopics
{
    public static Command Command()
    {
        Argument<string> asset = new("ASSET") { Description = "The asset that the device reports" };
        Option<string?> node = new("--node") { Description = "Its Sparkplug edge node (default ASSET-gateway)" };
        Command command = new("device-topics", "What a device of an asset may publish and read, as lines of Mosquitto's ACL file")
        {
            asset, node,
        };
        command.SetAction((parsed, cancel) => Run(parsed.GetValue(asset)!, parsed.GetValue(node), cancel));
        return command;
    }

    static async Task<int> Run(string asset, string? node, CancellationToken cancel)
    {
        if (node is not null && !NodeName().IsMatch(node))
            throw new InvalidInputException("--node", node, "1 to 64 characters other than / + # and white space");
        using var query = new QueryClient();
        var found = await query.Find($"/api/v1/assets/{Uri.EscapeDataString(asset)}", cancel)
            ?? throw new InvalidInputException("ASSET", asset, "the id of a registered asset");
        var connections = JsonElement.Parse(found).GetProperty("connections").EnumerateArray()
            .Select(c => (c.GetProperty("topic").GetString()!, c.GetProperty("payload").GetString()!)).ToList();
        if (connections.Count == 0) throw new InvalidInputException("ASSET", asset, "an asset whose model has connections");
        foreach (var line in DeviceTopics.Of(asset, connections, node ?? $"{asset}-gateway").Distinct()) Console.WriteLine(line);
        return 0;
    }

    [GeneratedRegex(@"^[^/+#\s]{1,64}\z")]
    private static partial Regex NodeName();
}
