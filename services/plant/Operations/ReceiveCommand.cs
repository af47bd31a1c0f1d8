using System.Text.Json;
using System.Text.Json.Serialization;
using Plant.Faults;
using ServiceDefaults;

namespace Plant.Operations;

/// <summary>
/// A command over MQTT: <c>{"fault":"die-blockage","severity":0.7,"seconds":60}</c>, <c>{"fault":"die-blockage","active":false}</c>
/// or <c>{"operation":{"screwSpeedPerMinute":92}}</c>.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record PlantCommand(string? Fault, double? Severity, double? Seconds, bool? Active, Operation? Operation);

static class ReceiveCommand
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static string Topic(string asset) => $"pollux/{asset}/plant/command";

    /// <exception cref="JsonException">Not JSON.</exception>
    /// <exception cref="InvalidInputException">Not a valid command.</exception>
    public static void Obey(ReadOnlySpan<byte> payload, EmulatedPlant plant, DateTimeOffset now)
    {
        var command = JsonSerializer.Deserialize<PlantCommand>(payload, Json);
        if (command is null or { Fault: null, Operation: null }) throw new InvalidInputException("command", null, "fault, operation");
        var fault = FaultCatalog.Find(command.Fault);
        if (command.Fault is not null && fault is null) throw new InvalidInputException("fault", command.Fault, FaultCatalog.Names);
        var (severity, seconds) = new FaultRequest(command.Severity, command.Seconds).Validated();
        var operation = command.Operation?.Validated();

        if (fault is not null && command.Active == false) plant.SwitchOff(fault);
        else if (fault is not null) plant.SwitchOn(fault, severity ?? 1, seconds, now);
        if (operation is not null) plant.Operate(operation);
    }
}
