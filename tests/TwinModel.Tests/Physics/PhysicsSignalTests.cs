using TwinModel.Assets;
using TwinModel.Physics;
using TwinModel.Solvers;
using TwinModel.Tests.Assets;

namespace TwinModel.Tests.Physics;

/// <summary>Signals that are parts of a profile.</summary>
public class PhysicsSignalTests
{
    static readonly string Extruder = File.ReadAllText(Path.Combine(ReadAssetModelTests.Directory, "extrusion-line.asset.yaml"));

    static AssetModel Read(string good, string bad)
    {
        Assert.Contains(good, Extruder, StringComparison.Ordinal);
        return ReadAssetModel.FromText(Extruder.Replace(good, bad, StringComparison.Ordinal), "extrusion-line.asset.yaml");
    }

    static Func<string, double> Steady(AssetModel model, int cells)
    {
        var compiled = new CompiledModel(model.Physics!, cells);
        var (run, state) = (compiled.NewRun(), compiled.GuessState());
        new SteadySolver(compiled.Equations.Shape).Solve(run, state);
        run.EvaluateOutputs(0, state);
        return id => compiled.Signals.Single(s => s.Signal.Id == id) is var place ? place.Report(run.Value(place.Output)) : 0;
    }

    [Theory]
    [InlineData(50)]
    [InlineData(200)]
    public void The_heat_of_the_zones_is_that_of_the_whole_wherever_they_are_cut(int cells)
    {
        var zones = Steady(Read("version: 8", "version: 9"), cells);
        var cut = Steady(Read("over: [0 mm, 300 mm]", "over: [0 mm, 155 mm]"), cells);
        var rest = Steady(Read("over: [0 mm, 300 mm]", "over: [155 mm, 300 mm]"), cells);
        Assert.Equal(zones("zone-1-heat"), cut("zone-1-heat") + rest("zone-1-heat"), 1e-9);
        Assert.NotEqual(0, cut("zone-1-heat"));
        var whole = Steady(Read("over: [0 mm, 300 mm]", "over: [0 mm, 1500 mm]"), cells);
        Assert.Equal(whole("zone-1-heat"), Enumerable.Range(1, 5).Sum(z => zones($"zone-{z}-heat")), 1e-9);
    }

    [Fact]
    public void A_profile_is_read_at_a_position()
    {
        var at = Steady(Read("at: 1200 mm", "at: 1500 mm"), 200);
        Assert.Equal(at("melt-temperature"), at("polymer-temperature-1200"), 0.5);
        Assert.True(at("polymer-temperature-600") < at("polymer-temperature-900"));
    }

    [Fact]
    public void The_viscosity_at_the_tip_is_that_of_the_power_law()
    {
        var steady = Steady(Read("version: 8", "version: 9"), 200);
        // 12000 Pa s^n at 180 °C and 1 1/s, thinner by 0.011 per K, sheared by the screw's surface over the metering depth.
        var rate = Math.PI * 0.06 * 80 / 60 / 0.004;
        var expected = 12_000 * Math.Exp(-0.011 * (steady("melt-temperature") - 180)) * Math.Pow(rate, 0.41 - 1);
        Assert.Equal(expected, steady("melt-viscosity"), 1e-6 * expected);
    }

    [Theory]
    [InlineData("at: 600 mm", "at: 1600 mm", ".at", "must lie on the axis, from 0 to 1.5 m")]
    [InlineData("at: 600 mm", "at: 600 s", ".at", "'s' is not a unit of length")]
    [InlineData("at: 600 mm", "at: { value: 600, unit: mm, bogus: 1 }", ".at", "unknown key 'bogus'")]
    [InlineData("over: [0 mm, 300 mm]", "over: [300 mm, 0 mm]", ".over", "must end after its start")]
    [InlineData("over: [0 mm, 300 mm]", "over: [0 mm]", ".over", "must be a list of two")]
    [InlineData("over: [0 mm, 300 mm]", "at: 0 mm, over: [0 mm, 300 mm]", ".over", "is not possible together with 'at'")]
    [InlineData("temperature, at: 600 mm", "temperature, over: [0 mm, 300 mm]", ".over", "needs an output in W/m")]
    [InlineData("from: channel.temperature, at: 600 mm", "from: channel.exit-temperature, at: 600 mm", ".from", "is a single value")]
    [InlineData("id: thrust, from", "id: motor-current, from", ".id", "is the id of a sensor, which does not measure this signal")]
    public void A_bad_part_is_refused_with_path_and_what_is_allowed(string good, string bad, string path, string allowed)
    {
        var problems = Assert.Throws<InvalidModelException>(() => Read(good, bad)).Problems;
        Assert.Contains(problems, p => p.Path.StartsWith("physics.signals[", StringComparison.Ordinal)
            && p.Path.EndsWith(path, StringComparison.Ordinal) && p.Message.Contains(allowed, StringComparison.Ordinal));
    }
}
