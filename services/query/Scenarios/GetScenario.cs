using System.ComponentModel;
using System.Globalization;
using Contracts.Scenarios;
using Query.Api;
using Query.Events;
using Query.Pasts;
using Query.Registry;
using ServiceDefaults;
using TwinModel.Scenarios;

namespace Query.Scenarios;

/// <summary>A scenario now, or as the log knew it at some position.</summary>
sealed class GetScenario(SavedScenarios saved, FindPast find, PastEvents events, KnownAssets assets)
{
    public static void Map(IEndpointRouteBuilder scenarios) =>
        scenarios.MapGet("/{id}", async (
            HttpContext http, string id, GetScenario get, [Description(KnownAt.Meaning)] string? knownAt, CancellationToken cancel) =>
        {
            var scenario = await get.Run(id, KnownAt.Parse(knownAt), cancel);
            if (!Tags.NotModified(http, Tag(scenario))) await http.Response.WriteAsJsonAsync(scenario, ApiJson.Options, cancel);
        })
        .Produces<ScenarioView>().Produces(StatusCodes.Status304NotModified)
        .WithName("getScenario").WithSummary("A scenario: the question, its progress, and a summary of the answer")
        .WithDescription("Returns 304 to If-None-Match if nothing has changed.");

    /// <exception cref="NotFoundException">No such scenario, or not yet.</exception>
    /// <exception cref="InvalidInputException">A position after the end of the log.</exception>
    public async Task<ScenarioView> Run(string id, KnownAt? knownAt, CancellationToken cancel)
    {
        if (knownAt is null) return await saved.Get(id, cancel);
        var moment = await find.Moment(null, knownAt, cancel);
        var scenario =
            (await events.OfStream(Streams.Scenario(id), moment.KnownAt, cancel)).Aggregate((ScenarioView?)null, FoldScenario.Apply);
        if (scenario is null)
        {
            var now = await saved.Get(id, cancel);
            throw NotYet.AtPosition(
                "scenario", id, moment, await events.First(Streams.Scenario(id), cancel),
                $"it was requested at {NotYet.Text(now.RequestedAt)}");
        }
        assets.Guard(scenario.AssetId, "scenario", id);
        return scenario;
    }

    public static string Tag(ScenarioView scenario) =>
        string.Create(CultureInfo.InvariantCulture, $"W/\"{scenario.Id}.{scenario.Version}.{scenario.Progress:R}\"");
}
