using System.Globalization;

namespace TwinModel.Tests.Physics;

/// <summary>Targets V1 to V7 and V9: the thermal components against closed forms.</summary>
public class ThermalCaseTests
{
    const double Length = 1.5, Bore = 0.06, Outer = 0.13;
    const double Steel = 7850.0 * 490;
    static readonly double BarrelArea = Math.PI / 4 * (Outer * Outer - Bore * Bore);

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    static readonly string Zone = Text($$"""
        axis: { length: 0.3 m, cells: 3 }
        inputs:
          - { id: power, quantity: power, unit: W, default: 200, range: [0, 4000] }
          - { id: room, quantity: temperature, unit: degC, default: 25, range: [-20, 60] }
        components:
          - { id: air, type: ambient, connect: { temperature: room } }
          - { id: zone, type: thermal-mass, parameters: { heat-capacity: "{{Steel * BarrelArea * 0.3}} J/K" } }
          - { id: heater, type: heat-source, connect: { power: power, to: zone } }
          - { id: cover, type: convection, connect: { from: zone, to: air }, parameters: { coefficient: 8 W/(m2 K), area: "{{Math.PI * Outer * 0.3}} m2" } }
        """);

    [Fact]
    public void V1_A_heated_lump_rises_with_one_time_constant()
    {
        (double Time, double Temperature)[] course = [(600, 34.716308), (3600, 76.782907), (36000, 218.120780)];
        foreach (var (time, temperature) in course)
            Assert.Equal(temperature, new PhysicsCase(Zone).RunTo(time, 1e-10)["zone.temperature"], 2e-6);
        var steady = new PhysicsCase(Zone).Settle();
        Assert.Equal(229.044799, steady["zone.temperature"], 1e-6);
        Assert.InRange(steady.Imbalance, 0, 1e-12);
        Assert.InRange(new PhysicsCase(Zone, withEnergy: true).Closure(3600, 1e-4), 0, 1e-6);
    }

    const string Fin = """
        axis: { length: 1.5 m, cells: 50 }
        inputs:
          - { id: room, quantity: temperature, unit: degC, default: 25, range: [-20, 60] }
        components:
          - { id: air, type: ambient, connect: { temperature: room } }
          - { id: barrel, type: wall, parameters: { inner-diameter: 60 mm, outer-diameter: 130 mm, conductivity: 40 W/(m K), density: 7850 kg/m3, specific-heat: 490 J/(kg K) } }
          - { id: base, type: end-contact, connect: { wall: barrel }, parameters: { conductance: 1e12 W/K, temperature: 200 degC } }
          - { id: cover, type: convection, connect: { from: barrel, to: air }, parameters: { coefficient: 8 W/(m2 K), diameter: 130 mm } }
        """;

    [Fact]
    public void V2_A_barrel_held_at_one_end_is_a_fin()
    {
        var m = Math.Sqrt(8 * Math.PI * Outer / (40 * BarrelArea));
        Assert.Equal(4.194518, m * Length, 1e-6);
        double Exact(double z) => 25 + 175 * Math.Cosh(m * (Length - z)) / Math.Cosh(m * Length);
        Assert.Equal(100.707058, Exact(0.3), 1e-6);
        (int Cells, double Error)[] grids = [(50, 0.1454), (100, 0.03741), (200, 0.009487)];
        List<double> errors = [];
        foreach (var (cells, error) in grids)
        {
            var fin = new PhysicsCase(Fin, cells).Settle();
            errors.Add(fin.Profile("barrel.temperature").Select((t, i) => Math.Abs(t - Exact(fin.Model.Axis.Centre(i)))).Max());
            Assert.Equal(error, errors[^1], 5e-4 * error);
            Assert.InRange(fin.Imbalance, 0, 1e-12);
        }
        Assert.All([.. errors.Zip(errors.Skip(1), (a, b) => Math.Log2(a / b))], order => Assert.InRange(order, 1.9, 2.1));
        var fine = new PhysicsCase(Fin, 800).Settle();
        Assert.Equal(204.377434, fine["base.heat"], 0.05);
        Assert.Equal(30.276101, fine.Profile("barrel.temperature")[^1], 1e-3);
        Assert.InRange(new PhysicsCase(Fin, 50, withEnergy: true).Closure(7200, 1e-4), 0, 1e-6);
    }

