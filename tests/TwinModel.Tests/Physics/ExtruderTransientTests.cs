using TwinModel.Solvers;
using TwinModel.Tests.Solvers;

namespace TwinModel.Tests.Physics;

/// <summary>Targets T1 to T4 of the reference model.</summary>
public class ExtruderTransientTests
{
    static readonly double[] Checkpoints = [10, 60, 300, 600, 1200, 1800, 3600, 7200];

    static IOdeSolver Solver(string name, Extruder extruder) =>
        name == "RODAS3" ? new Rodas3(extruder.Model.Equations.Shape) : new TrBdf2(extruder.Model.Equations.Shape);

    [Theory]
    [InlineData("RODAS3")]
    [InlineData("TR-BDF2")]
    public void A_step_of_the_screw_speed_gives_the_references_course(string solver)
    {
        var extruder = new Extruder().Settle(80);
        extruder.Set("screw-speed", 91.832332 / 60);
        List<double> melt = [];
        var zone5 = 0.0;
        Solver(solver, extruder).Integrate(extruder.Run, extruder.State, 0, 7200, new(new(1e-7)), Checkpoints, (index, time, state) =>
        {
            extruder.Run.EvaluateOutputs(time, state);
            melt.Add(extruder.MeltTemperature);
            if (time == 300) zone5 = extruder["zone-5-heater.measured-temperature"];
        }, TestContext.Current.CancellationToken);
        double[] expected = [240.04657, 240.94599, 241.02528, 241.12310, 241.17083, 241.17603, 241.17550, 241.17543];
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], melt[i], 2e-4);
        Assert.Equal(200.2391, zone5, 1e-3);
    }

    [Theory]
    // Step limits are 10 % above the actual counts, since timing would not reveal a loss of speed.
    [InlineData("RODAS3", 22)]
    [InlineData("TR-BDF2", 40)]
    public void At_a_tolerance_of_1e_4_the_barrel_is_right_to_6_millikelvin_in_few_steps(string solver, int mostSteps)
    {
        double[] Barrel(double tolerance, out OdeStatistics statistics)
        {
            var extruder = new Extruder().Settle(80);
            extruder.Set("screw-speed", 91.832332 / 60);
            statistics = Solver(solver, extruder)
                .Integrate(extruder.Run, extruder.State, 0, 7200, new(new(tolerance)),
                    cancellationToken: TestContext.Current.CancellationToken);
            var again = new Extruder().Settle(80);
            again.Set("screw-speed", 91.832332 / 60);
            Solver(solver, again)
                .Integrate(again.Run, again.State, 0, 600, new(new(tolerance)), cancellationToken: TestContext.Current.CancellationToken);
            again.Read();
            return again.Run.Profile(again.Model.OutputNumber("barrel.temperature")).ToArray();
        }
        var exact = Barrel(1e-8, out _);
        var coarse = Barrel(1e-4, out var statistics);
        Assert.InRange(exact.Zip(coarse).Max(pair => Math.Abs(pair.First - pair.Second)), 0, 6e-3);
        Assert.InRange(statistics.Steps, 10, mostSteps);
    }

    [Theory]
    [InlineData("RODAS3", 1e-4)]
    [InlineData("TR-BDF2", 1e-4)]
    public void Over_two_hours_what_crosses_the_border_is_what_is_stored(string solver, double tolerance)
    {
        var extruder = new Extruder(withEnergy: true).Settle(80);
        var before = extruder.Run.StoredEnergy;
        extruder.State[extruder.Model.EnergyState] = 0;
        extruder.Set("screw-speed", 91.832332 / 60);
        Solver(solver, extruder)
            .Integrate(extruder.Run, extruder.State, 0, 7200, new(new(tolerance)),
                cancellationToken: TestContext.Current.CancellationToken);
        extruder.Read();
        Assert.Equal(8348, extruder.Run.StoredEnergy - before, 100.0);
        Assert.InRange(Math.Abs(extruder.Run.StoredEnergy - before - extruder.State[extruder.Model.EnergyState]) / 93.37e6, 0, 1e-6);
    }

    [Fact]
    public void A_cold_start_soaks_runs_up_and_settles_on_the_steady_state()
    {
        var extruder = new Extruder();
        extruder.State = extruder.Model.ColdState();
        var solver = new Rodas3(extruder.Model.Equations.Shape);
        var settings = new OdeSettings(new(1e-8));
        List<double[]> thermocouples = [];
        List<double> melt = [];
        OdeOutput record = (_, time, state) =>
        {
            extruder.Run.EvaluateOutputs(time, state);
            thermocouples.Add([.. Enumerable.Range(1, 5).Select(z => extruder[$"zone-{z}-heater.measured-temperature"])]);
            melt.Add(extruder.MeltTemperature);
        };
        extruder.Set("screw-speed", 0);
        solver.Integrate(extruder.Run, extruder.State, 0, 7200, settings, [600.0], record, TestContext.Current.CancellationToken);
        extruder.Set("screw-speed", 80.0 / 60);
        solver.Integrate(
            extruder.Run, extruder.State, 7200, 21600, settings, [7260, 7500, 7800, 10800, 21600], record,
            TestContext.Current.CancellationToken);
        foreach (var (expected, actual) in new[] { 151.961, 167.588, 173.177, 177.175, 177.183 }.Zip(thermocouples[0]))
            Assert.Equal(expected, actual, 1.5e-3);
        // The reference integrated this part at 1e-6 and is off by 4 mK in the first minute; ours changes by 0.2 mK from 1e-6 to 1e-8.
        foreach (var (expected, actual) in new[] { 244.180, 237.784, 238.074, 237.974 }.Zip(melt[1..]))
            Assert.Equal(expected, actual, 5e-3);
        Assert.Equal(new Extruder().Settle(80).MeltTemperature, melt[^1], 1e-6);
    }

    [Theory]
    [InlineData(50, 237.5676, 886)]
    [InlineData(200, 237.5244, 858)]
    public void Three_weeks_of_changing_shifts_end_where_the_references_end(int cells, double melt, int mostSteps)
    {
        var extruder = new Extruder(cells).Settle(80);
        var solver = new Rodas3(extruder.Model.Equations.Shape);
        var statistics = default(OdeStatistics);
        for (var shift = 0; shift < 63; shift++)
        {
            extruder.Set("screw-speed", (72 + 20 * (shift * 0.618033988749895 % 1)) / 60);
            statistics += solver.Integrate(
                extruder.Run, extruder.State, 28800.0 * shift, 28800.0 * (shift + 1), new(new(1e-3)),
                cancellationToken: TestContext.Current.CancellationToken);
        }
        Assert.Equal(melt, extruder.Read().MeltTemperature, 1e-3);
        Assert.InRange(statistics.Steps, 63, mostSteps);
    }

    [Theory]
    [InlineData("RODAS3")]
    [InlineData("TR-BDF2")]
    public void Nothing_is_allocated_while_it_steps(string solver)
    {
        var extruder = new Extruder(50).Settle(80);
        var integrator = Solver(solver, extruder);
        var settings = new OdeSettings(new(1e-4));
        void Integrate() => integrator.Integrate(extruder.Run, extruder.State, 0, 7200, settings);
        extruder.Set("screw-speed", 91.8 / 60);
        Integrate();
        var start = extruder.State.ToArray();
        extruder.Set("screw-speed", 80.0 / 60);
        Assert.Equal(0, Allocations.Of(() =>
        {
            start.CopyTo(extruder.State, 0);
            Integrate();
        }));
    }
}
