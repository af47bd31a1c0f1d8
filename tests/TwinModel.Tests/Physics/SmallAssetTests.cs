namespace TwinModel.Tests.Physics;

/// <summary>Two assets other than the extruder, made of the same components: a controlled lump and a counterflow heat exchanger.</summary>
public class SmallAssetTests
{
    // A barrel zone as one lump.
    const double Capacity = 12054, Loss = 0.98, Power = 1000, Gain = 0.05, IntegralTime = 600;

    const string Zone = """
        axis: { length: 0.3 m, cells: 3 }
        inputs:
          - { id: set-point, quantity: temperature, unit: degC, default: 200, range: [20, 300] }
          - { id: room, quantity: temperature, unit: degC, default: 25, range: [-20, 60] }
        components:
          - { id: air, type: ambient, connect: { temperature: room } }
          - { id: heater, type: heat-source, connect: { power: controller.power, to: zone } }
          - { id: controller, type: pi-controller, connect: { measured: zone.temperature, set-point: set-point }, parameters: { gain: 0.05 1/K, integral-time: 600 s, maximum-power: 1 kW } }
          - { id: cover, type: convection, connect: { from: zone, to: air }, parameters: { coefficient: 9.8 W/(m2 K), area: 0.1 m2 } }
          - { id: zone, type: thermal-mass, parameters: { heat-capacity: 12054 J/K } }
        signals:
          - { id: zone-temperature, from: zone.temperature, unit: degC }
          - { id: heater-power, from: heater.power, unit: kW }
        targets:
          - { id: temperature, signal: zone-temperature, input: set-point }
        """;

    [Fact]
    public void A_controlled_lump_settles_on_its_set_point_with_the_power_of_its_loss()
    {
        var zone = new PhysicsCase(Zone).Settle();
        Assert.Equal(200, zone["zone.temperature"], 1e-9);
        Assert.Equal(Loss * 175, zone["heater.power"], 1e-7);
        Assert.InRange(zone.Imbalance, 0, 1e-12);
    }

    [Fact]
    public void After_a_step_of_the_set_point_it_swings_as_the_linear_loop_does()
    {
        var (damping, stiffness) = ((Power * Gain + Loss) / Capacity, Power * Gain / (IntegralTime * Capacity));
        var frequency = Math.Sqrt(stiffness - damping * damping / 4);
        double Error(double t) =>
            Math.Exp(-damping * t / 2)
                * (-5 * Math.Cos(frequency * t) + (5 * Power * Gain / Capacity - 2.5 * damping) / frequency * Math.Sin(frequency * t));
        foreach (var time in new[] { 60.0, 300, 900, 1800, 3600 })
            Assert.Equal(205 + Error(time), new PhysicsCase(Zone).Settle().Set("set-point", 205).RunTo(time, 1e-10)["zone.temperature"],
                1e-6);
    }

    [Fact]
    public void A_cold_start_at_full_power_overshoots_by_little_and_loses_no_energy()
    {
        var zone = new PhysicsCase(Zone);
        var hottest = Enumerable.Range(1, 60).Max(i => zone.RunTo(60.0 * i, 1e-6, 60.0 * (i - 1))["zone.temperature"]);
        Assert.InRange(hottest, 200, 206);
        Assert.InRange(new PhysicsCase(Zone, withEnergy: true).Closure(7200, 1e-4), 0, 1e-6);
    }

