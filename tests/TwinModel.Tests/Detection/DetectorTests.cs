using TwinModel.Assets;
using TwinModel.Estimation;
using TwinModel.Telemetry;
using TwinModel.Uncertainty;

namespace TwinModel.Tests.Detection;

/// <summary>Detectors as a model declares them: signals, limits on them, late readings.</summary>
public class DetectorTests
{
    const string Yaml = """
        schema: pollux/asset-model/1
        id: pump
        name: Pump
        version: 1
        components:
          - { id: pump, kind: pump, name: Pump }
        sensors:
          - { id: pressure, number: 1, component: pump, quantity: pressure, unit: bar, physical: [-1, 50], plausible: [0, 10], interval: 1s, noise: 0.1 }
          - { id: flow, number: 2, component: pump, quantity: volume-flow, unit: l/min, physical: [-10, 900], plausible: [0, 200], interval: 1s, noise: 0.1 }
          - { id: bypass, number: 3, component: pump, quantity: volume-flow, unit: l/min, physical: [-10, 900], plausible: [0, 200], interval: 1s, noise: 0.1 }
        limits:
          - { id: departed, signal: departure, above: 5, clear: 3, severity: warning, message: Something is different }
        detectors:
          - { id: departure, name: departure from normal, sensors: [pressure, flow, bypass], learn: 10min, memory: 20s }
        connections:
          - { topic: "pollux/{asset}/senml", payload: senml }
        """;

    static readonly EstimationSetup Setup = new(ReadAssetModel.FromText(Yaml, "pump.asset.yaml"));

    static readonly long Start = Setup.TickOf(Given.T0) * Setup.TickMicros;

    // An hour, in which the bypass opens in the middle.
    static Reading[] Hour()
    {
        var random = new RandomStream(9, 0);
        List<Reading> readings = [];
        for (var s = 0; s < 3600; s += 2)
        {
            var (at, load) = (Start + s * Micros.PerSecond, random.NextNormal());
            readings.Add(new(1, at, 5 + 0.1 * load));
            readings.Add(new(2, at, 50 + load + 0.1 * random.NextNormal()));
            readings.Add(new(3, at, (s < 1800 ? 1 : 3) + 0.1 * random.NextNormal()));
        }
        return [.. readings];
    }

    static (TwinEstimate Estimate, string Hash) Folded(IEnumerable<Reading[]> batches)
    {
        var (twin, work) = (new EstimateTwin(Setup), new EstimationWorkspace(Setup));
        foreach (var batch in batches) twin.Step(batch, work);
        return (twin.Estimate(work)!, twin.Hash());
    }

    static double Of(TwinEstimate estimate, string signal) => estimate.Signals.Single(s => s.Id == signal).Value.Mean;

    [Fact]
    public void A_departure_is_a_signal_with_the_parts_of_the_quantities_and_a_limit_sees_it()
    {
        var readings = Hour();
        var before = Folded([readings[..(readings.Length / 2)]]).Estimate;
        Assert.InRange(Of(before, "departure"), 0, 3);
        Assert.False(Assert.Single(before.Limits).IsViolated);
        var after = Folded([readings]).Estimate;
        Assert.True(Of(after, "departure") > 5);
        Assert.InRange(Of(after, "departure-volume-flow"), 80, 100);
        Assert.Equal(100, Of(after, "departure-volume-flow") + Of(after, "departure-pressure"), 1e-6);
        Assert.True(after.Limits[0].IsViolated);
        // Within a tick and the average's memory of the change.
        Assert.InRange((after.Limits[0].Since!.Value - Micros.ToTime(Start)).TotalMinutes, 30, 31);
    }

    [Fact]
    public void While_it_learns_there_is_no_value()
    {
        var estimate = Folded([Hour()[..600]]).Estimate;
        Assert.True(double.IsNaN(Of(estimate, "departure")));
        Assert.True(double.IsNaN(Of(estimate, "departure-pressure")));
        Assert.False(estimate.Limits[0].IsViolated);
    }

    [Fact]
    public void Late_and_shuffled_readings_give_the_same_bits()
    {
        var readings = Hour();
        var inOrder = Folded([readings]).Hash;
        var random = new RandomStream(5, 0);
        // Shuffled within two minutes, in batches.
        var batches = readings.Chunk(180).Select(c => c.OrderBy(_ => random.NextBits()).ToArray()).ToArray();
        Assert.Equal(inOrder, Folded(batches).Hash);
        Assert.Equal(inOrder, Folded(batches.SelectMany(b => b.Chunk(7))).Hash);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(1500)]
    [InlineData(3000)]
    public void It_goes_on_from_a_checkpoint(int first)
    {
        var readings = Hour();
        var (twin, work) = (new EstimateTwin(Setup), new EstimationWorkspace(Setup));
        twin.Step(readings.AsSpan(0, first), work);
        var checkpoint = twin.Checkpoint!;
        var later = EstimateTwin.From(Setup, checkpoint);
        later.Step([.. readings.Where(r => r.SampledAt >= checkpoint.Tick * Setup.TickMicros)], work);
        Assert.Equal(Folded([readings]).Hash, later.Hash());
    }

    [Theory]
    [InlineData("learn: 10min", "learn: 3min", "detectors[0].learn", "must be 20 to 10000 ticks of 10 s")]
    [InlineData("learn: 10min, ", "", "detectors[0]", "learn")]
    [InlineData("memory: 20s", "memory: 2min", "detectors[0].memory", "a tenth of 'learn'")]
    [InlineData("memory: 20s", "memory: 5s", "detectors[0].memory", "from a tick (10 s)")]
    [InlineData("[pressure, flow, bypass]", "[pressure]", "detectors[0].sensors", "2")]
    [InlineData("[pressure, flow, bypass]", "[pressure, flow, flow]", "detectors[0].sensors[2]", "names 'flow' twice")]
    [InlineData("[pressure, flow, bypass]", "[pressure, flow, level]", "detectors[0].sensors[2]", "known: pressure, flow, bypass")]
    [InlineData("id: departure, name", "id: flow, name", "detectors[0].id", "flow")]
    [InlineData("memory: 20s", "memory: 20s, budget: 3", "detectors[0]", "unknown key 'budget'")]
    [InlineData("signal: departure", "signal: departed", "limits[0].signal", "departure")]
    public void What_is_wrong_is_named(string good, string bad, string path, string says)
    {
        var error = Assert.Throws<InvalidModelException>(
            () => ReadAssetModel.FromText(Yaml.Replace(good, bad, StringComparison.Ordinal), "pump.asset.yaml"));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }
}
