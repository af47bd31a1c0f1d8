using Contracts.Query.V1;
using Dashboard.Shown;

namespace Dashboard.Machine;

/// <summary>A component as a shape; <paramref name="Kind"/> decides how it is drawn.</summary>
public sealed record Shape(string Component, string Kind, string Name, double X, double Y, double Width, double Height);

/// <summary>The values of a component.</summary>
sealed record Card(string Title, double X, double Y, double Width, double Height, IReadOnlyList<Row> Rows);

/// <summary>
/// One value in its card. A name too long to fit beside the value gets its own line above it, <paramref name="ValueDown"/> high.
/// </summary>
public sealed record Row(Sensor Sensor, string Name, double Y, double Height, double ValueDown);

/// <summary>A line between two points; <paramref name="Type"/> is drives, feeds or shows.</summary>
sealed record Link(string Type, string Path);

/// <summary>The layout of a drawing. Pure: the same model gives the same drawing.</summary>
sealed record Drawing(double Width, double Height, IReadOnlyList<Shape> Shapes, IReadOnlyList<Link> Links, IReadOnlyList<Card> Cards);

/// <summary>
/// Lays out an asset from its model: extruders in their own form, anything else as components along their feeds and drives.
/// </summary>
static partial class SchematicLayout
{
    const double TitleHeight = 22;
    const double LineHeight = 13;

    // Wide enough for the fonts of the style sheet, including margins.
    const double NameCharacter = 6.2;
    const double ValueCharacter = 7.8;
    const double RowMargins = 16;

    public static Drawing Of(Asset asset) => Zones(asset).Count > 1 ? Extruder(asset) : Generic(asset);

    static List<Component> Zones(Asset asset)
    {
        var barrels = asset.Components.Where(c => c.Kind == "barrel").Select(c => c.Id).ToHashSet();
        return [.. asset.Components.Where(
            c => c.Kind == "temperature-zone"
                && asset.Relationships.Any(r => r.Type == "part-of" && r.From == c.Id && barrels.Contains(r.To)))];
    }

    static List<Sensor> SensorsOf(Asset asset, string component) => [.. asset.Sensors.Where(s => s.Component == component)];

    static Card CardOf(Asset asset, string title, IReadOnlyList<Sensor> sensors, double x, double y, double width)
    {
        List<Row> rows = [];
        var bottom = y + TitleHeight;
        foreach (var sensor in sensors)
        {
            var name = NameIn(title, sensor, width);
            // The longest possible value; small values can have more digits than large ones.
            var valueLength = new[] { sensor.Plausible?.Min, 0.05, sensor.Plausible?.Max }.Max(v => Units.Text(v, sensor.Unit).Length);
            var down = name.Length * NameCharacter + valueLength * ValueCharacter + RowMargins > width ? LineHeight : 0;
            var height = 20 + down + (asset.Limits.Any(l => l.SensorId == sensor.Id) ? LineHeight : 0);
            rows.Add(new(sensor, name, bottom, height, down));
            bottom += height;
        }
        return new(title, x, y, width, bottom + 6 - y, rows);
    }

    // Narrow cards have no room for full names.
    static string NameIn(string title, Sensor sensor, double width) =>
        ShortName.Of(sensor.Name, title) is var name && width >= 150
            ? name
            : name switch { "temperature" => "actual", "set point" => "set", _ => name };

    static FormattableString Curve(double x1, double y1, double x2, double y2) =>
        $"M{x1:0.#} {y1:0.#} C{(x1 + x2) / 2:0.#} {y1:0.#} {(x1 + x2) / 2:0.#} {y2:0.#} {x2:0.#} {y2:0.#}";
}
