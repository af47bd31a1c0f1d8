using System.ComponentModel;
using System.Text.Json.Serialization;
using Contracts.Messages;
using Microsoft.AspNetCore.Http.HttpResults;
using Query.Api;
using Query.Registry;
using ServiceDefaults;

namespace Query.Rebuilds;

/// <summary>Which twins to rebuild.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record RebuildRequest(
    [property: Description("1 to 1000 ids of assets, each once; null: all machines, also those that have not sent anything.")]
    IReadOnlyList<string?>? Assets = null);

/// <summary>Has twins rebuilt.</summary>
sealed class StartRebuildEndpoint(KnownAssets registry, AskTwinState twinState, RebuildLog log, TimeProvider time)
{
    const int MostAssets = 1000;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static void Map(IEndpointRouteBuilder rebuilds) => rebuilds
        .MapPost("", async Task<Accepted<RebuildAnswer>> (RebuildRequest body, StartRebuildEndpoint start, CancellationToken cancel) =>
        {
            var rebuild = await start.Run(body.Assets, cancel);
            return TypedResults.Accepted($"/api/v1/rebuilds/{rebuild.Id}", rebuild);
        })
        .RequireRateLimiting(ApiSetup.Expensive)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .WithName("startRebuild").WithSummary("Rebuild twins from the whole log, several at the same time")
        .WithDescription(
            "Each twin is folded beside the live one, which goes on, and takes its place with its history, alarms and condition in one "
                + "step; estimates follow. 202 as soon as it is in the log; ask for the rebuild until its state is finished. It outlives "
                + "every process. Asked for again before it has finished, it goes on: the same rebuild is the answer.");

    /// <summary>The rebuild that began, or goes on.</summary>
    /// <exception cref="InvalidInputException">Names the member and what is allowed.</exception>
    /// <exception cref="RuleViolationException">The model of an asset cannot be read.</exception>
    /// <exception cref="TimeoutException">twin-state did not answer.</exception>
    public async Task<RebuildAnswer> Run(IReadOnlyList<string?>? assets, CancellationToken cancel)
    {
        var asked = new StartRebuild(Guid.CreateVersion7(time.GetUtcNow()).ToString(), assets is null ? null : Check(assets));
        var answer = await twinState.Run<StartRebuild, RebuildAnswered>(asked, Patience, cancel) ?? throw new TimeoutException(
            $"twin-state did not answer within {Patience.TotalSeconds:0} s. It is safe to ask again.");
        return RebuildAnswer.Of(
            await log.Find(answer.RebuildId, cancel) ?? throw new NotFoundException("rebuild", answer.RebuildId), withProblems: true);
    }

    List<string> Check(IReadOnlyList<string?> assets)
    {
        if (assets.Count is 0 or > MostAssets)
            throw new InvalidInputException("assets", $"{assets.Count} assets", $"1 to {MostAssets} ids of assets, or null for all");
        List<string> ids = [];
        foreach (var (i, id) in assets.Index())
        {
            // A place has no twin.
            if (id is null || ids.Contains(id) || registry.FindOrExplain(id) is not { Model.IsPlace: false })
                throw new InvalidInputException($"assets[{i}]", id, "ids of machines, each once");
            ids.Add(id);
        }
        return ids;
    }
}
