using TwinModel.Assets;
using TwinModel.Estimation;
using TwinModel.Tests.Estimation;

namespace TwinModel.Tests.Assets;

public class ReadEstimationTests
{
    static string With(string part, string instead)
    {
        Assert.Contains(part, EstimationCase.Yaml, StringComparison.Ordinal);
        return EstimationCase.Yaml.Replace(part, instead, StringComparison.Ordinal);
    }

    static AssetModel Read(string yaml) => ReadAssetModel.FromText(yaml, "kettle.asset.yaml");

    [Fact]
    public void A_good_section_is_read()
    {
        var estimation = Read(EstimationCase.Yaml).Estimation!;
        Assert.Equal((TimeSpan.FromSeconds(10), 3, 12, 7UL, 0.1),
            (estimation.Tick, estimation.Cells, estimation.Ensemble, estimation.Seed, estimation.Inflation));
        Assert.Equal([new("cover.coefficient", 0.2, TimeSpan.FromHours(240))], estimation.Parameters);
        Assert.Equal([new("room", 2, TimeSpan.FromHours(4))], estimation.Inputs);
        Assert.Equal([new("temperature", 0.2, new(0.5, TimeSpan.FromHours(24)))], estimation.Sensors);
    }

    [Fact]
    public void A_parameter_that_does_not_wander_is_left_to_calibrations()
    {
        var model = Read(EstimationCase.Yaml.Replace(", doubles-in: 240h", "", StringComparison.Ordinal));
        Assert.Equal([new("cover.coefficient", 0.2, null)], model.Estimation!.Parameters);
        Assert.Equal("cover.coefficient", Assert.Single(LearnableParameters.Of(model)).Id);
        var (setup, readings) = (new EstimationSetup(model), new TickReadings(new(model)));
        readings.Add(new(7, setup.TickMicros, 200));
        var estimator = new Estimator(setup);
        estimator.Step(1, readings, new(setup));
        Assert.Equal(["room"], estimator.Posterior()!.Learned.Select(l => l.Id));
    }

    [Fact]
    public void A_model_without_the_section_is_not_estimated() => Assert.Null(Given.Model.Estimation);

    [Fact]
    public void What_is_left_out_has_defaults()
    {
        var estimation = Read(With("  tick: 10s\n  cells: 3\n  ensemble: 12\n  seed: 7\n  inflation: 0.1\n", "")).Estimation!;
        Assert.Equal((TimeSpan.FromSeconds(10), 50, 50, 1UL, 0),
            (estimation.Tick, estimation.Cells, estimation.Ensemble, estimation.Seed, estimation.Inflation));
    }

    [Theory]
    [InlineData("tick: 10s", "tick: 500ms", "estimation.tick", "1s to 10min")]
    [InlineData("tick: 10s", "tick: 11min", "estimation.tick", "1s to 10min")]
    [InlineData("ensemble: 12", "ensemble: 9", "estimation.ensemble", "from 10 to 1000")]
    [InlineData("  cells: 3\n  ensemble", "  cells: 2\n  ensemble", "estimation.cells", "from 3 to 2000")]
    [InlineData("seed: 7", "seed: -7", "estimation.seed", "from 0")]
    [InlineData("inflation: 0.1", "inflation: 1", "estimation.inflation", "below 1")]
    [InlineData("parameter: cover.coefficient", "parameter: cover.coeficient", "estimation.parameters[0].parameter", "cover.coefficient")]
    [InlineData("parameter: cover.coefficient", "parameter: lid.coefficient", "estimation.parameters[0].parameter", "cover.…")]
    [InlineData("parameter: cover.coefficient", "parameter: zone.initial-temperature", "estimation.parameters[0].parameter",
        "decides the layout")]
    [InlineData("parameter: cover.coefficient", "parameter: zone.heat-capacity", "estimation.parameters[0]", "relative-deviation")]
    [InlineData("parameter: cover.coefficient", "parameter: heater.temperature-coefficient, relative-deviation: 0.1",
        "estimation.parameters[0].parameter", "only positive")]
    [InlineData("cover.coefficient, doubles-in", "cover.coefficient, relative-deviation: -0.1, doubles-in",
        "estimation.parameters[0].relative-deviation", "greater than 0")]
    [InlineData("doubles-in: 240h", "doubles-in: 0s", "estimation.parameters[0].doubles-in", "longer than 0")]
    [InlineData("doubles-in: 240h }", "doubles-in: 240h }\n    - { parameter: cover.coefficient, doubles-in: 1h }",
        "estimation.parameters[1].parameter", "twice")]
    [InlineData("input: room", "input: rom", "estimation.inputs[0].input", "room, draught")]
    [InlineData("input: room", "input: power", "estimation.inputs[0].input", "has a sensor")]
    [InlineData("deviation: 2, changes-in: 4h }", "deviation: 2, changes-in: 4h }\n    - { input: room, deviation: 2, changes-in: 4h }",
        "estimation.inputs[1].input", "twice")]
    [InlineData("deviation: 2,", "deviation: -2,", "estimation.inputs[0].deviation", "greater than 0")]
    [InlineData("changes-in: 4h", "changes-in: 0s", "estimation.inputs[0].changes-in", "longer than 0")]
    [InlineData("signal: temperature,", "signal: temprature,", "estimation.sensors[0].signal", "temperature")]
    [InlineData("signal: temperature,", "signal: loss,", "estimation.sensors[0].signal", "has no sensor")]
    [InlineData("signal: temperature,", "signal: rod-temperature,", "estimation.sensors[0].signal", "has no sensor with a single value")]
    [InlineData("deviation: 0.2, bias", "deviation: 0, bias", "estimation.sensors[0].deviation", "greater than 0")]
    [InlineData("deviation: 0.2, bias", "deviation: 0.2, discrepancy: 0, bias", "estimation.sensors[0].discrepancy", "greater than 0")]
    [InlineData("deviation: 0.2, bias", "deviation: 0.2, change: { share: 2, deviation: 1 }, bias", "estimation.sensors[0].change.share",
        "from 0 to 1")]
    [InlineData("deviation: 0.2, bias", "deviation: 0.2, change: { share: 0.1, deviation: 0 }, bias",
        "estimation.sensors[0].change.deviation", "greater than 0")]
    [InlineData("deviation: 0.5", "deviation: -0.5", "estimation.sensors[0].bias.deviation", "greater than 0")]
    [InlineData("changes-in: 24h } }", "changes-in: 24h } }\n    - { signal: temperature, deviation: 1 }", "estimation.sensors[1].signal",
        "twice")]
    [InlineData("changes-in: 24h } }", "changes-in: 24h }, actuator: loss }", "estimation.sensors[0].actuator", "names 'loss'")]
    [InlineData("changes-in: 24h } }", "changes-in: 24h }, actuator: temperature }", "estimation.sensors[0].actuator",
        "without an actuator of its own")]
    [InlineData("signal: temperature, deviation", "signal: temperature, devation", "estimation.sensors[0]", "deviation")]
    public void A_bad_entry_is_refused_with_path_and_what_is_allowed(string good, string bad, string path, string allowed)
    {
        var problems = Assert.Throws<InvalidModelException>(() => Read(With(good, bad))).Problems;
        Assert.Contains(problems, p => p.Path == path && p.Message.Contains(allowed, StringComparison.Ordinal) && p.Line > 1);
    }

