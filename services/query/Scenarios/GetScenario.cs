using System.Globalization;
using Contracts.Scenarios;
using Query.Api;

namespace Query.Scenarios;

static class GetScenario
{
    public static void Map(IEndpointRouteBuilder scenarios) =>
        scenarios.MapGet("/{id}", async (HttpContext http, string id, SavedScenarios saved, CancellationToken cancel) =>
        {
            var scenario = await saved.Get(id, cancel);
            if (!Tags.NotModified(http, Tag(scenario))) await http.Response.WriteAsJsonAsync(scenario, ApiJson.Options, cancel);
        })
        .Produces<ScenarioView>().Produces(StatusCodes.Status304NotModified)
        .WithName("getScenario").WithSummary("A scenario: the question, its progress, and a summary of the answer")
        .WithDescription("Returns 304 to If-None-Match if nothing has changed.");

    public static string Tag(ScenarioView scenario) =>
        string.Create(CultureInfo.InvariantCulture, $"W/\"{scenario.Id}.{scenario.Version}.{scenario.Progress:R}\"");
}
