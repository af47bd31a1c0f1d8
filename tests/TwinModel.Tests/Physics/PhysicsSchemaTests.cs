using TwinModel.Tests.Assets;

namespace TwinModel.Tests.Physics;

/// <summary>The schema and the reader accept and refuse the same <c>physics</c> sections.</summary>
public class PhysicsSchemaTests
{
    static string With(string part, string instead)
    {
        Assert.Contains(part, ReadPhysicsTests.Good, StringComparison.Ordinal);
        return PhysicsCase.Yaml(ReadPhysicsTests.Good.Replace(part, instead, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("cells: 30", "cells: 60")]
    [InlineData("length: 300 mm", "length: { value: 0.3, unit: m }")]
    [InlineData("outer-diameter: 130 mm", "outer-diameter: { value: 130, unit: mm }")]
    [InlineData("gain: 0.05 1/K", "gain: 5e-2 1/K")]
    [InlineData(", calibrated: [100, 250], sensor: temperature", ", name: Set-point of the heater")]
    [InlineData(", source: a book, relative-deviation: 0.2, bounds: [2, 30]", "")]
    [InlineData("targets:\n  - { id: wanted-power, signal: power, input: set-point }\n", "")]
    [InlineData("assumptions:\n  - One temperature over the cross section.", "assumptions: []")]
    public void What_may_be_otherwise_pleases_both(string part, string instead) =>
        SchemaTests.AssertJudged(isGood: true, With(part, instead));

    [Theory]
    // Keys.
    [InlineData("axis: { length: 300 mm, cells: 30 }\n", "")]
    [InlineData("length: 300 mm, ", "")]
    [InlineData("cells: 30", "cells: 30, width: 1 m")]
    [InlineData("targets:", "aims:")]
    [InlineData("default: 25, ", "")]
    [InlineData("default: 25", "default: 25, colour: red")]
    [InlineData("    type: convection\n", "")]
    [InlineData("source: a book", "sauce: a book")]
    [InlineData("unit: kW", "unit: kW, colour: red")]
    [InlineData("from: heater.power, ", "")]
    [InlineData(", input: set-point }", " }")]
    [InlineData("signal: power", "signal: power, colour: red, signal2: x")]
    // Texts and ids.
    [InlineData("id: cover", "id: The Cover")]
    [InlineData("type: convection", "type: convektion")]
    [InlineData("from: heater.power", "from: heater")]
    [InlineData("from: barrel, to: air", "from: 5, to: air")]
    [InlineData("source: a book", "source: 5")]
    [InlineData("- One temperature over the cross section.", "- 5")]
    [InlineData("sensor: temperature }\n  - { id: room", "sensor: Temperature }\n  - { id: room")]
    // Numbers and quantities.
    [InlineData("cells: 30", "cells: 2")]
    [InlineData("cells: 30", "cells: 30.5")]
    [InlineData("cells: 30", "cells: \"30\"")]
    [InlineData("cells: 30", "cells: 2001")]
    [InlineData("length: 300 mm", "length: 300")]
    [InlineData("length: 300 mm", "length: long")]
    [InlineData("density: 7850 kg/m3", "density: 7850")]
    [InlineData("density: 7850 kg/m3", "density: NaN kg/m3")]
    [InlineData("density: 7850 kg/m3", "density: [7850]")]
    [InlineData("value: 8,", "value: \"8\",")]
    [InlineData("value: 8,", "value: .inf,")]
    [InlineData("value: 8, ", "")]
    [InlineData("relative-deviation: 0.2", "relative-deviation: 2")]
    [InlineData("bounds: [2, 30]", "bounds: [2]")]
    [InlineData("default: 200", "default: hot")]
    [InlineData("range: [-20, 60]", "range: [-20]")]
    // Lists.
    [InlineData("assumptions:\n  - One temperature over the cross section.", "assumptions: One temperature")]
    [InlineData("parameters: { start: 100 mm, end: 200 mm, maximum-power: 4 kW, gain: 0.05 1/K }", "parameters:")]
    public void What_is_wrong_displeases_both(string part, string instead) => SchemaTests.AssertJudged(isGood: false, With(part, instead));
}
