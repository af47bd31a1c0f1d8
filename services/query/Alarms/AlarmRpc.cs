using Grpc.Core;
using Query.Api;
using Query.Events;
using Query.Twins;
using Proto = Contracts.Query.V1;

namespace Query.Alarms;

sealed class AlarmRpc(ListAlarms list, GetAlarm get, AcknowledgeAlarmEndpoint acknowledge) : Proto.AlarmService.AlarmServiceBase
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
}