    // 50 kg/h of melt in a tube; the wall is held at 200 degC.
    static string Tube(string heats, string power = "0", int order = 2) => Text($$"""
        axis: { length: 1.5 m, cells: 100 }
        inputs:
          - { id: flow, quantity: mass-flow, unit: kg/h, default: 50, range: [0, 500] }
          - { id: inlet, quantity: temperature, unit: degC, default: 180, range: [0, 300] }
          - { id: wall, quantity: temperature, unit: degC, default: 200, range: [0, 300] }
          - { id: power, quantity: power, unit: W, default: {{power}}, range: [0, 10000] }
        components:
          - { id: steel, type: ambient, connect: { temperature: wall } }
          - { id: melt, type: stream, connect: { mass-flow: flow, inlet-temperature: inlet }, parameters: { specific-heat: 2550 J/(kg K), mass-per-length: 1 kg/m, order: "{{order}}", initial-temperature: 180 degC } }
        """) + "\n" + heats;

    const string Exchange =
        "  - { id: film, type: convection, connect: { from: steel, to: melt }, parameters: { coefficient: 170 W/(m2 K), diameter: 60 mm } "
            + "}\n";
    const string Friction = "  - { id: friction, type: heat-source, connect: { power: power, to: melt } }\n";
    const string SofteningFriction =
        "  - { id: friction, type: heat-source, connect: { power: power, to: melt }, parameters: { temperature-coefficient: 0.011 1/K, "
            + "reference-temperature: 180 degC } }\n";

    public static TheoryData<string, string, string, double, double, double> Tubes => new()
    {
        { "V3 advection and exchange with a wall", Exchange, "0", 194.852227, 4.285e-4, 1.072e-4 },
        { "V4 with uniform dissipation", Exchange + Friction, "4500", 264.375912, 2.434e-3, 6.089e-4 },
        { "V5 adiabatic with falling viscosity", SofteningFriction, "4500", 259.498897, 1.242e-3, 3.126e-4 },
    };

    [Theory]
    [MemberData(nameof(Tubes))]
    public void V3_to_V5_A_stream_leaves_with_the_temperature_of_the_closed_form(
        string name, string heats, string power, double exact, double errorAt100, double errorAt200)
    {
        var errors = new[] { 100, 200 }.Select(cells =>
        {
            var tube = new PhysicsCase(Tube(heats, power), cells).Settle();
            Assert.InRange(tube.Imbalance, 0, 1e-12);
            return Math.Abs(tube["melt.outlet-temperature"] - exact);
        }).ToArray();
        // The published table gives four digits of the errors and six of the temperature.
        Assert.Equal(errorAt100, errors[0], 2e-6);
        Assert.Equal(errorAt200, errors[1], 2e-6);
        Assert.InRange(Math.Log2(errors[0] / errors[1]), 1.95, 2.05);
        Assert.True(new PhysicsCase(Tube(heats, power), 100, withEnergy: true).Set("inlet", 150).Closure(600, 1e-4) <= 1e-6, name);
    }

    [Fact]
    public void V3_First_order_upwind_is_of_first_order()
    {
        var errors = new[] { 100, 200, 400 }.Select(
            cells => Math.Abs(new PhysicsCase(Tube(Exchange, order: 1), cells).Settle()["melt.outlet-temperature"] - 194.852227)).ToArray();
        Assert.InRange(Math.Log2(errors[0] / errors[1]), 0.98, 1.01);
        Assert.InRange(Math.Log2(errors[1] / errors[2]), 0.98, 1.01);
    }

    [Fact]
    public void V6_A_cosine_in_an_insulated_barrel_decays_with_its_own_rate()
    {
        var barrel = new PhysicsCase("""
            axis: { length: 1.5 m, cells: 100 }
            components:
              - { id: barrel, type: wall, parameters: { inner-diameter: 60 mm, outer-diameter: 130 mm, conductivity: 40 W/(m K), density: 7850 kg/m3, specific-heat: 490 J/(kg K) } }
            """);
        barrel.SetState("barrel.temperature", z => 100 + 50 * Math.Cos(Math.PI * z / Length));
        var before = barrel.Run.StoredEnergy;
        barrel.RunTo(7200, 1e-11);
        var amplitudes = barrel.Profile("barrel.temperature")
            .Select((t, i) => (t - 100) / (50 * Math.Cos(Math.PI * barrel.Model.Axis.Centre(i) / Length))).ToArray();
        Assert.All(amplitudes, amplitude => Assert.Equal(0.72007215, amplitude, 1e-7));
        Assert.Equal(Math.Exp(-4.561540e-5 * 7200), amplitudes[0], 2e-5);
        Assert.Equal(before, barrel.Run.StoredEnergy, 1e-10 * before);
    }

