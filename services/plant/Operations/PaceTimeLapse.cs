using System.Text.Json.Serialization;
using ServiceDefaults;

namespace Plant.Operations;

/// <summary>Where the device clock of a time-lapse waits until it is asked again.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record Pace(DateTimeOffset? Until);

static class PaceTimeLapse
{
    public static void MapTimeLapse(this WebApplication app) => app.MapPut("/time-lapse", (Pace pace, EmulatedPlant plant) =>
    {
        plant.WaitAt(pace.Until ?? throw new InvalidInputException("until", null, "a time, ISO 8601"));
        return TypedResults.NoContent();
    }).WithName("paceTimeLapse");
}
