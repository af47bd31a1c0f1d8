using System.ComponentModel;
using Contracts.Messages;
using MassTransit;
using Microsoft.AspNetCore.Http.HttpResults;
using Query.Api;
using ServiceDefaults;

namespace Query.Alarms;

/// <summary>Who acknowledges an alarm.</summary>
sealed record Acknowledgement(
    [property: Description("Who acknowledges the alarm, at most 100 characters; default: X-Pollux-Actor.")] string? By = null,
    [property: Description("Free text, at most 1000 characters.")] string? Comment = null);

/// <summary>Has an alarm acknowledged and waits until it shows that.</summary>
sealed class AcknowledgeAlarmEndpoint(GetAlarm get, IBus bus, CommandFaults faults)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static void Map(IEndpointRouteBuilder alarms) => alarms
        .MapPost("/{id}:acknowledge", async Task<Results<Ok<AlarmView>, Accepted<AlarmView>>> (
            string id, Acknowledgement body, AcknowledgeAlarmEndpoint acknowledge, CancellationToken cancel) =>
        {
            var (isDone, alarm) = await acknowledge.Run(id, body.By, body.Comment, cancel);
            return isDone ? TypedResults.Ok(alarm) : TypedResults.Accepted($"/api/v1/alarms/{id}", alarm);
        })
        .WithName("acknowledgeAlarm").WithSummary("Acknowledge an alarm")
        .WithDescription(
            "Waits up to 5 s for the acknowledgement to take effect (200); 202 if it takes longer. Acknowledging an alarm again changes "
                + "nothing.");

    /// <summary>The alarm after the command, and whether it shows the acknowledgement yet.</summary>
    /// <exception cref="NotFoundException">No such alarm.</exception>
    public async Task<(bool IsDone, AlarmView Alarm)> Run(string id, string? by, string? comment, CancellationToken cancel)
    {
        var (who, why) = KnowCaller.Named(by, comment, "who acknowledges, 1 to 100 characters");
        var alarm = await get.Run(id, null, null, cancel);
        if (alarm.AcknowledgedAt is not null) return (true, alarm);
        var command = new AcknowledgeAlarm(alarm.AssetId, id, who, why);
        var isDone = await faults.Await(command, c => bus.SendTo(QueueNames.TwinCommands, command, c), IsVisible, Patience, cancel);
        return (isDone, alarm);

        async Task<bool> IsVisible(CancellationToken ended) =>
            (alarm = await get.Run(id, null, null, ended)).AcknowledgedAt is not null;
    }
}
