using Contracts.Query.V1;

namespace Dashboard.Machine;

/// <summary>A component as a shape; <paramref name="Kind"/> decides how it is drawn.</summary>
public sealed record Shape(string Component, string Kind, string Name, double X, double Y, double Width, double Height);

/// <summary>Values of a component.</summary>
sealed record Card(string Title, double X, double Y, double Width, double Height, IReadOnlyList<Sensor> Sensors);

/// <summary>A line between two places; <paramref name="Type"/> is drives, feeds or shows.</summary>
sealed record Link(string Type, string Path);

/// <summary>Where everything of a drawing is. Pure: the same model gives the same drawing.</summary>
sealed record Drawing(double Width, double Height, IReadOnlyList<Shape> Shapes, IReadOnlyList<Link> Links, IReadOnlyList<Card> Cards);

/// <summary>Draws an asset from its model: an extruder as one, anything else as its components along what feeds and drives what.</summary>
static partial class SchematicLayout
{
    public const double TitleHeight = 22;

    public static Drawing Of(Asset asset) => Zones(asset).Count > 1 ? Extruder(asset) : Generic(asset);

    /// <summary>Values with limits need a second line.</summary>
    public static double RowHeight(Asset asset, Sensor sensor) => asset.Limits.Any(l => l.SensorId == sensor.Id) ? 33 : 20;

    static List<Component> Zones(Asset asset)
    {
        var barrels = asset.Components.Where(c => c.Kind == "barrel").Select(c => c.Id).ToHashSet();
        return [.. asset.Components.Where(c => c.Kind == "temperature-zone" && asset.Relationships.Any(r => r.Type == "part-of" && r.From == c.Id && barrels.Contains(r.To)))];
    }

    static List<Sensor> SensorsOf(Asset asset, string component) => [.. asset.Sensors.Where(s => s.Component == component)];

    static Card CardOf(Asset asset, string title, IReadOnlyList<Sensor> sensors, double x, double y, double width) =>
        new(title, x, y, width, TitleHeight + sensors.Sum(s => RowHeight(asset, s)) + 6, sensors);

    static FormattableString Curve(double x1, double y1, double x2, double y2) => $"M{x1:0.#} {y1:0.#} C{(x1 + x2) / 2:0.#} {y1:0.#} {(x1 + x2) / 2:0.#} {y2:0.#} {x2:0.#} {y2:0.#}";
}
