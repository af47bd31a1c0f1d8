using System.Reflection;
using Contracts.Query.V1;
using Dashboard.Machine;
using TwinModel.Assets;

namespace Dashboard.Tests;

/// <summary>Drawings of the shipped models.</summary>
public class DrawingTests
{
    static readonly IReadOnlyList<AssetModel> Models = ReadAssetModel.FromDirectory(
        Path.Combine(typeof(DrawingTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(a => a.Key == "Repository").Value!, "contracts", "assets"));

    static AssetModel Model(string id) => Models.Single(m => m.Id == id);

    static Asset Asset(string id)
    {
        var model = Model(id);
        return new()
        {
            Id = id,
            Components = { model.Components.Select(c => new Contracts.Query.V1.Component { Id = c.Id, Kind = c.Kind, Name = c.Name }) },
            Relationships =
            {
                model.Relationships.Select(r => new Contracts.Query.V1.Relationship { Type = r.Type, From = r.From, To = r.To }),
            },
            Sensors =
            {
                model.Sensors.Select(s => new Contracts.Query.V1.Sensor
                {
                    Id = s.Id,
                    Name = s.Name,
                    Component = s.Component,
                    Quantity = s.Unit.Quantity,
                    Unit = s.Unit.Symbol,
                    Plausible = new() { Min = s.Plausible.Min, Max = s.Plausible.Max },
                    Noise = s.Noise,
                    Number = s.Number,
                }),
            },
            Limits =
            {
                model.Limits.Select(l => new Contracts.Query.V1.Limit
                {
                    Id = l.Id,
                    SensorId = model.Sensor(l.Sensor)?.Id ?? "",
                    SignalId = l.Signal ?? "",
                    Severity = l.Severity.ToString().ToLowerInvariant(),
                }),
            },
        };
    }

    [Theory]
    [InlineData("extrusion-line")]
    [InlineData("pump-loop")]
    public void Every_sensor_has_its_place_inside_the_drawing_and_no_card_covers_another(string id)
    {
        var asset = Asset(id);
        var drawing = SchematicLayout.Of(asset);
        Assert.Equal(asset.Sensors.Select(s => s.Id).Order(), drawing.Cards.SelectMany(c => c.Rows).Select(r => r.Sensor.Id).Order());
        Assert.All(drawing.Cards,
            c => Assert.True(
                c.X >= 0 && c.Y >= 0 && c.X + c.Width <= drawing.Width + 0.001 && c.Y + c.Height <= drawing.Height, c.ToString()));
        Assert.All(drawing.Cards, a => Assert.All(drawing.Cards.Where(b => b != a), b =>
            Assert.False(a.X < b.X + b.Width && b.X < a.X + a.Width && a.Y < b.Y + b.Height && b.Y < a.Y + a.Height,
                $"{a.Title} covers {b.Title}")));
    }

    [Fact]
    public void An_extruder_is_drawn_as_one()
    {
        var kinds = SchematicLayout.Of(Asset("extrusion-line")).Shapes.Select(s => s.Kind).ToList();
        Assert.Equal(5, kinds.Count(k => k == "temperature-zone"));
        Assert.Superset(new HashSet<string> { "motor", "gearbox", "bearing", "screw", "die", "haul-off" }, kinds.ToHashSet());
    }

    [Fact]
    public void A_name_that_leaves_no_room_for_its_value_stands_above_it()
    {
        var rows = SchematicLayout.Of(Asset("extrusion-line")).Cards.SelectMany(c => c.Rows).ToList();
        Assert.Equal(["bearing-acceleration-rms", "bearing-envelope-outer-race"],
            rows.Where(r => r.ValueDown > 0).Select(r => r.Sensor.Id).Order());
        Assert.All(rows, r => Assert.True(r.Height >= 20 + r.ValueDown));
    }

    [Fact]
    public void A_circle_of_flows_is_drawn_from_left_to_right_and_back()
    {
        var drawing = SchematicLayout.Of(Asset("pump-loop"));
        Assert.Equal(5, drawing.Links.Count);
        Assert.True(drawing.Cards.Select(c => c.X).Distinct().Count() >= 3);
    }

    [Fact]
    public void Zones_lie_in_the_middle_of_their_heaters()
    {
        var axis = AxisSensors.Of(Model("extrusion-line"));
        Assert.Equal([0.15, 0.45, 0.75, 1.05, 1.35], axis.Wall.Select(p => Math.Round(p.PositionMetre, 6)));
        Assert.Equal("zone-3-set-point", axis.Wall[2].SetPointId);
        Assert.Equal(("melt-temperature", 1.5), (axis.Points.Single(p => p.IsMelt).SensorId, axis.LengthMetre));
    }

    [Fact]
    public void A_machine_without_an_axis_has_none() => Assert.Same(AxisSensors.None, AxisSensors.Of(Model("pump-loop")));

    [Theory]
    [InlineData("extrusion-line", "melt-flow melt-pressure melt-temperature bearing-vibration")]
    [InlineData("pump-loop", "volume-flow pressure motor-temperature accelerometer-1")]
    public void Key_figures_are_one_per_quantity_those_with_limits_first(string id, string sensors) =>
        Assert.Equal(sensors, string.Join(' ', Dashboard.Fleet.KeyFigures.Of(Asset(id))));

    [Theory]
    [InlineData("zone 1 temperature", "Barrel zone 1", "temperature")]
    [InlineData("melt pressure", "Die", "melt pressure")]
    [InlineData("motor", "Main motor", "motor")]
    public void A_name_does_not_say_twice_what_its_card_says(string sensor, string component, string shown) =>
        Assert.Equal(shown, ShortName.Of(sensor, component));
}