    [Theory]
    [InlineData(50, 0.07033507, 0.51880832, 0.91559332)]
    [InlineData(200, 0.00126969, 0.50940342, 0.99634530)]
    public void V7_Transport_with_first_order_upwind_is_a_row_of_tanks(int cells, double early, double middle, double late)
    {
        // 1 kg/m over 1.5 m at 50 kg/h.
        var passage = 1.5 / (50.0 / 3600);
        double[] expected = [early, middle, late];
        for (var i = 0; i < 3; i++)
        {
            var tube = new PhysicsCase(Tube("", order: 1), cells).SetState("melt.temperature", _ => 0).Set("inlet", 100)
                .RunTo((0.8 + 0.2 * i) * passage, 1e-10);
            Assert.Equal(expected[i], tube["melt.outlet-temperature"] / 100, 2e-8);
        }
    }

    [Theory]
    [InlineData(12, 11.9888, 5.8337, 200.40)]
    [InlineData(18, 18.0306, 6.2033, 238.92)]
    [InlineData(24, 24.0806, 6.4095, 267.43)]
    [InlineData(30, 30.1360, 6.5418, 290.09)]
    public void V9_The_published_adiabatic_extruder_is_reproduced(double perMinute, double flow, double pressure, double rise)
    {
        // 80 mm diameter, 1.92 m long, channel 20 to 4 mm deep, viscosity 6.5e5 e^(-0.009 T): one root gives flow, pressure and temperature
        // rise.
        const double diameter = 0.08, b = 0.009, conductance = 1.2e-8, capacity = 1_072_000;
        var (speed, angle, viscosity) = (perMinute / 60, 20 * Math.PI / 180, 6.5e5 * Math.Exp(-b * 323.2));
        var width = Math.Tan(angle) * Math.PI * diameter * Math.Cos(angle) - 0.008;
        var length = 1.92 / Math.Sin(angle);
        var (mean, cubic) = (0.02 * 0.004 / 0.012, 0.02 * 0.004 * (0.02 * 0.004) / 0.012);
        var (drag, back) = (0.5 * Math.PI * diameter * width * mean * Math.Cos(angle), width * cubic / (12 * length));
        var shear = Math.Pow(Math.PI * diameter, 3) * Math.Sin(angle) / mean * (1 + Math.Pow(Math.Sin(angle), 2)) * length * viscosity
            * speed * speed;
        double Flow(double x) => drag * speed - back * shear * b / (capacity * conductance * x * Math.Log(x));
        var (low, high) = (1.01, 400.0);
        for (var i = 0; i < 200; i++)
        {
            var x = (low + high) / 2;
            if (Flow(x) * (x - 1) * capacity < b * shear) low = x;
            else high = x;
        }
        var q = Flow(low);
        Assert.Equal(flow, q * 1e6, 5.1e-5);
        Assert.Equal(pressure, q * viscosity / (conductance * low) / 1e6, 5.1e-5);
        Assert.Equal(rise, Math.Log(low) / b, 5.1e-3);

        // The same heat in a stream component: this would be the friction power at the inlet temperature.
        var tube = new PhysicsCase(Text($$"""
            axis: { length: 1.92 m, cells: 800 }
            inputs:
              - { id: flow, quantity: mass-flow, unit: kg/s, default: {{q * 1000}}, range: [0, 1] }
              - { id: inlet, quantity: temperature, unit: degC, default: 50.05, range: [0, 300] }
              - { id: power, quantity: power, unit: W, default: {{shear}}, range: [0, 1e9] }
            components:
              - { id: melt, type: stream, connect: { mass-flow: flow, inlet-temperature: inlet }, parameters: { specific-heat: 1072 J/(kg K), mass-per-length: 1 kg/m, initial-temperature: 200 degC } }
              - { id: friction, type: heat-source, connect: { power: power, to: melt }, parameters: { temperature-coefficient: 0.009 1/K, reference-temperature: 50.05 degC } }
            """)).Settle();
        Assert.Equal(rise, tube["melt.outlet-temperature"] - 50.05, 0.02);
    }
}
