using System.ComponentModel;
using Query.Api;
using Query.Events;
using ServiceDefaults;

namespace Query.Twins;

static class GetTwin
{
    public static void Map(IEndpointRouteBuilder twins) => twins.MapGet("/{id}", (
            HttpContext http,
            string id,
            LiveTwins live,
            AwaitPosition position,
            FoldTwin fold,
            TimeProvider time,
            [Description("Uses only readings sampled up to this time, in ISO 8601.")] string? validAt,
            [Description(KnownAt.Meaning)] string? knownAt,
            [Description("Wait until the twin has seen this log position (read your writes); at most the end of the log.")]
            long? minPosition) =>
        {
            if (minPosition is not null && (validAt ?? knownAt) is not null)
                throw new InvalidInputException("minPosition", minPosition, "only without validAt and knownAt");
            if (validAt is null && knownAt is null && minPosition is null) return Answer(http, live.Get(id).Show(time.GetUtcNow()));
            return validAt is null && knownAt is null
                ? AnswerLater(http, live.Get(id), Input.Position("minPosition", minPosition), position, time)
                : AnswerAsOf(http, fold, id, Input.Time("validAt", validAt), KnownAt.Parse(knownAt));
        })
        .Produces<TwinAnswer>().Produces(StatusCodes.Status304NotModified)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status504GatewayTimeout)
        .WithName("getTwin").WithSummary("The live twin, or the twin as of a given time")
        .WithDescription("With validAt or knownAt, the twin is computed again from the log: what was true then, as far as known then. "
            + "At most 20 million readings (a setting) are replayed (413), two such requests at a time (429). "
            + "Its estimate is computed, too. Returns 304 to If-None-Match "
            + "if only ages have changed.");

    static async Task AnswerLater(HttpContext http, LiveTwin twin, long minPosition, AwaitPosition position, TimeProvider time)
    {
        await position.Run(twin, "minPosition", minPosition, http.RequestAborted);
        await Answer(http, twin.Show(time.GetUtcNow()));
    }

    static Task Answer(HttpContext http, ShownTwin twin)
    {
        if (Tags.NotModified(http, twin.ETag)) return Task.CompletedTask;
        var response = http.Response;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = twin.Json.Length;
        return response.Body.WriteAsync(twin.Json, 0, twin.Json.Length, http.RequestAborted);
    }

    static async Task AnswerAsOf(HttpContext http, FoldTwin fold, string id, DateTimeOffset? validAt, KnownAt? knownAt) =>
        await http.Response.WriteAsJsonAsync(
            await fold.Run(id, validAt, knownAt, http.RequestAborted), ApiJson.Options, http.RequestAborted);
}