    static string Exchanger(double coldFlow, double fouling = 0) => FormattableString.Invariant($$"""
        axis: { length: 2 m, cells: 200 }
        inputs:
          - { id: hot-flow, quantity: mass-flow, unit: kg/s, default: 0.1, range: [0, 1] }
          - { id: cold-flow, quantity: mass-flow, unit: kg/s, default: {{coldFlow}}, range: [0, 1] }
          - { id: hot-inlet, quantity: temperature, unit: degC, default: 90, range: [0, 100] }
          - { id: cold-inlet, quantity: temperature, unit: degC, default: 10, range: [0, 100] }
        components:
          - { id: hot, type: stream, connect: { mass-flow: hot-flow, inlet-temperature: hot-inlet }, parameters: { specific-heat: 4 kJ/(kg K), mass-per-length: 0.3 kg/m } }
          - { id: cold, type: stream, connect: { mass-flow: cold-flow, inlet-temperature: cold-inlet }, parameters: { specific-heat: 4 kJ/(kg K), mass-per-length: 0.3 kg/m, reverse: "1" } }
          - { id: tube, type: wall, parameters: { inner-diameter: 20 mm, outer-diameter: 24 mm, conductivity: 1e-9 W/(m K), density: 8000 kg/m3, specific-heat: 500 J/(kg K) } }
          - { id: inside, type: convection, connect: { from: hot, to: tube }, parameters: { coefficient: "{{800 / (Math.PI * 0.02)}} W/(m2 K)", diameter: 20 mm } }
          - { id: outside, type: convection, connect: { from: tube, to: cold }, parameters: { coefficient: "{{1 / (Math.PI * 0.024 / 800 + fouling)}} W/(m2 K)", diameter: 24 mm } }
        signals:
          - { id: hot-outlet, from: hot.outlet-temperature, unit: degC }
          - { id: cold-outlet, from: cold.outlet-temperature, unit: degC }
          - { id: tube-temperature, from: tube.temperature, unit: degC }
        """);

    static double Effectiveness(PhysicsCase exchanger) => (90 - exchanger["hot.outlet-temperature"]) / 80;

    [Theory]
    [InlineData(0.2, 0.7746003)]
    [InlineData(0.1, 2.0 / 3)]
    public void A_counterflow_heat_exchanger_with_two_transfer_units_has_its_effectiveness(double coldFlow, double effectiveness)
    {
        var errors = new[] { 50, 100, 200 }.Select(cells =>
        {
            var exchanger = new PhysicsCase(Exchanger(coldFlow), cells).Settle();
            Assert.InRange(exchanger.Imbalance, 0, 1e-12);
            Assert.Equal(0.1 * (90 - exchanger["hot.outlet-temperature"]), coldFlow * (exchanger["cold.outlet-temperature"] - 10), 1e-9);
            return Math.Abs(Effectiveness(exchanger) - effectiveness);
        }).ToArray();
        Assert.InRange(errors[2], 0, 2e-5);
        // With equal heat capacity rates the leading errors cancel, and the remainder has no clear order.
        if (coldFlow == 0.1) return;
        Assert.InRange(Math.Log2(errors[0] / errors[1]), 1.8, 2.2);
        Assert.InRange(Math.Log2(errors[1] / errors[2]), 1.8, 2.2);
    }

    [Fact]
    public void Fouling_lowers_its_transfer_by_its_resistance()
    {
        // Clean: 1/UA = 1/800 W/K; fouling adds its resistance over the same surface.
        const double resistance = 1e-4;
        var units = 1 / (1.0 / 800 + resistance / (Math.PI * 0.024 * 2)) / 400;
        var expected = units / (1 + units);
        Assert.Equal(expected, Effectiveness(new PhysicsCase(Exchanger(0.1, resistance)).Settle()), 2e-5);
    }

    [Fact]
    public void Started_from_cold_it_loses_no_energy() =>
        Assert.InRange(new PhysicsCase(Exchanger(0.2), 50, withEnergy: true).Closure(600, 1e-4), 0, 1e-6);

    [Fact]
    public void The_same_run_on_many_threads_at_once_gives_the_same_bits()
    {
        var exchanger = new long[8][];
        var extruder = new long[8][];
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            exchanger[i] = Bits(new PhysicsCase(Exchanger(0.2), 50).RunTo(60, 1e-5).State);
            var line = new Extruder(50).Settle(80);
            line.Set("screw-speed", 91.8 / 60);
            new TwinModel.Solvers.Rodas3(line.Model.Equations.Shape).Integrate(line.Run, line.State, 0, 600, new(new(1e-4)));
            extruder[i] = Bits(line.State);
        });
        Assert.All(exchanger, bits => Assert.Equal(exchanger[0], bits));
        Assert.All(extruder, bits => Assert.Equal(extruder[0], bits));
    }

    static long[] Bits(double[] state) => [.. state.Select(BitConverter.DoubleToInt64Bits)];
}
