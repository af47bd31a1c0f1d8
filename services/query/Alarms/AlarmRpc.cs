using Grpc.Core;
using Npgsql;
using Query.Api;
using Query.Twins;
using Proto = Contracts.Query.V1;

namespace Query.Alarms;

sealed class AlarmRpc(NpgsqlDataSource source, AcknowledgeAlarmEndpoint acknowledge) : Proto.AlarmService.AlarmServiceBase
{
    public override async Task<Proto.ListAlarmsResponse> ListAlarms(Proto.ListAlarmsRequest request, ServerCallContext context)
    {
        var filter = AlarmFilter.Of(request.AssetId, request.States, request.Severities, request.Since?.ToTime("since"));
        var page = await Alarms.ListAlarms.Run(
            source, filter, request.Limit == 0 ? null : request.Limit, request.Cursor, context.CancellationToken);
        return new() { Alarms = { page.Items.Select(AlarmMessage.Of) }, NextCursor = page.NextCursor ?? "" };
    }

    public override async Task<Proto.GetAlarmResponse> GetAlarm(Proto.GetAlarmRequest request, ServerCallContext context) =>
        new() { Alarm = AlarmMessage.Of(await Alarms.GetAlarm.Run(request.AlarmId, source, context.CancellationToken)) };

    public override async Task<Proto.AcknowledgeAlarmResponse> AcknowledgeAlarm(
        Proto.AcknowledgeAlarmRequest request, ServerCallContext context)
    {
        var (isDone, alarm) = await acknowledge.Run(
            request.AlarmId, Input.Given(request.AcknowledgedBy), Input.Given(request.Comment), context.CancellationToken);
        return new() { IsFinished = isDone, Alarm = AlarmMessage.Of(alarm) };
    }
}
