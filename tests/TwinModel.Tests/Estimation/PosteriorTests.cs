using System.Text.Json;
using TwinModel.Estimation;
using TwinModel.Telemetry;

namespace TwinModel.Tests.Estimation;

public class PosteriorTests
{
    static readonly EstimationSetup Setup = EstimationCase.Setup;

    static Estimator After(int ticks)
    {
        var (estimator, work) = (new Estimator(Setup), new EstimationWorkspace(Setup));
        for (var tick = 0; tick < ticks; tick++)
        {
            var readings = new TickReadings(Setup);
            readings.Add(new(1, Given.T0, 200 + 0.1 * (tick % 3)));
            readings.Add(new(7, Given.T0, 180));
            estimator.Step(Setup.TickOf(Given.T0) + tick, readings, work);
        }
        return estimator;
    }

    [Fact]
    public void It_has_the_moments_of_the_ensemble_and_no_biases()
    {
        var estimator = After(20);
        var posterior = estimator.Posterior()!;
        Assert.Equal([("cover.coefficient", "parameter"), ("room", "input")], posterior.Learned.Select(l => (l.Id, l.Kind)));

        var (parameter, input) = (
            Setup.Compiled.Equations.Parameters.ToList().IndexOf("cover.coefficient"),
            Setup.Compiled.Equations.Inputs.ToList().IndexOf("room"));
        var members = Enumerable.Range(0, Setup.Settings.Ensemble).Select(estimator.Member)
            .Select(m => new[] { Math.Log(m.Parameters[parameter]), m.Inputs[input] }).ToList();
        double[] means = [members.Average(m => m[0]), members.Average(m => m[1])];
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(means[i], posterior.Learned[i].Value, 1e-12);
            for (var j = 0; j < 2; j++)
            {
                var covariance = members.Sum(m => (m[i] - means[i]) * (m[j] - means[j])) / (members.Count - 1);
                Assert.Equal(covariance, posterior.Covariance[i][j], 1e-12);
            }
        }
    }

    [Fact]
    public void It_says_when_and_how_well_the_physics_followed()
    {
        var (estimator, work) = (After(20), new EstimationWorkspace(Setup));
        var (posterior, estimate) = (estimator.Posterior()!, estimator.Estimate(work)!);
        Assert.Equal((estimate.At, estimate.Sync), (posterior.At, posterior.Sync));
        Assert.Equal(estimate.Innovations, posterior.Innovations);
        Assert.Equal(Setup.EndOf(Setup.TickOf(Given.T0) + 19), posterior.At);
    }

    [Fact]
    public void There_is_none_before_the_estimator_has_started() => Assert.Null(new Estimator(Setup).Posterior());

    [Fact]
    public void It_comes_back_from_a_checkpoint_and_from_json_to_the_bit()
    {
        var estimator = After(20);
        using var memory = new MemoryStream();
        using (var writer = new BinaryWriter(memory, System.Text.Encoding.UTF8, leaveOpen: true)) estimator.Write(writer);
        memory.Position = 0;
        using var reader = new BinaryReader(memory);
        var json = JsonSerializer.Serialize(estimator.Posterior());
        Assert.Equal(json, JsonSerializer.Serialize(Estimator.Read(Setup, reader).Posterior()));
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize<Posterior>(json)));
    }
}
