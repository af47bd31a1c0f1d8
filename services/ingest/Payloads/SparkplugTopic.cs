using System.Text.RegularExpressions;

namespace Ingest.Payloads;

/// <summary>Kinds of Sparkplug messages; <c>Other</c> are commands, which carry no readings.</summary>
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
/// <param name="Message">What it is about.</param>
/// <param name="Node">The edge node; its state is kept per group and node.</param>
/// <param name="Device">Null for messages of the node itself.</param>
readonly partial record struct SparkplugTopic(string Group, SparkplugMessage Message, string Node, string? Device)
{
    public const string Namespace = "spBv1.0";

    /// <summary>
    /// The asset that a device is when none has its very id: its letters and digits in kebab-case, <c>press-4</c> of 'Press 4' or
    /// 'press_4'.
    /// </summary>
    public static string AssetIdOf(string device) =>
        string.Join('-', NotOfAssetIds().Split(device.ToLowerInvariant()).Where(part => part.Length > 0));

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NotOfAssetIds();

    /// <summary>What a topic of the namespace may be.</summary>
    public const string Allowed =
        $"{Namespace}/GROUP/(NBIRTH|NDATA|NDEATH|NCMD)/NODE, {Namespace}/GROUP/(DBIRTH|DDATA|DDEATH|DCMD)/NODE/DEVICE";

    /// <summary>True for the state of a host, which has another form.</summary>
    public static bool IsHostState(string topic) => topic.StartsWith($"{Namespace}/STATE/", StringComparison.Ordinal);

    /// <summary>False when the topic is none, e.g. because a device message names no device.</summary>
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
