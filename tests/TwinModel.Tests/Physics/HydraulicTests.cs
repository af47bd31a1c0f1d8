namespace TwinModel.Tests.Physics;

/// <summary>Pump, pipe, valve, tank and motor against closed forms.</summary>
public class HydraulicTests
{
    const double Density = 998, Gravity = 9.80665;

    // Shut-off head 20 m and 14 m at 2 l/s, Kv 10 m³/h, 12 m of pipe of 40 mm; a slip too small to matter.
    const string Loop = """
        inputs:
          - { id: command, quantity: ratio, unit: "1", default: 1, range: [0, 2] }
          - { id: opening, quantity: ratio, unit: "1", default: 1, range: [0, 1] }
          - { id: room, quantity: temperature, unit: degC, default: 20, range: [-20, 120] }
        components:
          - { id: air, type: ambient, connect: { temperature: room } }
          - { id: water, type: tank, parameters: { cross-section: 0.1 m2, initial-level: 200 mm } }
          - { id: body, type: thermal-mass, parameters: { heat-capacity: 9 kJ/K, initial-temperature: 20 degC } }
          - { id: water-loss, type: contact, connect: { from: water, to: air }, parameters: { conductance: 30 W/K } }
          - { id: body-loss, type: contact, connect: { from: body, to: air }, parameters: { conductance: 4 W/K } }
          - { id: pipe, type: pipe, connect: { fluid: water }, parameters: { length: 12 m, diameter: 40 mm, friction-factor: "0.02", guess-flow: 2 l/s } }
          - { id: motor, type: motor, connect: { command: command, to: body }, parameters: { synchronous-speed: 3000 1/min, rated-power: 500 W, rated-slip: "1e-9", efficiency: "0.8", standing-loss: 20 W, idle-loss: 0.5 J } }
          - id: pump
            type: pump
            connect: { path: pipe, shaft: motor, fluid: water }
            parameters:
              rated-speed: 3000 1/min
              shut-off-head: 20 m
              rated-head: 14 m
              rated-flow: 2 l/s
              shut-off-power: 200 W
              rated-power: 450 W
              required-suction-head: 3 m
          - { id: valve, type: valve, connect: { path: pipe, opening: opening, fluid: water }, parameters: { flow-coefficient: 10 m3/h } }
        """;

    // Pressure lost per square of the flow, Pa s²/m⁶.
    static readonly double PipeLoss = 0.02 * 12 / 0.04 * 0.5 * Density / Math.Pow(Math.PI / 4 * 0.04 * 0.04, 2);
    static readonly double ValveLoss = 100 * Density / Math.Pow(10 / 3600.0, 2);
    static readonly double PumpFall = Density * Gravity * (20 - 14) / Math.Pow(2e-3, 2);
    static readonly double ShutOff = Density * Gravity * 20;

    static PhysicsCase Settled(double command = 1, double opening = 1) => new PhysicsCase(Loop).Set("command", command)
        .Set("opening", opening).SetState("motor.speed", _ => 50 * command).SetState("pipe.flow", _ => 2e-3).Settle();

    [Fact]
    public void The_flow_is_where_pump_and_system_curve_meet()
    {
        var at = Settled();
        var flow = Math.Sqrt(ShutOff / (PumpFall + PipeLoss + ValveLoss));

        Assert.Equal(flow, at["pipe.flow"], 1e-9);
        Assert.Equal(20 - 6 * Math.Pow(flow / 2e-3, 2), at["pump.head"], 1e-6);
        Assert.Equal(at["pump.pressure"], at["pipe.pressure-loss"] + at["valve.pressure-loss"], 1e-3);
        Assert.Equal(at["pump.pressure"] * flow / (200 + 250 * flow / 2e-3), at["pump.efficiency"], 1e-6);
    }

