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

/// <summary>A scenario now, or as of some time.</summary>
sealed class GetScenario(SavedScenarios saved, FindPast find, PastEvents events, KnownAssets assets)
{
    public static void Map(IEndpointRouteBuilder scenarios) =>
        scenarios.MapGet("/{id}", async (
            HttpContext http, string id, GetScenario get, [Description("The scenario as of this time, in ISO 8601.")] string? validAt,
            [Description(KnownAt.Meaning)] string? knownAt, CancellationToken cancel) =>
        {
            var scenario = await get.Run(id, Input.Time("validAt", validAt), KnownAt.Parse(knownAt), cancel);
            if (!Tags.NotModified(http, Tag(scenario))) await http.Response.WriteAsJsonAsync(scenario, ApiJson.Options, cancel);
        })
        .Produces<ScenarioView>().Produces(StatusCodes.Status304NotModified)
        .WithName("getScenario").WithSummary("A scenario: the question, its progress, and a summary of the answer")
        .WithDescription("Returns 304 to If-None-Match if nothing has changed.");

    /// <exception cref="NotFoundException">No such scenario, or not yet.</exception>
    /// <exception cref="InvalidInputException">A time in the future, or a position after the end of the log.</exception>
    public async Task<ScenarioView> Run(string id, DateTimeOffset? validAt, KnownAt? knownAt, CancellationToken cancel)
    {
        if (validAt is null && knownAt is null) return await saved.Get(id, cancel);
        var moment = await find.Moment(validAt, knownAt, cancel);
        var position = await find.RecordedBy(moment, cancel);
        var scenario =
            (await events.OfStream(Streams.Scenario(id), position, cancel)).Aggregate((ScenarioView?)null, FoldScenario.Apply);
        if (scenario is null)
        {
            var now = await saved.Get(id, cancel);
            if (validAt is { } at && now.RequestedAt > at) throw NotYet.AtTime("scenario", id, at, now.RequestedAt, "validAt");
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
