using TwinModel.Assets;
using TwinModel.Estimation;
using TwinModel.Tests.Physics;

namespace TwinModel.Tests.Estimation;

/// <summary>The shipped pump loop, whose speed and valves no sensor shows.</summary>
public class PumpLoopTests
{
    static readonly EstimationSetup Setup = new(ReadAssetModel.FromText(
        File.ReadAllText(Path.Combine(Extruder.Repository, "contracts/assets/pump-loop.asset.yaml")), "pump-loop.asset.yaml"));

    [Fact]
    public void It_shows_what_the_test_bed_shows_at_its_three_speeds()
    {
        var plant = new EstimatedPlant(Setup, 1);
        // Flow in l/min and current in A, measured.
        foreach (var (speed, flow, current) in new[] { (0.97, 126, 2.5), (0.6, 76.7, 1.57), (0.25, 32.2, 0.97) })
        {
            plant.Set("speed-command", speed);
            for (var i = 0; i < 3; i++) plant.Tick();
            Assert.Equal(flow, plant.Value("flow"), 0.05 * flow);
            Assert.Equal(current, plant.Value("current"), 0.15 * current);
        }
    }

    [Fact]
    public void A_valve_that_closes_is_inferred_from_flow_and_current()
    {
        var plant = new EstimatedPlant(Setup, 1);
        var (twin, work) = (new EstimateTwin(Setup), new EstimationWorkspace(Setup));
        Estimate Learned(string input) => twin.Estimate(work)!.Learned.First(l => l.Id == input).Value;
        for (var tick = 0; tick < 60; tick++) twin.Step([.. plant.Tick()], work);
        Assert.True(Learned("outlet-opening").Mean > 80);
        Assert.Equal(60, Learned("speed-command").Mean, 3.0);

        plant.Set("outlet-opening", 0.3);
        for (var tick = 0; tick < 90; tick++) twin.Step([.. plant.Tick()], work);
        Assert.Equal(30, Learned("outlet-opening").Mean, 6.0);
        Assert.Equal(60, Learned("speed-command").Mean, 6.0);
        Assert.Equal(plant.Value("head"), twin.Estimate(work)!.Signals.First(s => s.Id == "head").Value.Mean, 0.15 * plant.Value("head"));
    }
}
