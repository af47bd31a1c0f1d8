using System.Text;
using Query.Events;
using Query.Scenarios;
using TwinModel.Assets;
using TwinModel.Scenarios;

namespace Query.Tests;

public class ScenarioInputTests
{
    // The smallest asset with physics: a wall in still air.
    static readonly AssetModel Model = ReadAssetModel.FromText("""
        schema: pollux/asset-model/1
        id: rod
        name: Rod
        version: 1
        components: [{ id: rod, kind: rod, name: Rod }]
        sensors: [{ id: ambient, number: 1, component: rod, quantity: temperature, unit: degC, physical: [-50, 200], plausible: [-50, 100], interval: 1s }]
        connections: [{ topic: "pollux/{asset}/senml", payload: senml }]
        physics:
          axis: { length: 1 m, cells: 40 }
          inputs:
            - { id: ambient-temperature, quantity: temperature, unit: degC, default: 25, range: [-20, 60] }
          components:
            - { id: air, type: ambient, connect: { temperature: ambient-temperature } }
            - id: wall
              type: wall
              parameters: { inner-diameter: 60 mm, outer-diameter: 130 mm, conductivity: 40 W/(m K), density: 7850 kg/m3, specific-heat: 490 J/(kg K) }
            - { id: cover, type: convection, connect: { from: wall, to: air }, parameters: { coefficient: 8 W/(m2 K), diameter: 130 mm } }
          signals:
            - { id: wall-temperature, from: wall.temperature, unit: degC }
        """, "rod.asset.yaml");

    static Task<ScenarioToRun> Read(string json) =>
        ScenarioToRun.Read(new MemoryStream(Encoding.UTF8.GetBytes(json)), TestContext.Current.CancellationToken);

    [Fact]
    public async Task What_is_left_out_has_a_default()
    {
        var asked = await Read("""{"asset":"rod-1","interventions":[{"target":"ambient-temperature","value":30}]}""");
        var definition = DefineScenario.Of(asked, Model, 42, Given.Noon);
        Assert.Equal(("rod-1", Given.Noon, 42L, "steady", 0.0),
            (definition.AssetId, definition.ValidAt, definition.KnownAt, definition.Mode, definition.HorizonSeconds));
        Assert.Equal((200, "latin-hypercube", 1UL, 1e-4, "rodas3", 40),
            (definition.EnsembleSize, definition.Sampling, definition.Seed, definition.Tolerance, definition.Solver, definition.Cells));
        Assert.Equal(new("ambient-temperature", "set", 30, "", 0, 0, 0), Assert.Single(definition.Interventions));
        Assert.Empty(definition.Sweep);
    }

    [Fact]
    public async Task A_horizon_makes_it_transient()
    {
        var definition = DefineScenario.Of(
            await Read("""{"asset":"rod-1","horizonSeconds":600,"validAt":"2026-03-01T11:00:00Z"}"""), Model, 42, Given.Noon);
        Assert.Equal(("transient", 600.0, Given.Noon.AddHours(-1)), (definition.Mode, definition.HorizonSeconds, definition.ValidAt));
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_said_at_once()
    {
        var asked = await Read(
            """{"asset":"rod-1","interventions":[{"target":"ambient","value":30},"""
                + """{"target":"ambient-temperature"}],"ensemble":{"size":-1}}""");
        var problems = Assert.Throws<InvalidScenarioException>(() => DefineScenario.Of(asked, Model, 42, Given.Noon)).Problems;
        Assert.Equal(["ensemble.size", "interventions[0].target", "interventions[1].value"],
            problems.Select(p => p.Path).Order(StringComparer.Ordinal));
        Assert.Contains("ambient-temperature", problems.Single(p => p.Path == "interventions[0].target").Allowed, StringComparison.Ordinal);
        Assert.Equal("missing", problems.Single(p => p.Path == "interventions[1].value").Value);
    }

    [Theory]
    [InlineData("""{"asset":"rod-1","horizonSecond":3}""", "horizonSecond")]
    [InlineData("""{"asset":"rod-1","interventions":[{"target":"x","vaule":1}]}""", "interventions[0].vaule")]
    [InlineData("""{"asset":"rod-1","interventions":[{"target":"x","value":"high"}]}""", "interventions[0].value")]
    [InlineData("""{"asset":"rod-1","ensemble":{"seed":-1}}""", "ensemble.seed")]
    [InlineData("""{"asset":"rod-1","interventions":7}""", "interventions")]
    [InlineData("[]", "body")]
    [InlineData("", "body")]
    public async Task A_body_of_another_form_is_refused_with_the_place(string json, string path) =>
        Assert.Equal(path, Assert.Single((await Assert.ThrowsAsync<InvalidScenarioException>(() => Read(json))).Problems).Path);

    [Theory]
    [InlineData("1234", 1234L)]
    [InlineData("\"1234\"", 1234L)]
    [InlineData("null", null)]
    public async Task Known_at_is_a_position(string json, long? expected) =>
        Assert.Equal(expected, DefineScenario.KnownAtOf(await Read($$"""{"knownAt":{{json}}}"""))?.Position);

    [Fact]
    public async Task Known_at_is_a_time() =>
        Assert.Equal(new KnownAt(null, Given.Noon), DefineScenario.KnownAtOf(await Read("""{"knownAt":"2026-03-01T12:00:00Z"}""")));

    [Theory]
    [InlineData("true")]
    [InlineData("1.5")]
    [InlineData("-1")]
    [InlineData("\"yesterday\"")]
    public async Task What_is_neither_is_refused(string json)
    {
        var asked = await Read($$"""{"knownAt":{{json}}}""");
        Assert.Equal("knownAt",
            Assert.Single(Assert.Throws<InvalidScenarioException>(() => DefineScenario.KnownAtOf(asked)).Problems).Path);
    }

    [Theory]
    [InlineData("2026-03-01T12:02:00Z")]
    [InlineData("tomorrow")]
    [InlineData("0001-01-01T00:00:00Z")]
    [InlineData("11/28/2025")]
    [InlineData("")]
    public async Task A_start_in_the_future_or_before_the_log_is_refused(string validAt)
    {
        var asked = await Read($$"""{"asset":"rod-1","validAt":"{{validAt}}"}""");
        Assert.Equal("validAt",
            Assert.Single(Assert.Throws<InvalidScenarioException>(() => DefineScenario.Of(asked, Model, 42, Given.Noon)).Problems).Path);
    }

    [Theory]
    [InlineData(null, "*/*", "application/json")]
    [InlineData(null, "text/html;q=1, text/csv;q=0.9", "text/csv")]
    [InlineData(null, "application/vnd.apache.parquet", "application/vnd.apache.parquet")]
    [InlineData("csv", "application/json", "text/csv")]
    public void The_form_of_a_result_is_chosen_by_parameter_or_header(string? format, string accept, string expected) =>
        Assert.Equal(expected, GetScenarioResult.TypeOf(format, accept));
}
