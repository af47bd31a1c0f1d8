using System.Text.Json;
using TwinModel.Assets;
using TwinModel.Physics;

namespace TwinModel.Tests.Physics;

/// <summary>Invalid <c>physics</c> sections are refused with file, line, path and what is allowed.</summary>
public class ReadPhysicsTests
{
    internal const string Good = """
        axis: { length: 300 mm, cells: 30 }
        inputs:
          - { id: set-point, quantity: temperature, unit: degC, default: 200, range: [20, 300], calibrated: [100, 250], sensor: temperature }
          - { id: room, quantity: temperature, unit: degC, default: 25, range: [-20, 60] }
        components:
          - { id: air, type: ambient, connect: { temperature: room } }
          - { id: barrel, type: wall, parameters: { outer-diameter: 130 mm, conductivity: 40 W/(m K), density: 7850 kg/m3, specific-heat: 490 J/(kg K) } }
          - id: cover
            type: convection
            connect: { from: barrel, to: air }
            parameters:
              coefficient: { value: 8, unit: W/(m2 K), source: a book, relative-deviation: 0.2, bounds: [2, 30] }
              diameter: 130 mm
          - id: heater
            type: heater-zone
            connect: { wall: barrel, set-point: set-point, ambient: air }
            parameters: { start: 100 mm, end: 200 mm, maximum-power: 4 kW, gain: 0.05 1/K }
        signals:
          - { id: power, from: heater.power, unit: kW }
          - { id: profile, from: barrel.temperature, unit: degC, sensor: temperature }
        targets:
          - { id: wanted-power, signal: power, input: set-point }
        assumptions:
          - One temperature over the cross section.
        """;

    [Fact]
    public void A_good_section_is_read()
    {
        var physics = PhysicsCase.Read(Good).Physics!;
        Assert.Equal((0.3, 30), (physics.Axis.Length, physics.Axis.Cells));
        Assert.Equal([false, true], physics.Signals.Select(s => s.IsProfile));
        Assert.Equal(("a book", 0.2),
            (physics.Components[2].Parameters["coefficient"].Source, physics.Components[2].Parameters["coefficient"].RelativeDeviation));
        Assert.Equal((ushort)1, physics.Inputs[0].Sensor);
        Assert.Single(physics.Assumptions);
    }

