using TwinModel.Assets;
using TwinModel.Physics;

namespace TwinModel.Tests.Physics;

/// <summary>Lumps without an axis, against closed forms: contact, heater, radiation, and numbers that are the same.</summary>
public class LumpTests
{
    const double Conductance = 0.05, Capacity = 8, Power = 4, Room = 20, Emissivity = 0.8, Area = 0.002;

    const string Heated = """
        inputs:
          - { id: duty, quantity: ratio, unit: "%", default: 50, range: [0, 100] }
          - { id: room, quantity: temperature, unit: degC, default: 20, range: [-20, 60] }
        components:
          - { id: air, type: ambient, connect: { temperature: room } }
          - { id: body, type: thermal-mass, parameters: { heat-capacity: 8 J/K, initial-temperature: 20 degC } }
          - { id: heater, type: heater, connect: { duty: duty, to: body }, parameters: { maximum-power: 4 W } }
          - { id: loss, type: LOSS }
        """;

    static string With(string loss) => Heated.Replace("type: LOSS", loss, StringComparison.Ordinal);

    static readonly string InContact = With("type: contact, connect: { from: body, to: air }, parameters: { conductance: 0.05 W/K }");

    static readonly string Radiating =
        With("type: radiation, connect: { from: body, to: air }, parameters: { emissivity: '0.8', area: 2000 mm2 }");

    [Fact]
    public void A_heater_warms_a_lump_through_its_contact_with_one_time_constant()
    {
        foreach (var time in new[] { 10.0, 160, 1000 })
            Assert.Equal(
                Room + 0.5 * Power / Conductance * (1 - Math.Exp(-time * Conductance / Capacity)),
                new PhysicsCase(InContact).RunTo(time, 1e-10)["body.temperature"], 1e-7);
        var steady = new PhysicsCase(InContact).Settle();
        Assert.Equal((2, 2), (steady["heater.power"], Math.Round(steady["loss.heat"], 9)));
        Assert.InRange(new PhysicsCase(InContact, withEnergy: true).Closure(500, 1e-5), 0, 1e-7);
    }

    [Fact]
    public void A_lump_that_only_radiates_settles_where_it_loses_what_it_gets()
    {
        var room = Math.Pow(Room + 273.15, 4);
        var hot = Math.Pow(0.5 * Power / (5.670374419e-8 * Emissivity * Area) + room, 0.25) - 273.15;
        Assert.Equal(hot, new PhysicsCase(Radiating).Settle()["body.temperature"], 1e-7);
        Assert.InRange(new PhysicsCase(Radiating, withEnergy: true).Closure(2000, 1e-5), 0, 1e-6);
    }

    [Fact]
    public void Free_convection_cools_faster_the_hotter_a_lump_is()
    {
        // ΔT^(-1/4) grows linearly.
        var convecting = With("type: free-convection, connect: { from: body, to: air }, parameters: { conductance: 0.05 W/K }");
        foreach (var time in new[] { 60.0, 300, 900 })
        {
            var body = new PhysicsCase(convecting).Set("duty", 0).SetState("body.temperature", _ => Room + 80);
            body.RunTo(time, 1e-10);
            var left = Math.Pow(Math.Pow(80, -0.25) + Conductance / (4 * Capacity * Math.Pow(20, 0.25)) * time, -4);
            // Rounding the root off below a tenth of a kelvin changes it by 1e-5 of itself at 10 K.
            Assert.Equal(Room + left, body["body.temperature"], 1e-3);
        }
        // At the stated difference it is the conductance.
        var steady = new PhysicsCase(convecting).Set("duty", 0.25).Settle();
        Assert.Equal(Room + 20, steady["body.temperature"], 1e-3);
        Assert.Equal(Room, new PhysicsCase(convecting).Set("duty", 0).Settle()["body.temperature"], 1e-9);
        Assert.InRange(new PhysicsCase(convecting, withEnergy: true).Closure(500, 1e-5), 0, 1e-7);
    }

