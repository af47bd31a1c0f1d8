using System.Text.Json.Serialization;
using Plant.Line;
using ServiceDefaults;

namespace Plant.Operations;

/// <summary>An operator's settings; absent members remain unchanged.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record Operation(double? ScrewSpeedPerMinute, double[]? ZoneSetPointsCelsius, bool? FollowSchedule, bool? ReplaceBearing)
{
    const double FastestPerMinute = 120;
    const double LowestCelsius = 20, HighestCelsius = 280;

    public Operation Validated()
    {
        if (this is { ScrewSpeedPerMinute: null, ZoneSetPointsCelsius: null, FollowSchedule: null, ReplaceBearing: null })
            throw new InvalidInputException("operation", null, "screwSpeedPerMinute, zoneSetPointsCelsius, followSchedule, replaceBearing");
        if (ScrewSpeedPerMinute is < 0 or > FastestPerMinute)
            throw new InvalidInputException("screwSpeedPerMinute", ScrewSpeedPerMinute, $"0 to {FastestPerMinute} 1/min");
        if (ZoneSetPointsCelsius is { } zones)
        {
            if (zones.Length != Geometry.Zones)
                throw new InvalidInputException("zoneSetPointsCelsius", $"{zones.Length} values", $"{Geometry.Zones} values, feed to die");
            foreach (var celsius in zones)
                if (celsius is < LowestCelsius or > HighestCelsius)
                    throw new InvalidInputException("zoneSetPointsCelsius", celsius, $"{LowestCelsius} to {HighestCelsius} degC");
        }
        return this;
    }
}

static class SetOperation
{
    public static void MapOperation(this WebApplication app) => app.MapPut("/operation", (Operation operation, EmulatedPlant plant) =>
    {
        plant.Operate(operation.Validated());
        return TypedResults.Ok(plant.TrueState());
    });
}
