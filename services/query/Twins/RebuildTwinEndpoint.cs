using Contracts.Events;
using Contracts.Messages;
using Marten;
using MassTransit;
using Microsoft.AspNetCore.Http.HttpResults;
using Query.Api;
using Query.Registry;
using ServiceDefaults;

namespace Query.Twins;

/// <summary>Has a twin folded again and waits for the outcome.</summary>
sealed class RebuildTwinEndpoint(KnownAssets registry, IDocumentStore store, IBus bus, CommandFaults faults)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static void Map(IEndpointRouteBuilder twins) => twins
        .MapPost("/{id}:rebuild", async Task<Results<Ok<TwinRebuilt>, Accepted>> (
            string id, RebuildTwinEndpoint rebuild, CancellationToken cancel) =>
            await rebuild.Run(id, cancel) is { } rebuilt
                ? TypedResults.Ok(rebuilt)
                : TypedResults.Accepted($"/api/v1/twins/{id}"))
        .RequireRateLimiting(Api.ApiSetup.Expensive)
        .WithName("rebuildTwin").WithSummary("Rebuild a twin from the whole log and compare it with the live one")
        .WithDescription("liveHash and rebuiltHash are equal unless something is wrong. Waits up to 30 s (200); 202 if it takes longer. "
            + "POST /rebuilds rebuilds several, or one that takes longer, and can be followed to its end.");

    /// <summary>The outcome; null if there is none in time.</summary>
    /// <exception cref="NotFoundException">No such asset, or it is a place.</exception>
    public async Task<TwinRebuilt?> Run(string id, CancellationToken cancel)
    {
        // A place has no twin.
        if (registry.Get(id).Model.IsPlace) throw new NotFoundException("twin", id);
        await using var session = store.QuerySession();
        var before = (await session.Events.FetchStreamStateAsync(Streams.Twin(id), cancel))?.Version ?? 0;
        TwinRebuilt? rebuilt = null;
        var command = new RebuildTwin(id);
        await faults.Await(command, c => bus.SendTo(QueueNames.TwinCommands, command, c), IsVisible, Patience, cancel);
        return rebuilt;

        async Task<bool> IsVisible(CancellationToken ended)
        {
            var events = await session.Events.FetchStreamAsync(Streams.Twin(id), fromVersion: before + 1, token: ended);
            return (rebuilt = events.Select(e => e.Data).OfType<TwinRebuilt>().FirstOrDefault()) is not null;
        }
    }
}
