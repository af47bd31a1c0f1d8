using System.ComponentModel;
using Contracts.Events;
using Contracts.Messages;
using MassTransit;
using Microsoft.AspNetCore.Http.HttpResults;
using Query.Api;
using Query.Registry;
using ServiceDefaults;

namespace Query.Health;

/// <summary>Who records an exchange or a failure, and when it happened.</summary>
sealed record MaintenanceNote(
    [property: Description("Who records it, at most 100 characters; default: X-Pollux-Actor.")] string? By = null,
    [property: Description("When it happened; default: now. Not before the current part was installed.")] DateTimeOffset? At = null,
    [property: Description("Free text, at most 1000 characters.")] string? Comment = null);

/// <summary>What was recorded.</summary>
/// <param name="AssetId">Id of the asset.</param>
/// <param name="Component">Id of the part.</param>
/// <param name="Kind">replaced or failed.</param>
/// <param name="At">When it happened.</param>
sealed record MaintenanceAnswer(string AssetId, string Component, string Kind, DateTimeOffset At);

/// <summary>Has the end of a part's life recorded and waits until the log shows it.</summary>
sealed class RecordMaintenanceEndpoint(
    KnownAssets registry, GetHealth health, IBus bus, CommandFaults faults, Outcomes outcomes, TimeProvider time)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    static readonly string[] Kinds = ["replaced", "failed"];

    public static void Map(IEndpointRouteBuilder assets)
    {
        foreach (var kind in Kinds)
        {
            assets.MapPost($"/{{id}}/components/{{component}}:{kind}", async Task<Results<Ok<MaintenanceAnswer>,
                Accepted<MaintenanceAnswer>>> (
                string id, string component, MaintenanceNote body, RecordMaintenanceEndpoint record, CancellationToken cancel) =>
            {
                var (isDone, answer) = await record.Run(id, component, kind, body, cancel);
                return isDone ? TypedResults.Ok(answer) : TypedResults.Accepted($"/api/v1/twins/{id}/health", answer);
            })
            .WithName(kind == "failed" ? "reportFailure" : "reportReplacement")
            .WithSummary(kind == "failed" ? "Record that a part has failed" : "Record that a part was replaced")
            .WithDescription(
                "Ends the part's current life in the twin, starts a new one, and records the outcome of open decisions about the part. "
                    + "Waits up to 10 s (200); 202 if it takes longer. Idempotent for the same time.");
        }
    }

    /// <summary>The record, and whether it is visible in the log.</summary>
    /// <exception cref="NotFoundException">No such asset.</exception>
    public async Task<(bool IsDone, MaintenanceAnswer Answer)> Run(
        string id, string component, string? kind, MaintenanceNote note, CancellationToken cancel)
    {
        WornPart.Check(registry.Get(id).Model, component, "component");
        if (!Kinds.Contains(kind)) throw new InvalidInputException("kind", kind, string.Join(", ", Kinds));
        var (who, why) = KnowCaller.Named(note.By, note.Comment, "who records it, 1 to 100 characters");
        var now = time.GetUtcNow();
        // Whole microseconds, like sample times.
        var when = note.At is { } given ? Input.Past("at", given, now) : now;
        when = when.AddTicks(-(when.Ticks % TimeSpan.TicksPerMicrosecond));
        var command = new RecordMaintenance(id, component, kind!, when, who, why);
        var isDone = await faults.Await(command, c => bus.SendTo(QueueNames.TwinCommands, command, c), IsVisible, Patience, cancel);
        if (isDone) await outcomes.Observe(id, component, cancel);
        return (isDone, new(id, component, kind!, when));

        async Task<bool> IsVisible(CancellationToken ended) => (await health.EventsOf(id, ended)).Any(IsRecord);

        bool IsRecord(object e) => kind == "failed"
            ? e is FailureOccurred f && f.Component == component && f.FailedAt == when
            : e is ComponentReplaced r && r.Component == component && r.ReplacedAt == when;
    }
}
