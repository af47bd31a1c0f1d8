using System.Text.Json.Serialization;
using Plant.Line;
using ServiceDefaults;

namespace Plant.Operations;

/// <summary>An operator's settings; absent members remain unchanged.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record Operation(
    double? ScrewSpeedPerMinute, double[]? ZoneSetPointsCelsius, bool? FollowSchedule, bool? ReplaceBearing,
    double? HallOffsetKelvin = null, double? BatchGrade = null)
{
    const double FastestPerMinute = 120;
    const double LowestCelsius = 20, HighestCelsius = 280;

    const double LargestOffsetKelvin = 20;
    const double ThinnestGrade = 0.8, ThickestGrade = 1.2;

    public Operation Validated()
    {
        if (this == new Operation(null, null, null, null))
        {
            throw new InvalidInputException("operation", null,
                "screwSpeedPerMinute, zoneSetPointsCelsius, followSchedule, replaceBearing, hallOffsetKelvin, batchGrade");
        }
        if (HallOffsetKelvin is < -LargestOffsetKelvin or > LargestOffsetKelvin)
        {
            throw new InvalidInputException(
                "hallOffsetKelvin", HallOffsetKelvin, $"{-LargestOffsetKelvin} to {LargestOffsetKelvin} K");
        }
        if (BatchGrade is < ThinnestGrade or > ThickestGrade)
            throw new InvalidInputException("batchGrade", BatchGrade, $"{ThinnestGrade} to {ThickestGrade} times the nominal viscosity");
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
    }).WithName("setOperation");
}
