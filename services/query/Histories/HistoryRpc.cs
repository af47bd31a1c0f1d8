using Grpc.Core;
using Query.Api;
using Query.Events;
using Proto = Contracts.Query.V1;

namespace Query.Histories;

sealed class HistoryRpc(GetHistory history) : Proto.HistoryService.HistoryServiceBase
{
    public override async Task<Proto.GetHistoryResponse> GetHistory(Proto.GetHistoryRequest request, ServerCallContext context)
    {
        var answer = await history.Run(
            request.AssetId, request.SensorIds, request.From?.ToTime("from"), request.To?.ToTime("to"), request.Points == 0 ? null : request.Points,
            KnownAt.Of(request.HasKnownAtPosition ? request.KnownAtPosition : null, request.KnownAtTime), request.Estimate, context.CancellationToken);
        var message = new Proto.GetHistoryResponse
        {
            From = answer.From.ToProto(),
            To = answer.To.ToProto(),
            Points = answer.Points,
            Series = { answer.Series.Select(Of) },
            KnownAtTime = answer.KnownAt.ToProto(),
        };
        if (answer.KnownAtPosition is { } position) message.KnownAtPosition = position;
        return message;
    }

    static Proto.SensorHistory Of(SensorHistory series) => new()
    {
        SensorId = series.SensorId,
        Unit = series.Unit,
        Source = series.Source,
        Points = { series.Points.Select(Of) },
    };

    static Proto.HistoryPoint Of(HistoryPoint point)
    {
        var message = new Proto.HistoryPoint
        {
            Start = point.Start.ToProto(),
            Count = point.Count,
            Min = point.Min,
            Max = point.Max,
            Mean = point.Mean,
            First = point.First,
            FirstAt = point.FirstAt.ToProto(),
            Last = point.Last,
            LastAt = point.LastAt.ToProto(),
        };
        if (point.Estimate is { } estimate) message.Estimate = estimate;
        if (point.EstimateStandardDeviation is { } deviation) message.EstimateStandardDeviation = deviation;
        return message;
    }
}