    [Fact]
    public void A_faster_pump_follows_the_affinity_laws()
    {
        var (one, faster) = (Settled(), Settled(1.15));

        Assert.Equal(1.15, faster["pipe.flow"] / one["pipe.flow"], 1e-6);
        Assert.Equal(1.3225, faster["pump.head"] / one["pump.head"], 1e-6);
        Assert.Equal(1.520875, faster["pump.shaft-power"] / one["pump.shaft-power"], 1e-6);
        Assert.Equal(one["pump.efficiency"], faster["pump.efficiency"], 1e-6);
    }

    [Fact]
    public void A_column_of_water_starts_as_a_hyperbolic_tangent()
    {
        var end = Math.Sqrt(ShutOff / (PumpFall + PipeLoss + ValveLoss));
        var inertance = Density * 12 / (Math.PI / 4 * 0.04 * 0.04);
        foreach (var time in new[] { 0.2, 0.7, 2 })
        {
            var at = new PhysicsCase(Loop).SetState("motor.speed", _ => 50).RunTo(time, 1e-11);
            Assert.Equal(end * Math.Tanh(time * ShutOff / (inertance * end)), at["pipe.flow"], 1e-6 * end);
        }
    }

    [Fact]
    public void A_pump_against_a_closed_valve_heats_the_water_with_all_it_takes()
    {
        var closed = new PhysicsCase(Loop).Set("opening", 0).SetState("motor.speed", _ => 50).RunTo(100, 1e-9);
        var capacity = Density * 4182 * 0.1 * 0.2;

        // What leaks is a thousandth of the flow of an open valve.
        var power = 200 + 250 * closed["pipe.flow"] / 2e-3;
        Assert.Equal(20 + power / 30.0 * (1 - Math.Exp(-100 * 30 / capacity)), closed["water.temperature"], 1e-4);
        Assert.InRange(closed["pipe.flow"], 0, 1e-5);
    }

    [Fact]
    public void Electric_power_is_what_leaves_as_heat()
    {
        var at = Settled();

        Assert.Equal(at["pump.shaft-power"] / 0.8 + 20 + 0.5 * 50, at["motor.power"], 1e-6);
        Assert.Equal(at["motor.power"], at["water-loss.heat"] + at["body-loss.heat"], 1e-3);
        Assert.Equal(at["pump.shaft-power"], at["water-loss.heat"], 1e-3);
        var moved = new PhysicsCase(Loop, withEnergy: true).SetState("motor.speed", _ => 50);
        Assert.InRange(moved.Closure(300, 1e-7), 0, 1e-5);
    }

    [Fact]
    public void The_shaft_slips_in_proportion_to_the_torque()
    {
        var slipping = new PhysicsCase(Loop.Replace("rated-slip: \"1e-9\"", "rated-slip: \"0.05\"", StringComparison.Ordinal)
            .Replace("3000 1/min, rated-power: 500 W", "3000 1/min, rated-power: 400 W", StringComparison.Ordinal)).Settle();
        var rated = 400 / (2 * Math.PI * 50 * 0.95);

        Assert.Equal(0.05 * slipping["motor.torque"] / rated, slipping["motor.slip"], 1e-9);
        Assert.Equal(slipping["pump.shaft-power"], slipping["motor.shaft-power"], 1e-6);
    }

    [Fact]
    public void Hot_water_boils_at_the_inlet_of_a_pump_that_needs_head()
    {
        double MarginAt(double celsius) => new PhysicsCase(Loop).Set("room", celsius).SetState("water.temperature", _ => celsius)
            .SetState("pipe.flow", _ => 2e-3).SetState("motor.speed", _ => 50)["pump.suction-margin"];

        // 2 339 Pa at 20 °C and 101 325 Pa at 100 °C in steam tables.
        Assert.Equal((101_325 - 2_339) / (Density * Gravity) - 3, MarginAt(20), 0.01);
        Assert.InRange(MarginAt(98), -3.5, -1.5);
    }

