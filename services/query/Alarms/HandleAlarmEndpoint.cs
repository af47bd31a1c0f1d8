using System.ComponentModel;
using Contracts.Messages;
using MassTransit;
using Microsoft.AspNetCore.Http.HttpResults;
using Query.Api;
using ServiceDefaults;

namespace Query.Alarms;

/// <summary>Who shelves an alarm, why and until when.</summary>
sealed record Shelving(
    [property: Description("Until when it and later alarms of its limit call nobody: later than now, at most 30 days.")]
    DateTimeOffset Until,
    [property: Description("Why, 1 to 1000 characters.")] string Reason,
    [property: Description("Who shelves the alarm, at most 100 characters; default: X-Pollux-Actor.")] string? By = null);

/// <summary>Who takes an alarm off the shelf.</summary>
sealed record Unshelving(
    [property: Description("Who takes it off the shelf, at most 100 characters; default: X-Pollux-Actor.")] string? By = null);

/// <summary>Who says what about an alarm.</summary>
sealed record Comment(
    [property: Description("1 to 1000 characters.")] string Text,
    [property: Description("Who says so, at most 100 characters; default: X-Pollux-Actor.")] string? By = null);

/// <summary>Who makes an alarm whose work.</summary>
sealed record Assignment(
    [property: Description("Whose work it is, at most 100 characters; null: nobody's.")] string? To,
    [property: Description("Who says so, at most 100 characters; default: X-Pollux-Actor.")] string? By = null);

/// <summary>Has an open alarm shelved, commented or assigned, and waits until it shows that.</summary>
sealed class HandleAlarmEndpoint(GetAlarm get, IBus bus, CommandFaults faults, TimeProvider time)
{
    const string Waits =
        "Waits up to 5 s for it to take effect (200); 202 if it takes longer. The same again changes nothing. "
            + "409 if the alarm is closed.";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    static readonly TimeSpan LongestShelf = TimeSpan.FromDays(30);

    public static void Map(IEndpointRouteBuilder alarms)
    {
        Route<Shelving>("shelve", "shelveAlarm", "Have an alarm, and later ones of its limit, call nobody for a time",
            (handle, id, body, cancel) => handle.Shelve(id, body.Until, body.Reason, body.By, cancel));
        Route<Unshelving>("unshelve", "unshelveAlarm", "Take an alarm off the shelf before its time",
            (handle, id, body, cancel) => handle.Unshelve(id, body.By, cancel));
        Route<Comment>("comment", "commentAlarm", "Write something about an open alarm",
            (handle, id, body, cancel) => handle.Comment(id, body.Text, body.By, cancel));
        Route<Assignment>("assign", "assignAlarm", "Make an open alarm somebody's work",
            (handle, id, body, cancel) => handle.Assign(id, body.To, body.By, cancel));

        void Route<TBody>(
            string verb, string name, string summary,
            Func<HandleAlarmEndpoint, string, TBody, CancellationToken, Task<(bool IsDone, AlarmView Alarm)>> run) => alarms
            .MapPost($"/{{id}}:{verb}", async Task<Results<Ok<AlarmView>, Accepted<AlarmView>>> (
                string id, TBody body, HandleAlarmEndpoint handle, CancellationToken cancel) =>
            {
                var (isDone, alarm) = await run(handle, id, body, cancel);
                return isDone ? TypedResults.Ok(alarm) : TypedResults.Accepted($"/api/v1/alarms/{id}", alarm);
            })
            .WithName(name).WithSummary(summary).WithDescription(Waits);
    }

    /// <summary>The alarm after the command, and whether it shows it yet.</summary>
    /// <exception cref="NotFoundException">No such alarm.</exception>
    /// <exception cref="RuleViolationException">It is closed.</exception>
    /// <exception cref="InvalidInputException">No reason, or an end that is not after now or too far away.</exception>
    public async Task<(bool IsDone, AlarmView Alarm)> Shelve(
        string id, DateTimeOffset until, string? reason, string? by, CancellationToken cancel)
    {
        var (who, why) = KnowCaller.Named(by, Given("reason", reason), "who shelves, 1 to 100 characters");
        var now = time.GetUtcNow();
        // As precise as the database.
        var end = new DateTimeOffset(until.UtcTicks / TimeSpan.TicksPerMicrosecond * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);
        if (end <= now || end > now + LongestShelf)
            throw new InvalidInputException("until", until, $"a time after now and at most {LongestShelf.Days} days away");
        return await Run(id, new("", id, "shelve", who, why, end, null), a => a.Shelf?.Until == end && a.Shelf.Reason == why, cancel);
    }

    /// <inheritdoc cref="Shelve"/>
    public Task<(bool IsDone, AlarmView Alarm)> Unshelve(string id, string? by, CancellationToken cancel)
    {
        var (who, _) = KnowCaller.Named(by, null, "who takes it off the shelf, 1 to 100 characters");
        return Run(id, new("", id, "unshelve", who, null, null, null), a => a.Shelf is null, cancel);
    }

    /// <inheritdoc cref="Shelve"/>
    public Task<(bool IsDone, AlarmView Alarm)> Comment(string id, string? text, string? by, CancellationToken cancel)
    {
        var (who, _) = KnowCaller.Named(by, null, "who says so, 1 to 100 characters");
        var said = Given("text", text);
        return Run(
            id, new("", id, "comment", who, said, null, null), a => a.Comments?.Any(c => c.By == who && c.Text == said) == true, cancel);
    }

    /// <inheritdoc cref="Shelve"/>
    public Task<(bool IsDone, AlarmView Alarm)> Assign(string id, string? to, string? by, CancellationToken cancel)
    {
        var (who, _) = KnowCaller.Named(by, null, "who says so, 1 to 100 characters");
        var whose = Input.Line("to", to, Caller.LongestActor);
        return Run(id, new("", id, "assign", who, null, null, whose), a => a.AssignedTo == whose, cancel);
    }

    static string Given(string field, string? text) => Input.Lines(field, text, Caller.LongestReason) is { Length: > 0 } given
        ? given
        : throw new InvalidInputException(field, text, $"1 to {Caller.LongestReason} characters");

    async Task<(bool IsDone, AlarmView Alarm)> Run(string id, HandleAlarm command, Func<AlarmView, bool> shows, CancellationToken cancel)
    {
        var alarm = await get.Run(id, null, null, cancel);
        if (alarm.State is not ("closed" or "withdrawn") && shows(alarm)) return (true, alarm);
        var sent = command with { AssetId = alarm.AssetId };
        var isDone = await faults.Await(sent, c => bus.SendTo(QueueNames.TwinCommands, sent, c), IsVisible, Patience, cancel);
        return (isDone, alarm);

        async Task<bool> IsVisible(CancellationToken ended) => shows(alarm = await get.Run(id, null, null, ended));
    }
}
