using System.Text.RegularExpressions;

namespace Ingest.Payloads;

/// <summary>Kinds of Sparkplug messages; <c>Other</c> stands for commands, which carry no readings.</summary>
enum SparkplugMessage
{
    Other,
    NodeBirth,
    DeviceBirth,
    NodeData,
    DeviceData,
    NodeDeath,
    DeviceDeath,
}

/// <summary>A topic <c>spBv1.0/{group}/{message}/{node}[/{device}]</c>.</summary>
/// <param name="Group">The group of nodes.</param>
/// <param name="Message">Kind of message.</param>
/// <param name="Node">The edge node; its state is kept per group and node.</param>
/// <param name="Device">Null for messages of the node itself.</param>
readonly partial record struct SparkplugTopic(string Group, SparkplugMessage Message, string Node, string? Device)
{
    public const string Namespace = "spBv1.0";

    /// <summary>Identifies the node.</summary>
    public string Key => $"{Group}/{Node}";

    /// <summary>
    /// The asset id for a device whose own id matches no asset: its letters and digits in kebab-case, e.g. <c>press-4</c> for 'Press 4' or
    /// 'press_4'.
    /// </summary>
    public static string AssetIdOf(string device) =>
        string.Join('-', NotOfAssetIds().Split(device.ToLowerInvariant()).Where(part => part.Length > 0));

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NotOfAssetIds();

    /// <summary>The topics allowed in the namespace.</summary>
    public const string Allowed =
        $"{Namespace}/GROUP/(NBIRTH|NDATA|NDEATH|NCMD)/NODE, {Namespace}/GROUP/(DBIRTH|DDATA|DDEATH|DCMD)/NODE/DEVICE";

    /// <summary>True for the topic of a host's state, which has a different form.</summary>
    public static bool IsHostState(string topic) => topic.StartsWith($"{Namespace}/STATE/", StringComparison.Ordinal);

    /// <summary>Parses a topic; false if it is invalid, e.g. a device message without a device.</summary>
    public static bool TryParse(string topic, out SparkplugTopic parsed)
    {
        parsed = default;
        var levels = topic.Split('/');
        if (levels.Length is not (4 or 5) || levels[0] != Namespace || levels.Contains("")) return false;
        SparkplugMessage? known = levels[2] switch
        {
            "NBIRTH" => SparkplugMessage.NodeBirth,
            "DBIRTH" => SparkplugMessage.DeviceBirth,
            "NDATA" => SparkplugMessage.NodeData,
            "DDATA" => SparkplugMessage.DeviceData,
            "NDEATH" => SparkplugMessage.NodeDeath,
            "DDEATH" => SparkplugMessage.DeviceDeath,
            "NCMD" or "DCMD" => SparkplugMessage.Other,
            _ => null,
        };
        if (known is not { } message || (levels[2][0] == 'D') != (levels.Length == 5)) return false;
        parsed = new(levels[1], message, levels[3], levels.Length == 5 ? levels[4] : null);
        return true;
    }
}
