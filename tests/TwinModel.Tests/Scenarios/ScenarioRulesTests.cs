using Contracts.Scenarios;
using TwinModel.Scenarios;
using TwinModel.Tests.Physics;
using static TwinModel.Tests.Scenarios.ScenarioPlanTests;

namespace TwinModel.Tests.Scenarios;

public class ScenarioRulesTests
{
    static IReadOnlyList<ScenarioProblem> Problems(ScenarioDefinition definition) =>
        Assert.Throws<InvalidScenarioException>(() => ScenarioRules.Check(Extruder.Asset, definition)).Problems;

    public static TheoryData<string, string, ScenarioDefinition> Bad => new()
    {
        { "interventions[0].target", "production-rate", Steady(Change("throughput", "scale", 1.15)) },
        { "interventions[0].unit", "degC", Steady(Change("zone-1-set-point", "set", 170, "bar")) },
        { "interventions[0].unit", "K", Steady(Change("zone-1-set-point", "offset", 10, "bar")) },
        { "interventions[0].unit", "empty", Steady(Change("screw-speed", "scale", 1.1, "1/min")) },
        { "interventions[0].value", "0 to 150 1/min", Steady(Change("screw-speed", "set", 500)) },
        { "interventions[0].value", "0.01 to 100", Steady(Change("screw-speed", "scale", -1)) },
        { "interventions[0].value", "finite", Steady(Change("screw-speed", "set", double.NaN)) },
        { "interventions[0].value", "130 to 1750", Steady(Change("polymer.consistency", "set", 1)) },
        { "interventions[0].kind", "set, scale, offset", Steady(Change("screw-speed", "double", 1)) },
        { "interventions[0].fromSeconds", "0", Steady(Change("screw-speed", "set", 90, from: 5)) },
        {
            "interventions[1].target", "interventions[0]",
            Steady(Change("production-rate", "scale", 1.1), Change("screw-speed", "set", 90))
        },
        { "mode", "steady, transient", Steady() with { Mode = "stationary" } },
        { "horizonSeconds", "3024000", Steady() with { Mode = "transient", HorizonSeconds = 1e9 } },
        { "ensemble.size", "2000", Steady() with { EnsembleSize = 5000 } },
        { "ensemble.sampling", "sobol", Steady() with { Sampling = "random" } },
        { "tolerance", "0.01", Steady() with { Tolerance = 1 } },
        { "cells", "50, 100, 200", Steady() with { Cells = 57 } },
        { "solver", "rodas3, tr-bdf2", Steady() with { Solver = "euler" } },
        { "sweep", "400", Steady() with { Sweep = [new("screw-speed", [.. Enumerable.Range(0, 500).Select(i => 50.0 + i / 10.0)], "")] } },
        { "sweep", "1 to 2 axes",
            Steady() with { Sweep = [.. Enumerable.Range(0, 5000).Select(_ => new SweepAxis("screw-speed", [50, 60], ""))] } },
        { "validAt", "1970", Steady() with { ValidAt = DateTimeOffset.MinValue } },
        { "sweep[0].values[1]", "0 to 150", Steady() with { Sweep = [new("screw-speed", [50, 200], "")] } },
        { "sweep[0].target", "screw-speed", Steady() with { Sweep = [new("polymer.consistency", [1], "")] } },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_cannot_be_run_is_refused_with_its_path_and_what_is_allowed(string path, string allowed, ScenarioDefinition definition)
    {
        var problem = Assert.Single(Problems(definition), p => p.Path == path);
        Assert.Contains(allowed, problem.Allowed, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_many_entries_are_counted_and_not_looked_at()
    {
        var problem = Assert.Single(Problems(Steady([.. Enumerable.Repeat(Change("production-rate", "scale", 1.1), 800)])));
        Assert.Equal(("interventions", "800 entries", "at most 20"), (problem.Path, problem.Value, problem.Allowed));
        Assert.Equal(19, Problems(Steady([.. Enumerable.Repeat(Change("production-rate", "scale", 1.1), 20)])).Count);
    }

    [Fact]
    public void All_problems_are_told_at_once() =>
        Assert.Equal(["mode", "tolerance", "interventions[0].target"], Problems(Steady(Change("x", "set", 1)) with
        {
            Mode = "x",
            Tolerance = -1,
            HorizonSeconds = 5,
        }).Select(p => p.Path));

    [Fact]
    public void An_asset_without_physics_has_no_scenarios() =>
        Assert.Equal("asset",
            Assert.Single(Assert.Throws<InvalidScenarioException>(() => ScenarioRules.Check(Given.Model, Steady())).Problems).Path);

    [Fact]
    public void A_passing_change_may_be_followed_by_another_of_the_same_input() => ScenarioRules.Check(Extruder.Asset,
        Steady(Change("screw-speed", "set", 90, from: 0, @for: 60), Change("screw-speed", "set", 70, from: 120)) with
        {
            Mode = "transient",
            HorizonSeconds = 600,
        });
}
