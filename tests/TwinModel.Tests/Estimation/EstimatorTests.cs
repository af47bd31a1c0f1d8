using System.Globalization;
using MathNet.Numerics.Distributions;
using TwinModel.Estimation;
using TwinModel.Telemetry;

namespace TwinModel.Tests.Estimation;

/// <summary>The shipped extrusion line, followed by the estimator; the machine is the same model with other parameters.</summary>
public class EstimatorTests(ITestOutputHelper output)
{
    // 90 % of a normal distribution lie within so many standard deviations.
    const double Band90 = 1.645;

    // In the twin experiment only noise is left between machine and model.
    static readonly EstimationSetup NoiseOnly = EstimatedPlant.SetupOf(NoiseDeviations);

    static readonly EstimationSetup Shipped = EstimatedPlant.SetupOf();

    static string NoiseDeviations(string yaml) => yaml
        .Replace("melt-temperature, deviation: 0.5", "melt-temperature, deviation: 0.3", StringComparison.Ordinal)
        .Replace("melt-pressure, deviation: 0.5", "melt-pressure, deviation: 0.2", StringComparison.Ordinal)
        .Replace("motor-power, deviation: 0.1", "motor-power, deviation: 0.03", StringComparison.Ordinal)
        .Replace("heater-power, deviation: 0.1", "heater-power, deviation: 0.02", StringComparison.Ordinal)
        .Replace("temperature, deviation: 0.3, bias", "temperature, deviation: 0.15, bias", StringComparison.Ordinal);

    sealed class Follower(EstimationSetup setup, EstimatedPlant plant)
    {
        readonly EstimationWorkspace work = new(setup);

        public Estimator Estimator { get; set; } = new(setup);

        public List<(double Nis, int Freedom)> Nis { get; } = [];

        public TwinEstimate Now => Estimator.Estimate(work)!;

        public TwinEstimate Follow(int ticks, Func<Reading, Reading>? change = null, Action<TwinEstimate>? see = null)
        {
            for (var t = 0; t < ticks; t++)
            {
                var readings = new TickReadings(setup);
                foreach (var reading in plant.Tick()) readings.Add(change?.Invoke(reading) ?? reading);
                Estimator.Step(setup.TickOf(EstimatedPlant.Origin) + plant.Ticks - 1, readings, work);
                Nis.Add((Estimator.Nis, Estimator.DegreesOfFreedom));
                see?.Invoke(Now);
            }
            return Now;
        }
    }

    static (EstimatedPlant Plant, Follower Follower) Start(
        EstimationSetup setup, ulong seed, params (string Parameter, double Factor)[] truth)
    {
        var plant = new EstimatedPlant(setup, seed, truth);
        return (plant, new(setup, plant));
    }

    static double Error(EstimatedPlant plant, LearnedEstimate learned)
    {
        var unit = Units.Unit.Of(Units.Unit.QuantityOf(learned.Unit), learned.Unit)!;
        return unit.ConvertTo(Units.Unit.OfCalculation(unit.Quantity), learned.Value.Mean) / plant[learned.Id] - 1;
    }

    static double Relative(LearnedEstimate learned) => learned.Value.StandardDeviation / learned.Value.Mean;

    void Show(EstimatedPlant plant, TwinEstimate now)
    {
        output.WriteLine($"NIS {now.Nis:F1} of {now.DegreesOfFreedom}, {now.Sync}");
        foreach (var learned in now.Learned)
        {
            output.WriteLine(learned.Kind == "parameter"
                ? string.Create(CultureInfo.InvariantCulture,
                    $"{learned.Id}: {100 * Error(plant, learned):F2} % ± {100 * Relative(learned):F2} %, {learned.Remaining:F2} remaining")
                : string.Create(CultureInfo.InvariantCulture,
                    $"{learned.Kind} {learned.Id}: {learned.Value.Mean:F2} ± {learned.Value.StandardDeviation:F2}"));
        }
    }

    static double InsideBand(IEnumerable<(double Nis, int Freedom)> course)
    {
        var ticks = course.ToList();
        return (double)ticks.Count(t => ChiSquared.CDF(t.Freedom, t.Nis) is >= 0.025 and <= 0.975) / ticks.Count;
    }

