using Contracts.Query.V1;

namespace Dashboard.Fleet;

/// <summary>The few sensors shown for a machine in a list: one per quantity, preferably with limits. Pure.</summary>
static class KeyFigures
{
    const int Most = 4;

    // Most important to operators first.
    static readonly string[] Quantities =
        ["mass-flow", "volume-flow", "pressure", "temperature", "vibration-velocity", "acceleration", "rotational-speed", "power",
            "current", "voltage"];

    /// <summary>Sensor ids in display order.</summary>
    public static IReadOnlyList<string> Of(Asset asset)
    {
        var weights = asset.Limits.GroupBy(l => l.SensorId)
            .ToDictionary(g => g.Key, g => g.Max(l => l.Severity switch { "critical" => 3, "alarm" => 2, _ => 1 }));
        return [.. asset.Sensors
            .GroupBy(s => s.Quantity)
            .Where(g => Quantities.Contains(g.Key))
            .OrderBy(g => Array.IndexOf(Quantities, g.Key))
            .Select(g => g.OrderByDescending(s => weights.GetValueOrDefault(s.Id)).ThenByDescending(s => s.Noise > 0).ThenBy(s => s.Number)
                .First().Id)
            .Take(Most)];
    }
}
