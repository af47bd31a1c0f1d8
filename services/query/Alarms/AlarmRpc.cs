using Grpc.Core;
using Query.Api;
using Query.Events;
using Query.Twins;
using ServiceDefaults;
using Proto = Contracts.Query.V1;

namespace Query.Alarms;

sealed class AlarmRpc(
    ListAlarms list, GetAlarm get, AcknowledgeAlarmEndpoint acknowledge, HandleAlarmEndpoint handle, OpenAlarms open, AlarmRates rates)
    : Proto.AlarmService.AlarmServiceBase
{
    public override async Task<Proto.ListAlarmsResponse> ListAlarms(Proto.ListAlarmsRequest request, ServerCallContext context)
    {
        var filter = AlarmFilter.Of(request.AssetId, request.States, request.Severities, request.Since?.ToTime("since"));
        var page = await list.Run(
            filter, request.ValidAt?.ToTime("valid_at"),
            KnownAt.Of(request.HasKnownAtPosition ? request.KnownAtPosition : null, request.KnownAtTime),
            request.Limit == 0 ? null : request.Limit, request.Cursor, context.CancellationToken);
        return new() { Alarms = { page.Items.Select(AlarmMessage.Of) }, NextCursor = page.NextCursor ?? "" };
    }

    public override async Task<Proto.GetAlarmResponse> GetAlarm(Proto.GetAlarmRequest request, ServerCallContext context) =>
        new()
        {
            Alarm = AlarmMessage.Of(await get.Run(
                request.AlarmId, request.ValidAt?.ToTime("valid_at"),
                KnownAt.Of(request.HasKnownAtPosition ? request.KnownAtPosition : null, request.KnownAtTime), context.CancellationToken)),
        };

    public override async Task<Proto.AcknowledgeAlarmResponse> AcknowledgeAlarm(
        Proto.AcknowledgeAlarmRequest request, ServerCallContext context)
    {
        var (isDone, alarm) = await acknowledge.Run(
            request.AlarmId, Input.Given(request.AcknowledgedBy), Input.Given(request.Comment), context.CancellationToken);
        return new() { IsFinished = isDone, Alarm = AlarmMessage.Of(alarm) };
    }

    public override async Task<Proto.ShelveAlarmResponse> ShelveAlarm(Proto.ShelveAlarmRequest request, ServerCallContext context)
    {
        var until = request.Until?.ToTime("until") ?? throw new InvalidInputException("until", null, Input.AllowedTime);
        var (isDone, alarm) = await handle.Shelve(
            request.AlarmId, until, request.Reason, Input.Given(request.ShelvedBy), context.CancellationToken);
        return new() { IsFinished = isDone, Alarm = AlarmMessage.Of(alarm) };
    }

    public override async Task<Proto.UnshelveAlarmResponse> UnshelveAlarm(Proto.UnshelveAlarmRequest request, ServerCallContext context)
    {
        var (isDone, alarm) = await handle.Unshelve(request.AlarmId, Input.Given(request.UnshelvedBy), context.CancellationToken);
        return new() { IsFinished = isDone, Alarm = AlarmMessage.Of(alarm) };
    }

    public override async Task<Proto.CommentAlarmResponse> CommentAlarm(Proto.CommentAlarmRequest request, ServerCallContext context)
    {
        var (isDone, alarm) = await handle.Comment(
            request.AlarmId, request.Text, Input.Given(request.CommentedBy), context.CancellationToken);
        return new() { IsFinished = isDone, Alarm = AlarmMessage.Of(alarm) };
    }

    public override async Task<Proto.AssignAlarmResponse> AssignAlarm(Proto.AssignAlarmRequest request, ServerCallContext context)
    {
        var (isDone, alarm) = await handle.Assign(
            request.AlarmId, Input.Given(request.AssignedTo), Input.Given(request.AssignedBy), context.CancellationToken);
        return new() { IsFinished = isDone, Alarm = AlarmMessage.Of(alarm) };
    }

    public override async Task<Proto.GetOpenAlarmsResponse> GetOpenAlarms(Proto.GetOpenAlarmsRequest request, ServerCallContext context) =>
        new() { Open = Of(await open.Run(context.CancellationToken)) };

    public override async Task WatchAlarms(
        Proto.WatchAlarmsRequest request, IServerStreamWriter<Proto.WatchAlarmsResponse> responses, ServerCallContext context)
    {
        await foreach (var answer in open.Follow(null, context.CancellationToken))
            if (answer is not null) await responses.WriteAsync(new() { Open = Of(answer) }, context.CancellationToken);
    }

    public override async Task<Proto.GetAlarmRatesResponse> GetAlarmRates(Proto.GetAlarmRatesRequest request, ServerCallContext context)
    {
        var answer = await rates.Run(
            request.AssetId, request.From?.ToTime("from"), request.Until?.ToTime("until"), context.CancellationToken);
        return new()
        {
            From = answer.From.ToProto(),
            Until = answer.Until.ToProto(),
            Raised = answer.Raised,
            PerHour = answer.PerHour,
            MostInAnHour = answer.MostInAnHour,
            Verdict = answer.Verdict,
            Standing = answer.Standing,
            Chattering = answer.Chattering,
            Fleeting = answer.Fleeting,
            Limits =
            {
                answer.Limits.Select(l => new Proto.LimitRate
                {
                    AssetId = l.AssetId,
                    LimitId = l.LimitId,
                    Severity = l.Severity,
                    Message = l.Message,
                    Raised = l.Raised,
                    Share = l.Share,
                    Chattering = l.Chattering,
                    Fleeting = l.Fleeting,
                }),
            },
        };
    }

    static Proto.OpenAlarms Of(OpenAlarmsAnswer answer) => new()
    {
        Critical = answer.Critical,
        Alarm = answer.Alarm,
        Warning = answer.Warning,
        Unacknowledged = answer.Unacknowledged,
        ClearedNotAcknowledged = answer.ClearedNotAcknowledged,
        Shelved = answer.Shelved,
        Worst = { answer.Worst.Select(Of) },
    };

    static Proto.OpenAlarm Of(OpenAlarm alarm)
    {
        var message = new Proto.OpenAlarm { Alarm = AlarmMessage.Of(alarm.Alarm), AssetName = alarm.AssetName };
        if (alarm.NewestValue is { } value) message.NewestValue = value;
        return message;
    }
}
