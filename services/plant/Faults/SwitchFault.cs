using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults;

namespace Plant.Faults;

/// <summary>Severity (0 to 1) and duration; without a body, full severity for the fault's default duration or until switched off.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record FaultRequest(double? Severity, double? Seconds)
{
    const double LongestSeconds = 86_400;

    public static readonly FaultRequest Full = new(null, null);

    public FaultRequest Validated()
    {
        if (Severity is < 0 or > 1) throw new InvalidInputException("severity", Severity, "0 to 1");
        if (Seconds is <= 0 or > LongestSeconds)
            throw new InvalidInputException("seconds", Seconds, $"more than 0, up to {LongestSeconds}");
        return this;
    }
}

sealed record FaultView(string Name, string Effect, bool Active, double? Severity, DateTimeOffset? Since, DateTimeOffset? Until)
{
    public static FaultView Of(Fault fault, ActiveFault? active) =>
        new(fault.Name, fault.Effect, active is not null, active?.Severity, active?.Since, active?.Until);
}

static class SwitchFault
{
    public static void MapFaults(this WebApplication app)
    {
        app.MapGet("/faults", (EmulatedPlant plant, TimeProvider time) => List(plant, time)).WithName("listFaults");
        app.MapPut("/faults/{name}", (string name, FaultRequest? request, EmulatedPlant plant, TimeProvider time) =>
            On(name, request, plant, time)).WithName("switchOnFault");
        app.MapDelete("/faults/{name}", (string name, EmulatedPlant plant) => Off(name, plant)).WithName("switchOffFault");
    }

    static IEnumerable<FaultView> List(EmulatedPlant plant, TimeProvider time)
    {
        var active = plant.ActiveFaults(time.GetUtcNow()).ToDictionary(fault => fault.Name);
        return FaultCatalog.All.Select(fault => FaultView.Of(fault, active.GetValueOrDefault(fault.Name)));
    }

    static Results<Ok<FaultView>, ProblemHttpResult> On(string name, FaultRequest? request, EmulatedPlant plant, TimeProvider time)
    {
        if (FaultCatalog.Find(name) is not { } fault) return Unknown(name);
        var (severity, seconds) = (request ?? FaultRequest.Full).Validated();
        return TypedResults.Ok(FaultView.Of(fault, plant.SwitchOn(fault, severity ?? 1, seconds, time.GetUtcNow())));
    }

    static Results<NoContent, ProblemHttpResult> Off(string name, EmulatedPlant plant)
    {
        if (FaultCatalog.Find(name) is not { } fault) return Unknown(name);
        plant.SwitchOff(fault);
        return TypedResults.NoContent();
    }

    static ProblemHttpResult Unknown(string name) => TypedResults.Problem(
        statusCode: StatusCodes.Status404NotFound,
        title: "Unknown fault",
        detail: $"There is no fault '{name}'; allowed: {FaultCatalog.Names}.",
        extensions: new Dictionary<string, object?> { ["field"] = "name", ["allowed"] = FaultCatalog.Names });
}