    [Fact]
    public void The_schema_and_the_page_of_the_library_know_every_type_and_parameter()
    {
        using var schema = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(Extruder.Repository, "contracts/assets/asset-model.schema.json")));
        var types = schema.RootElement.GetProperty("$defs").GetProperty("physics-component").GetProperty("properties").GetProperty("type")
            .GetProperty("enum").EnumerateArray().Select(t => t.GetString()!);
        Assert.Equal(ComponentLibrary.Names.Order(StringComparer.Ordinal), types.Order(StringComparer.Ordinal));
        var page = File.ReadAllLines(Path.Combine(Extruder.Repository, "services/twin-model/README.md"));
        foreach (var name in ComponentLibrary.Names)
        {
            var row = Assert.Single(page, line => line.StartsWith($"| `{name}` |", StringComparison.Ordinal));
            Assert.All(ComponentLibrary.Find(name)!.Parameters, p => Assert.Contains($"`{p.Name}`", row, StringComparison.Ordinal));
            Assert.All(ComponentLibrary.Find(name)!.Ports, p => Assert.Contains($"`{p.Name}`", row, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("type: convection", "type: convektion", "physics.components[2].type", "convection, stream")]
    [InlineData("density: 7850 kg/m3, ", "", "physics.components[1]", "density")]
    [InlineData("density: 7850 kg/m3", "densiti: 7850 kg/m3, density: 1 kg/m3", "physics.components[1].parameters", "densiti")]
    [InlineData("40 W/(m K)", "40 W/(m2 K)", "physics.components[1].parameters.conductivity", "W/(m K)")]
    [InlineData("40 W/(m K)", "warm", "physics.components[1].parameters.conductivity", "thermal-conductivity")]
    [InlineData("40 W/(m K)", "NaN W/(m K)", "physics.components[1].parameters.conductivity", "must be a number")]
    [InlineData("40 W/(m K)", "-40 W/(m K)", "physics.components[1].parameters.conductivity", "negative")]
    [InlineData("density: 7850 kg/m3", "density: 0 kg/m3", "physics.components[1]", "barrel.temperature[0]")]
    [InlineData("value: 8,", "value: .inf,", "physics.components[2].parameters.coefficient.value", "finite")]
    [InlineData("value: 8,", "value: 80,", "physics.components[2].parameters.coefficient.bounds", "80")]
    [InlineData("bounds: [2, 30]", "bounds: [30, 2]", "physics.components[2].parameters.coefficient.bounds", "min < max")]
    [InlineData("relative-deviation: 0.2", "relative-deviation: 2", "physics.components[2].parameters.coefficient.relative-deviation",
        "0 to 1")]
    [InlineData("start: 100 mm", "start: { value: 100, unit: mm, relative-deviation: 0.1 }",
        "physics.components[3].parameters.start.relative-deviation", "layout")]
    [InlineData("start: 100 mm", "start: 105 mm", "physics.components[3]", "begin and end at cell boundaries")]
    [InlineData("from: barrel, to: air", "from: barel, to: air", "physics.components[2].connect.from", "air, barrel")]
    [InlineData("wall: barrel", "wall: air", "physics.components[3].connect.wall", "barrel")]
    [InlineData("from: barrel, to: air }", "from: barrel }", "physics.components[2]", "'to'")]
    [InlineData("ambient: air }", "ambient: air, fan: air }", "physics.components[3].connect", "fan")]
    [InlineData("set-point: set-point,", "set-point: setpoint,", "physics.components[3].connect.set-point", "set-point, room")]
    [InlineData("set-point: set-point,", "set-point: barrel.temperature,", "physics.components[3]", "single value")]
    [InlineData("id: cover", "id: barrel", "physics.components[2].id", "twice")]
    [InlineData("id: cover", "id: room", "physics.components[2].id", "twice")]
    [InlineData("id: cover", "id: The Cover", "physics.components[2].id", "kebab-case")]
    [InlineData("from: heater.power", "from: heater.powr", "physics.signals[0].from", "heater.power")]
    [InlineData("unit: kW", "unit: bar", "physics.signals[0].unit", "W, kW")]
    [InlineData("id: profile", "id: power", "physics.signals[1].id", "twice")]
    [InlineData("unit: degC, sensor: temperature }\ntargets", "unit: degC, sensor: pressure }\ntargets", "physics.signals[1].sensor",
        "temperature")]
    [InlineData("unit: kW }", "unit: kW, sensor: temperature }", "physics.signals[0].sensor", "measures temperature, not power")]
    [InlineData("signal: power", "signal: profile", "physics.targets[0].signal", "single value")]
    [InlineData("signal: power", "signal: heat", "physics.targets[0].signal", "power, profile")]
    [InlineData("input: set-point", "input: speed", "physics.targets[0].input", "set-point, room")]
    [InlineData("default: 200", "default: 400", "physics.inputs[0].default", "[20, 300]")]
    [InlineData("quantity: temperature, unit: degC, default: 25", "quantity: temperature, unit: bar, default: 25", "physics.inputs[1].unit",
        "degC")]
    [InlineData("quantity: temperature, unit: degC, default: 25", "quantity: heat, unit: degC, default: 25", "physics.inputs[1].unit",
        "not a quantity")]
    [InlineData("cells: 30", "cells: 2", "physics.axis.cells", "3 to 2000")]
    [InlineData("length: 300 mm", "length: 0 mm", "physics.axis.length", "longer than 0")]
    [InlineData("length: 300 mm", "length: \"300\"", "physics.axis.length", "mm")]
    [InlineData("targets:", "aims:", "physics", "targets")]
    public void A_bad_section_is_refused_with_line_path_and_what_is_allowed(string good, string bad, string path, string allowed)
    {
        var at = Good.IndexOf(good, StringComparison.Ordinal);
        Assert.True(at >= 0, good);
        var text = Good[..at] + bad + Good[(at + good.Length)..];
        var problem = Assert.Throws<InvalidModelException>(() => PhysicsCase.Read(text)).Problems[0];
        Assert.Equal(("case.asset.yaml", path), (problem.File, problem.Path));
        Assert.Contains(allowed, problem.Message, StringComparison.Ordinal);
        // The line of the error, or of the component it belongs to.
        var line = PhysicsCase.Yaml(text)[..(PhysicsCase.Yaml(text).IndexOf("physics:", StringComparison.Ordinal) + 1)]
            .Count(c => c == '\n') + 2 + Good[..at].Count(c => c == '\n');
        Assert.InRange(problem.Line, line - 8, line);
    }
}
