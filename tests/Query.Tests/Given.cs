using System.Reflection;
using Contracts.Messages;
using TwinModel.Assets;
using TwinModel.Units;

namespace Query.Tests;

/// <summary>Test data shared by several tests.</summary>
static class Given
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly Sensor Pressure = new(
        "melt-pressure", 7, "Melt pressure", "die", Unit.Find("bar")!, new(-1, 1000), new(-1, 350), TimeSpan.FromSeconds(1),
        TimeSpan.FromSeconds(10), 0.2);

    /// <summary>A shipped model.</summary>
    public static AssetModel A_model(string id) => ReadAssetModel.FromDirectory(
        Path.Combine(typeof(Given).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(a => a.Key == "Repository").Value!, "contracts", "assets")).Single(m => m.Id == id);

    public static SensorView A_reading(double value, DateTimeOffset sampledAt) => new(
        "melt-pressure", "Melt pressure", "die", "pressure", "bar", value, "good", sampledAt, sampledAt.AddSeconds(10), 42,
        new(60, 2, value, 0.5, value - 1, value + 1));

    public static AlarmView An_alarm(string severity = "critical", bool isActive = true) => new(
        "extrusion-line.melt-pressure-high.1772366400000000", "extrusion-line", "melt-pressure-high", "melt-pressure", severity,
        "Pressure is high",
        isActive ? "active" : "cleared", 212.5, "bar", Noon, null, null, null, isActive ? null : Noon.AddSeconds(30));

    public static TwinView A_view(long position = 100, long revision = 1, string asset = "extrusion-line", params AlarmView[] alarms) =>
        new(
        asset, "Line 1", "extrusion-line", position, revision, Noon.AddMilliseconds(20), Noon, 42, new string('a', 64),
        [A_reading(180, Noon)], alarms,
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
}