    [Fact]
    public void It_needs_the_physics_that_it_corrects()
    {
        var (start, end) = (EstimationCase.Yaml.IndexOf("physics:", StringComparison.Ordinal),
            EstimationCase.Yaml.IndexOf("estimation:", StringComparison.Ordinal));
        var problems = Assert.Throws<InvalidModelException>(() => Read(EstimationCase.Yaml.Remove(start, end - start))).Problems;
        Assert.Contains(problems, p => p.Path == "estimation" && p.Message.Contains("'physics'", StringComparison.Ordinal));
    }

    [Fact]
    public void An_ensemble_has_more_members_than_it_learns_things()
    {
        var sensors = string.Concat(Enumerable.Range(1, 8).Select(i =>
            $"\n    - {{ parameter: {((string[])["rod.conductivity", "rod.density", "rod.specific-heat", "rod.outer-diameter",
                "rod-cover.coefficient", "rod-cover.diameter", "zone.heat-capacity", "cover.area"])[i - 1]}, "
            + "relative-deviation: 0.1, doubles-in: 1h }"));
        var yaml = With("doubles-in: 240h }", $"doubles-in: 240h }}{sensors}");
        var problems = Assert.Throws<InvalidModelException>(() => Read(yaml)).Problems;
        Assert.Contains(problems, p => p.Path == "estimation.ensemble" && p.Message.Contains("at least 13", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("  tick: 10s\n", "")]
    [InlineData("doubles-in: 240h", "relative-deviation: 0.3, doubles-in: 30min")]
    [InlineData("  inputs:\n    - { input: room, deviation: 2, changes-in: 4h }\n", "")]
    [InlineData(", bias: { deviation: 0.5, changes-in: 24h }", "")]
    public void What_may_be_otherwise_pleases_both(string part, string instead) =>
        SchemaTests.AssertJudged(isGood: true, With(part, instead));

    [Theory]
    [InlineData("tick: 10s", "tick: 10")]
    [InlineData("ensemble: 12", "ensemble: 9")]
    [InlineData("ensemble: 12", "ensemble: 12.5")]
    [InlineData("seed: 7", "seed: -1")]
    [InlineData("inflation: 0.1", "inflation: 1")]
    [InlineData("inflation: 0.1", "inflation: -0.1")]
    [InlineData("inflation: 0.1", "relaxation: 0.1")]
    [InlineData("    - { parameter: cover.coefficient, doubles-in: 240h }\n", "    []\n")]
    [InlineData("doubles-in: 240h", "relative-deviation: 0, doubles-in: 240h")]
    [InlineData("doubles-in: 240h", "doubles-in: 10d")]
    [InlineData("input: room, deviation: 2", "input: room, deviation: 0")]
    [InlineData("input: room, ", "")]
    [InlineData("deviation: 0.2, bias", "deviation: -0.2, bias")]
    [InlineData("deviation: 0.5, changes-in: 24h", "deviation: 0.5")]
    [InlineData("deviation: 0.5, changes-in: 24h", "deviation: 0.5, changes-in: 24h, drift: 1")]
    public void What_is_wrong_displeases_both(string part, string instead) => SchemaTests.AssertJudged(isGood: false, With(part, instead));
}
