using System.Text;
using System.Text.Json;
using Plant.Faults;
using Plant.Gateway;
using Plant.Operations;
using ServiceDefaults;

namespace Plant.Tests;

public class CommandTests
{
    static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    readonly EmulatedPlant plant = new(new PlantSettings(), TimeProvider.System);

    [Fact]
    public void A_command_switches_a_fault_on_and_off()
    {
        Obey("""{"fault":"die-blockage","severity":0.7,"seconds":60}""");
        Assert.Equal(new ActiveFault("die-blockage", 0.7, Now, Now.AddSeconds(60)), Assert.Single(plant.ActiveFaults(Now)));

        Obey("""{"fault":"die-blockage","active":false}""");
        Assert.Empty(plant.ActiveFaults(Now));
    }

    [Fact]
    public void A_fault_with_a_duration_ends_by_itself()
    {
        Obey("""{"fault":"network-outage"}""");

        Assert.Equal(1, plant.Severity("network-outage", Now.AddSeconds(59)));
        Assert.Equal(0, plant.Severity("network-outage", Now.AddSeconds(60)));
    }

    [Fact]
    public void A_command_sets_the_operation()
    {
        Obey("""{"operation":{"screwSpeedPerMinute":92,"zoneSetPointsCelsius":[161,181,191,201,202]}}""");
        for (var i = 0; i < 60; i++) plant.Sample(Now.AddSeconds(i));

        Assert.Equal(92, plant.TrueState().ScrewSpeedPerMinute, 3);
        Assert.Equal([161, 181, 191, 201, 202], plant.TrueState().SetPointsCelsius);
    }

    [Theory]
    [InlineData("""{"fault":"earthquake"}""", "fault", "heater-4-failed")]
    [InlineData("""{"fault":"die-blockage","severity":1.5}""", "severity", "0 to 1")]
    [InlineData("""{"fault":"die-blockage","seconds":-1}""", "seconds", "more than 0")]
    [InlineData("""{"operation":{"screwSpeedPerMinute":500}}""", "screwSpeedPerMinute", "0 to 120 1/min")]
    [InlineData("""{"operation":{"zoneSetPointsCelsius":[1,2]}}""", "zoneSetPointsCelsius", "5 values")]
    [InlineData("""{"operation":{"zoneSetPointsCelsius":[160,180,190,200,900]}}""", "zoneSetPointsCelsius", "20 to 280 degC")]
    [InlineData("""{"operation":{"hallOffsetKelvin":30}}""", "hallOffsetKelvin", "-20 to 20 K")]
    [InlineData("""{"operation":{"batchGrade":2}}""", "batchGrade", "0.8 to 1.2")]
    [InlineData("""{"operation":{}}""", "operation", "hallOffsetKelvin, batchGrade")]
    [InlineData("{}", "command", "operation")]
    public void A_wrong_command_is_refused_by_field_and_allowed_values(string command, string field, string allowed)
    {
        var refused = Assert.Throws<InvalidInputException>(() => Obey(command));

        Assert.Equal(field, refused.Field);
        Assert.Contains(allowed, refused.Allowed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("open sesame")]
    [InlineData("""{"fault":"die-blockage","severty":0.1}""")]
    public void A_command_that_cannot_be_read_is_refused(string command) => Assert.ThrowsAny<JsonException>(() => Obey(command));

    [Fact]
    public void A_half_wrong_command_changes_nothing()
    {
        Assert.Throws<InvalidInputException>(() => Obey("""{"fault":"die-blockage","operation":{"screwSpeedPerMinute":500}}"""));

        Assert.Empty(plant.ActiveFaults(Now));
    }

    [Theory]
    [InlineData("mqtt://broker:1884", "broker", 1884, false)]
    [InlineData("mqtt://broker", "broker", 1883, false)]
    [InlineData("mqtts://user:p%40ss@broker", "broker", 8883, true)]
    public void The_address_comes_from_the_connection_string(string text, string host, int port, bool tls)
    {
        var address = MqttAddress.Parse(text);

        Assert.Equal((host, port, tls), (address.Host, address.Port, address.Tls));
    }

    [Fact]
    public void An_address_of_another_kind_is_refused() =>
        Assert.Throws<ServiceDefaults.InvalidSettingException>(() => MqttAddress.Parse("amqp://broker:5672"));

    void Obey(string command) => ReceiveCommand.Obey(Encoding.UTF8.GetBytes(command), plant, Now);
}
