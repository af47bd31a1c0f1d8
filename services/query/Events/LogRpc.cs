using Grpc.Core;
using Query.Api;
using ServiceDefaults;
using Proto = Contracts.Query.V1;

namespace Query.Events;

sealed class LogRpc(ListEvents events, LogReader reader) : Proto.LogService.LogServiceBase
{
    public override async Task<Proto.ListEventsResponse> ListEvents(Proto.ListEventsRequest request, ServerCallContext context)
    {
        var page = await events.Run(
            request.Stream, Input.Position("after", request.After), request.Limit == 0 ? null : request.Limit, context.CancellationToken);
        return new() { Events = { page.Items.Select(Of) }, NextAfter = page.NextAfter ?? 0 };
    }

    public override async Task<Proto.GetPositionResponse> GetPosition(Proto.GetPositionRequest request, ServerCallContext context) =>
        new() { Position = await reader.Position(context.CancellationToken) };

    public static Proto.LogEvent Of(LogEvent e) => new()
    {
        Stream = e.Stream,
        Version = e.Version,
        Position = e.Position,
        Type = e.Type,
        RecordedAt = e.RecordedAt.ToProto(),
        TraceId = e.TraceId ?? "",
        Headers = { e.Headers.ToDictionary(h => h.Key, h => h.Value?.ToString() ?? "") },
        DataJson = e.Data?.ToJsonString(ApiJson.Options) ?? "",
    };
}
