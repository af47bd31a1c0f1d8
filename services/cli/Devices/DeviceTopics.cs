namespace Cli.Devices;

/// <summary>What the account of a device may do at the broker, as lines of Mosquitto's ACL file.</summary>
static class DeviceTopics
{
    // Messages of an edge node, and of a device that is connected to it.
    static readonly string[] OfNode = ["NBIRTH", "NDATA", "NDEATH"];
    static readonly string[] OfDevice = ["DBIRTH", "DDATA", "DDEATH"];

    /// <summary>The lines for one asset: what is published about it, and nothing about any other.</summary>
    /// <param name="asset">The asset's id.</param>
    /// <param name="connections">Topics and payload formats of its model's connections, as the API has them.</param>
    /// <param name="node">The Sparkplug edge node that the device is, or is connected to.</param>
    public static IEnumerable<string> Of(string asset, IEnumerable<(string Topic, string Payload)> connections, string node)
    {
        foreach (var (topic, payload) in connections)
        {
            var levels = topic.Split('/');
            if (payload != "sparkplug-b")
            {
                yield return $"topic write {string.Join('/', levels.Select(level => level == "{asset}" ? asset : OneLevel(level)))}";
                continue;
            }
            // spBv1.0/GROUP/{message}/NODE/{asset}; a model that names the node allows no other.
            var (group, itsNode) = (OneLevel(levels[1]), levels[3].StartsWith('{') ? node : levels[3]);
            foreach (var message in OfNode) yield return $"topic write spBv1.0/{group}/{message}/{itsNode}";
            foreach (var message in OfDevice) yield return $"topic write spBv1.0/{group}/{message}/{itsNode}/{asset}";
            yield return $"topic read spBv1.0/{group}/NCMD/{itsNode}";
            yield return $"topic read spBv1.0/{group}/DCMD/{itsNode}/{asset}";
            yield return "topic read spBv1.0/STATE/+";
            yield return "topic read STATE/+";
        }
    }

    static string OneLevel(string level) => level.StartsWith('{') ? "+" : level;
}