    [Fact]
    public void Radiation_into_the_cold_follows_the_inverse_cube()
    {
        // With the room at 0 K, 1/T³ grows linearly; 20 K above it is 1e-4 of it at most.
        var body = new PhysicsCase(Radiating.Replace("range: [-20, 60]", "range: [-274, 60]", StringComparison.Ordinal))
            .Set("duty", 0).Set("room", -273.15).SetState("body.temperature", _ => 126.85);
        body.RunTo(600, 1e-11);
        var rate = 3 * 5.670374419e-8 * Emissivity * Area / Capacity;
        Assert.Equal(Math.Pow(Math.Pow(400, -3) + rate * 600, -1 / 3.0) - 273.15, body["body.temperature"], 1e-6);
    }

    const string Twins = """
        inputs:
          - { id: room, quantity: temperature, unit: degC, default: 20, range: [-20, 60] }
        components:
          - { id: air, type: ambient, connect: { temperature: room } }
          - { id: one, type: thermal-mass, parameters: { heat-capacity: { value: 8, unit: J/K, relative-deviation: 0.2 } } }
          - { id: other, type: thermal-mass, parameters: { heat-capacity: { same-as: one.heat-capacity } } }
          - { id: loss-1, type: contact, connect: { from: one, to: air }, parameters: { conductance: 0.05 W/K } }
          - { id: loss-2, type: contact, connect: { from: other, to: air }, parameters: { conductance: { same-as: loss-1.conductance } } }
        """;

    [Fact]
    public void What_is_the_same_number_changes_together()
    {
        var twins = new PhysicsCase(Twins).SetState("one.temperature", _ => 60).SetState("other.temperature", _ => 60);
        Assert.Equal(["one.heat-capacity", "loss-1.conductance"], twins.Model.Equations.Parameters);
        twins.Run.SetParameters([16, 0.1]);
        twins.RunTo(100);
        Assert.Equal(20 + 40 * Math.Exp(-100 * 0.1 / 16), twins["one.temperature"], 1e-6);
        Assert.Equal(twins["one.temperature"], twins["other.temperature"], 12);
    }

    [Theory]
    [InlineData("same-as: one.heat-capacity", "same-as: loss-2.conductance", "physics.components[2].parameters.heat-capacity.same-as",
        "fitting: one.heat-capacity")]
    [InlineData("same-as: one.heat-capacity", "same-as: other.heat-capacity", "physics.components[2].parameters.heat-capacity.same-as",
        "which is no heat-capacity of a component above")]
    [InlineData("same-as: one.heat-capacity", "same-as: one.heat-capacity, value: 3", "physics.components[2].parameters.heat-capacity",
        "unknown key 'value'")]
    [InlineData("{ same-as: one.heat-capacity }", "8 J/K, initial-temperature: { same-as: one.heat-capacity }",
        "physics.components[2].parameters.initial-temperature.same-as", "layout")]
    public void A_number_that_cannot_be_the_same_is_refused(string good, string bad, string path, string says)
    {
        var error = Assert.Throws<InvalidModelException>(() => PhysicsCase.Read(Twins.Replace(good, bad, StringComparison.Ordinal)));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("contact", "conductance: 1 W/K")]
    [InlineData("free-convection", "conductance: 1 W/K")]
    [InlineData("radiation", "area: 1 m2")]
    public void Lumps_are_not_connected_to_an_axis_by_them(string type, string parameter) => Assert.Contains(
        "connects lumps only",
        Assert.Throws<InvalidModelException>(() => PhysicsCase.Read($$"""
            axis: { length: 1 m, cells: 10 }
            inputs:
              - { id: room, quantity: temperature, unit: degC, default: 20, range: [-20, 60] }
            components:
              - { id: air, type: ambient, connect: { temperature: room } }
              - { id: rod, type: wall, parameters: { outer-diameter: 10 mm, conductivity: 40 W/(m K), density: 7850 kg/m3, specific-heat: 490 J/(kg K) } }
              - { id: link, type: {{type}}, connect: { from: rod, to: air }, parameters: { {{parameter}} } }
            """)).Message, StringComparison.Ordinal);
}
