using Grpc.Core;
using Query.Api;
using Query.Events;
using Proto = Contracts.Query.V1;

namespace Query.Lineages;

sealed class LineageRpc(FindLineage find) : Proto.LineageService.LineageServiceBase
{
    public override async Task<Proto.GetLineageResponse> GetLineage(Proto.GetLineageRequest request, ServerCallContext context)
    {
        var answer = await find.Run(
            LineageQuestion.Parse(
                request.AssetId, request.SensorId, request.SignalId, request.At?.ToTime("at"), request.ValidAt?.ToTime("valid_at"),
                KnownAt.Of(request.HasKnownAtPosition ? request.KnownAtPosition : null, request.KnownAtTime), request.AlarmId,
                request.ScenarioId, request.DecisionId, request.CalibrationId),
            context.CancellationToken);
        return new() { Nodes = { answer.Nodes.Select(Of) }, HasMore = answer.HasMore };
    }

    static Proto.LineageNode Of(LineageNode node)
    {
        var message = new Proto.LineageNode
        {
            Key = node.Key,
            What = node.What,
            Id = node.Id,
            Detail = node.Detail,
            TraceId = node.TraceId ?? "",
            Link = node.Link ?? "",
            From = { node.From },
        };
        if (node.Position is { } position) message.Position = position;
        return message;
    }
}