    [Fact]
    public void Two_hours_with_a_step_of_speed_tell_the_parameters_or_say_that_they_cannot()
    {
        var runs = new (EstimatedPlant Plant, Follower Follower)[4];
        Parallel.For(0, runs.Length, i =>
        {
            runs[i] = Start(NoiseOnly, (ulong)i + 1, ("channel.melt-coefficient", 1.2), ("polymer.consistency", 0.9));
            runs[i].Follower.Follow(360);
            runs[i].Plant.Set("screw-speed", 92 / 60.0);
            runs[i].Follower.Follow(360);
        });
        var covered = 0;
        foreach (var (plant, follower) in runs)
        {
            var now = follower.Now;
            Show(plant, now);
            var parameters = now.Learned.Where(l => l.Kind == "parameter").ToList();
            // Of 32 parameters, three lie outside their own 90 % band by chance, which is counted below.
            Assert.All(parameters, p => Assert.True(
                !p.IsIdentified || Math.Abs(Error(plant, p)) <= Math.Max(0.03, 3 * Relative(p)), p.ToString()));
            Assert.True(parameters.Single(p => p.Id == "polymer.consistency").IsIdentified);
            covered += parameters.Count(p => Math.Abs(Error(plant, p)) <= Band90 * Relative(p));
            var inside = InsideBand(follower.Nis);
            output.WriteLine($"NIS within its 95 % band in {inside:P1} of the ticks");
            Assert.InRange(inside, 0.9, 0.99);
            Assert.Equal(SyncState.InSync, now.Sync.State);
            var melt = now.Signals.Single(s => s.Id == "melt-temperature").Value;
            Assert.Equal(plant.Value("melt-temperature"), melt.Mean, 0.3);
        }
        Assert.InRange(covered, 25, 32);
    }

    [Fact]
    public void What_is_known_otherwise_lets_the_heat_transfer_be_told()
    {
        var setup = EstimatedPlant.SetupOf(yaml =>
        {
            var start = yaml.IndexOf("    - { parameter: channel.solid-coefficient", StringComparison.Ordinal);
            var end = yaml.IndexOf("  sensors:\n    - { signal: melt-temperature", StringComparison.Ordinal);
            return NoiseDeviations(yaml.Remove(start, end - start));
        });
        var (plant, follower) = Start(setup, 1, ("channel.melt-coefficient", 1.2), ("polymer.consistency", 0.9));
        follower.Follow(360);
        plant.Set("screw-speed", 92 / 60.0);
        var now = follower.Follow(360);
        Show(plant, now);
        Assert.All(now.Learned.Where(l => l.Kind == "parameter"), p =>
        {
            Assert.True(p.IsIdentified);
            Assert.InRange(Error(plant, p), -0.03, 0.03);
            Assert.InRange(Math.Abs(Error(plant, p)), 0, 2 * Relative(p));
        });
    }

    [Fact]
    public void Missing_sensors_leave_the_estimate_less_certain_but_right()
    {
        var (plant, follower) = Start(Shipped, 3, ("polymer.consistency", 0.9));
        foreach (var signal in (string[])["melt-temperature", "motor-power", "zone-2-temperature"]) plant.Silence(signal);
        var now = follower.Follow(90);
        Show(plant, now);
        Assert.Equal(7, now.DegreesOfFreedom);
        Assert.All(now.Innovations.Where(i => i.Signal is "melt-temperature" or "motor-power" or "zone-2-temperature"),
            i => Assert.Equal((LeftOut.Missing, null, null), (i.LeftOut, i.Measured, i.Deviation)));
        var (_, all) = Start(Shipped, 3, ("polymer.consistency", 0.9));
        var better = all.Follow(90).Signals.Single(s => s.Id == "melt-temperature").Value;
        var melt = now.Signals.Single(s => s.Id == "melt-temperature").Value;
        output.WriteLine($"{melt} with three sensors missing, {better} with all, true {plant.Value("melt-temperature")}");
        Assert.True(melt.StandardDeviation > better.StandardDeviation);
        Assert.InRange(Math.Abs(melt.Mean - plant.Value("melt-temperature")), 0, 3 * melt.StandardDeviation);
        Assert.Equal(SyncState.InSync, now.Sync.State);
    }

    [Fact]
    public void Without_any_sensor_nothing_is_said_about_sync_and_the_spread_grows()
    {
        var (_, follower) = Start(Shipped, 3);
        var before = follower.Follow(60).Signals.Single(s => s.Id == "melt-temperature").Value.StandardDeviation;
        var now = follower.Follow(60, r => r with { Quality = Quality.Bad });
        Assert.Equal((0, 0, SyncState.Unknown), (now.Nis, now.DegreesOfFreedom, now.Sync.State));
        Assert.Null(now.Sync.Since);
        Assert.True(now.Signals.Single(s => s.Id == "melt-temperature").Value.StandardDeviation > before);
    }

    [Fact]
    public void Uncertain_readings_count_less()
    {
        var (_, follower) = Start(Shipped, 3);
        var good = follower.Follow(20).Innovations[0].Deviation;
        var uncertain = follower.Follow(1, r => r with { Quality = Quality.Uncertain }).Innovations[0].Deviation;
        Assert.InRange(uncertain!.Value / good!.Value, 2, 3);
    }