    [Fact]
    public void A_valve_of_equal_percentage_loses_by_the_same_ratio_for_each_step()
    {
        var model = Loop.Replace("flow-coefficient: 10 m3/h", "flow-coefficient: 10 m3/h, rangeability: \"50\"", StringComparison.Ordinal);
        double Loss(double opening) =>
            new PhysicsCase(model).Set("opening", opening).SetState("pipe.flow", _ => 2e-3)["valve.pressure-loss"];

        Assert.Equal(ValveLoss * 4e-6, Loss(1), 1e-6);
        Assert.Equal(Math.Pow(50, 0.4), Loss(0.5) / Loss(0.7), 1e-9);
    }

    [Fact]
    public void A_tank_empties_by_Torricellis_law()
    {
        const string tank = """
            inputs:
              - { id: opening, quantity: ratio, unit: "1", default: 1, range: [0, 1] }
            components:
              - { id: pipe, type: pipe, parameters: { length: 20 mm, diameter: 50 mm, friction-factor: "1e-9" } }
              - { id: tank, type: tank, connect: { outflow: pipe }, parameters: { cross-section: 1 m2, initial-level: 2 m } }
              - { id: valve, type: valve, connect: { path: pipe, opening: opening }, parameters: { flow-coefficient: 5 m3/h } }
            """;
        // Q = Kv √(ρ g h / (100 ρ)): the root of the level falls in a straight line.
        var rate = 5 / 3600.0 * Math.Sqrt(Gravity / 100);
        var root = Math.Sqrt(2) - 0.5 * rate * 1000;
        var emptied = new PhysicsCase(tank).RunTo(1000, 1e-9);
        Assert.Equal(root * root, emptied["tank.level"], 1e-4);
        Assert.InRange(new PhysicsCase(tank, withEnergy: true).Closure(500, 1e-7), 0, 1e-5);
    }

    [Fact]
    public void A_tank_takes_the_temperature_of_what_flows_in()
    {
        // A lake five metres above feeds a tank as fast as its five metres drain it.
        const string mixing = """
            inputs:
              - { id: inlet, quantity: temperature, unit: degC, default: 60, range: [0, 90] }
              - { id: opening, quantity: ratio, unit: "1", default: 1, range: [0, 1] }
            components:
              - { id: feed, type: pipe, parameters: { length: 20 mm, diameter: 50 mm, friction-factor: "1e-9" } }
              - { id: drain, type: pipe, parameters: { length: 20 mm, diameter: 50 mm, friction-factor: "1e-9" } }
              - { id: inlet-valve, type: valve, connect: { path: feed, opening: opening }, parameters: { flow-coefficient: 5 m3/h } }
              - { id: outlet-valve, type: valve, connect: { path: drain, opening: opening }, parameters: { flow-coefficient: 5 m3/h } }
              - { id: lake, type: tank, connect: { outflow: feed }, parameters: { cross-section: 100000 m2, initial-level: 5 m } }
              - { id: tank, type: tank, connect: { inflow: feed, outflow: drain, inlet-temperature: inlet }, parameters: { cross-section: 0.2 m2, initial-level: 5 m } }
            """;
        var flow = 5 / 3600.0 * Math.Sqrt(5 * Gravity / 100);
        var mixed = new PhysicsCase(mixing).RunTo(1000, 1e-9);

        Assert.Equal(60 - 40 * Math.Exp(-flow * 1000 / (0.2 * 5)), mixed["tank.temperature"], 1e-3);
        Assert.Equal(5, mixed["tank.level"], 1e-3);
        Assert.InRange(new PhysicsCase(mixing, withEnergy: true).Closure(300, 1e-7), 0, 1e-5);
    }

    [Theory]
    [InlineData("flow-coefficient: 10 m3/h", "flow-coefficient: 10 m3/h, rangeability: \"0.5\"",
        "rangeability is 0.5; allowed: 0, or above 1.")]
    [InlineData("connect: { path: pipe, shaft: motor, fluid: water }", "connect: { path: water, shaft: motor }", "water")]
    public void What_does_not_fit_is_refused(string was, string becomes, string message) => Assert.Contains(
        message, Assert.ThrowsAny<Exception>(() => new PhysicsCase(Loop.Replace(was, becomes, StringComparison.Ordinal))).Message,
        StringComparison.Ordinal);
}
