using Contracts.Events;
using Contracts.Messages;
using MassTransit;
using Microsoft.AspNetCore.Http.HttpResults;
using Query.Api;
using ServiceDefaults;

namespace Query.Rejections;

sealed class ReplayRejectionEndpoint(ReadRejections log, IBus bus, CommandFaults faults)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static void Map(IEndpointRouteBuilder rejected) => rejected
        .MapPost("/{id}:replay", async Task<Results<Ok<RejectionReplayed>,
            Accepted>> (string id, ReplayRejectionEndpoint replay, CancellationToken cancel) =>
            await replay.Run(id, cancel) is { } outcome ? TypedResults.Ok(outcome) : TypedResults.Accepted($"/api/v1/rejected/{id}"))
        .WithName("replayRejected").WithSummary("Try a rejected payload again")
        .WithDescription("Waits up to 5 s for the outcome (200); 202 if it takes longer. Readings already stored count as duplicates.");

    /// <summary>The outcome; null if there is none in time.</summary>
    /// <exception cref="ServiceDefaults.NotFoundException">No such rejection.</exception>
    public async Task<RejectionReplayed?> Run(string id, CancellationToken cancel)
    {
        var rejection = await log.Get(id, cancel);
        var before = (await log.Replays(rejection.Stream, [rejection.Id], cancel)).Count;
        RejectionReplayed? outcome = null;
        var command = new ReplayRejection(rejection.AssetId, rejection.Stream, rejection.Id);
        await faults.Await(command, c => bus.SendTo(QueueNames.ReplayRejection, command, c), IsVisible, Patience, cancel);
        return outcome;

        async Task<bool> IsVisible(CancellationToken ended) =>
            (outcome = (await log.Replays(rejection.Stream, [rejection.Id], ended)).Skip(before).LastOrDefault()) is not null;
    }
}
