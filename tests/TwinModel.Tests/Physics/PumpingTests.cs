using System.Globalization;

namespace TwinModel.Tests.Physics;

/// <summary>
/// Target V8 and the balance of shaft power: screw, channel and die in the limit of a Newtonian melt of constant viscosity.
/// </summary>
public class PumpingTests
{
    static string Extruder(double diameter, double length, double depth, double degrees, double viscosity, double dieDiameter, double dieLength) => FormattableString.Invariant($$"""
        axis: { length: "{{length}} m", cells: 50 }
        inputs:
          - { id: speed, quantity: rotational-speed, unit: 1/s, default: 1, range: [0, 10] }
          - { id: room, quantity: temperature, unit: degC, default: 25, range: [-20, 60] }
        components:
          - { id: air, type: ambient, connect: { temperature: room } }
          - id: melt
            type: polymer
            parameters:
              melt-density: 760 kg/m3
              solid-specific-heat: 2000 J/(kg K)
              melt-specific-heat: 2000 J/(kg K)
              melting-start: 30 degC
              melting-end: 40 degC
              melting-enthalpy: 20 kJ/kg
              smoothing: 0.001 J/kg
              consistency: "{{viscosity}} Pa s^n"
              exponent: "1"
              temperature-coefficient: 0 1/K
              viscosity-temperature: 180 degC
          - id: screw
            type: screw
            connect: { speed: speed }
            parameters:
              diameter: "{{diameter}} m"
              lead: "{{Math.PI * diameter * Math.Tan(degrees * Math.PI / 180)}} m"
              flight-width: 0 mm
              feed-depth: "{{depth}} m"
              metering-depth: "{{depth}} m"
              clearance: 0.1 mm
              feed-end: 0 mm
              compression-end: 1e-9 m
          - { id: barrel, type: wall, parameters: { inner-diameter: "{{diameter}} m", outer-diameter: "{{2 * diameter}} m", conductivity: 40 W/(m K), density: 7850 kg/m3, specific-heat: 490 J/(kg K) } }
          - { id: root, type: wall, connect: { screw: screw }, parameters: { conductivity: 40 W/(m K), density: 7850 kg/m3, specific-heat: 490 J/(kg K) } }
          - { id: cover, type: convection, connect: { from: barrel, to: air }, parameters: { coefficient: 20 W/(m2 K), diameter: "{{2 * diameter}} m" } }
          - id: channel
            type: melt-channel
            connect: { screw: screw, polymer: melt, barrel: barrel, root: root, die: die, feed-temperature: room }
            parameters: { melt-coefficient: 200 W/(m2 K), solid-coefficient: 200 W/(m2 K), root-coefficient: 200 W/(m2 K), film-thickness: 0.3 mm, film-share: "0.5", solid-friction: 30 kPa }
          - { id: die, type: die, connect: { channel: channel }, parameters: { radius: "{{dieDiameter / 2}} m", land-length: "{{dieLength}} m", bulk-modulus: 1000 MPa, head-volume: 500 cm3 } }
          - { id: drive, type: drive, connect: { channel: channel }, parameters: { efficiency: "1", idle-loss: 0 J } }
        """);

    static double CubicMillimetres(PhysicsCase extruder) => extruder["channel.mass-flow"] / 760 * 1e9;

    [Theory]
    [InlineData(0.075, 1.9, 0.006, 20, 100, 0.0065, 0.020, 53528.0, 20.499705, 2.183286, 47827.1)]
    [InlineData(0.120, 2.8, 0.0065, 17, 200, 0.0035, 0.0125, 129144.9, 98.0629, 46.2853, 68189.1)]
    public void V8_The_text_books_pumps_have_their_drag_flow_largest_pressure_and_operating_point(
        double diameter, double length, double depth, double degrees, double viscosity, double dieDiameter, double dieLength,
        double dragFlow, double largestPressure, double pressure, double flow)
    {
        var extruder = new PhysicsCase(Extruder(diameter, length, depth, degrees, viscosity, dieDiameter, dieLength));
        Assert.Equal(dragFlow, CubicMillimetres(extruder.SetState("die.pressure", _ => 0)), 0.06);
        Assert.Equal(dragFlow * (1 - 7 / largestPressure), CubicMillimetres(extruder.SetState("die.pressure", _ => 7e6)), 0.1);
        Assert.Equal(dragFlow * 1e-3, CubicMillimetres(extruder.SetState("die.pressure", _ => 0.999 * largestPressure * 1e6)), 0.1);
        extruder.Settle();
        Assert.Equal(pressure, extruder["die.pressure"] / 1e6, 1e-5 * pressure);
        Assert.Equal(flow, CubicMillimetres(extruder), 0.2);
        Assert.InRange(extruder.Imbalance, 0, 1e-12);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5e6)]
    [InlineData(15e6)]
    public void The_shaft_gives_what_plane_flow_dissipates_and_pumps(double pressure)
    {
        var extruder = new PhysicsCase(Extruder(0.075, 1.9, 0.006, 20, 100, 0.0065, 0.020));
        extruder.SetState("channel.enthalpy", _ => 500e3).SetState("barrel.temperature", _ => 250).SetState("die.pressure", _ => pressure);
        var (surface, back) = (Math.PI * 0.075, 1 - extruder["channel.flow-ratio"]);
        var (along, across) = (surface * Math.Cos(20 * Math.PI / 180), surface * Math.Sin(20 * Math.PI / 180));
        // Couette flow with back flow along the channel, and circulation across it.
        var perMetre = surface * 100 / 0.006 * (along * along * (1 + 3 * back * back) + 4 * across * across);
        Assert.All(extruder.Profile("channel.dissipation"), dissipation => Assert.Equal(perMetre, dissipation, 1e-7 * perMetre));
        var pumped = extruder["channel.mass-flow"] / 760 * pressure;
        Assert.Equal(perMetre * 1.9 + pumped, extruder["drive.shaft-power"], 1e-7 * perMetre);
    }
}