    [Fact]
    public void A_frozen_sensor_is_left_out_and_named()
    {
        var (plant, follower) = Start(Shipped, 4);
        follower.Follow(30);
        plant.Freeze("zone-3-temperature");
        var now = follower.Follow(30);
        Assert.All(now.Innovations, i => Assert.Equal(LeftOut.No, i.LeftOut));
        now = follower.Follow(1);
        Assert.Equal(("zone-3-temperature", 9), (Assert.Single(now.Innovations, i => i.LeftOut == LeftOut.Frozen).Sensor,
            now.DegreesOfFreedom));
    }

    [Fact]
    public void A_biased_thermocouple_does_not_wreck_the_parameters()
    {
        var (plant, follower) = Start(Shipped, 5, ("polymer.consistency", 0.9));
        var before = follower.Follow(90);
        Show(plant, before);
        plant.Offset("zone-4-temperature", 4);
        List<string?> named = [];
        var now = follower.Follow(180, see: e => named.Add(e.Sync.Sensor));
        Show(plant, now);
        output.WriteLine(
            $"named after {named.IndexOf("zone-4-temperature") + 1} ticks, last after {named.LastIndexOf("zone-4-temperature") + 1}");
        Assert.InRange(named.IndexOf("zone-4-temperature"), 0, 5);
        Assert.Equal(4, now.Learned.Single(l => l.Kind == "bias" && l.Id == "zone-4-temperature").Value.Mean, 0.5);
        var consistency = now.Learned.Single(l => l.Id == "polymer.consistency");
        Assert.InRange(Error(plant, consistency), -0.02, 0.02);
        foreach (var (was, parameter) in before.Learned.Zip(now.Learned).Where(p => p.First.Kind == "parameter"))
            Assert.InRange(Math.Abs(Error(plant, parameter)), 0, Math.Max(2.5 * Relative(was), 0.02));
    }

    [Fact]
    public void A_lost_machine_is_called_lost_since_then_and_by_its_sensor()
    {
        var (plant, follower) = Start(Shipped, 6);
        Assert.Equal(SyncState.InSync, follower.Follow(60).Sync.State);
        var lastGood = plant.Ticks - 1;
        // The shown power jumps up by a third, which no parameter explains that fast.
        plant.Offset("motor-power", 0.33 * plant.Value("motor-power"));
        List<Sync> course = [];
        follower.Follow(12, see: e => course.Add(e.Sync));
        output.WriteLine(string.Join("\n", course));
        var lost = course.FindIndex(s => s.State == SyncState.Lost);
        Assert.InRange(lost, 0, 6);
        Assert.Equal("motor-power", course[lost].Sensor);
        Assert.Equal(Shipped.EndOf(Shipped.TickOf(EstimatedPlant.Origin) + lastGood + 1 + lost), course[lost].Since);
    }

    [Fact]
    public void A_restored_estimator_goes_on_with_the_same_bits()
    {
        var (_, first) = Start(Shipped, 7);
        first.Follow(20);
        var bytes = Bytes(first.Estimator);
        var (_, second) = Start(Shipped, 7);
        second.Follow(20);
        second.Estimator = Estimator.Read(Shipped, new BinaryReader(new MemoryStream(bytes)));
        Assert.Equal(bytes, Bytes(second.Estimator));
        first.Follow(10);
        second.Follow(10);
        Assert.Equal(Bytes(first.Estimator), Bytes(second.Estimator));
        Assert.NotEqual(bytes, Bytes(second.Estimator));
    }

    [Fact]
    public void Every_thread_gets_the_same_bits()
    {
        var hashes = new string[4];
        Parallel.For(0, hashes.Length, i =>
        {
            var (_, follower) = Start(Shipped, 8);
            follower.Follow(15);
            hashes[i] = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Bytes(follower.Estimator)));
        });
        Assert.Single(hashes.Distinct());
    }

    [Fact]
    public void A_member_is_the_start_of_a_scenario()
    {
        var (plant, follower) = Start(Shipped, 9, ("polymer.consistency", 0.9));
        follower.Follow(30);
        var consistency = Shipped.Compiled.Equations.Parameters.ToList().IndexOf("polymer.consistency");
        var members = Enumerable.Range(0, 50).Select(follower.Estimator.Member).ToList();
        Assert.Equal(plant["polymer.consistency"], members.Average(m => m.Parameters[consistency]), 0.02 * 526.7);
        Assert.Equal(50, members.Select(m => m.Parameters[consistency]).Distinct().Count());
        Assert.All(members, m => Assert.Equal((80 / 60.0, Shipped.States), (m.Inputs[0], m.State.Length)));
    }

    static byte[] Bytes(Estimator estimator)
    {
        using var memory = new MemoryStream();
        estimator.Write(new(memory));
        return memory.ToArray();
    }
}
