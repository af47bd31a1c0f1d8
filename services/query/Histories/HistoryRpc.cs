using Grpc.Core;
using Query.Api;
using Query.Events;
using Proto = Contracts.Query.V1;

namespace Query.Histories;

sealed class HistoryRpc(GetHistory history) : Proto.HistoryService.HistoryServiceBase
{
    public override async Task<Proto.GetHistoryResponse> GetHistory(Proto.GetHistoryRequest request, ServerCallContext context)
    {
        var asked = new HistoryQuestion(
            request.AssetId, request.SensorIds, request.From?.ToTime("from"), request.To?.ToTime("to"),
            request.Points == 0 ? null : request.Points,
            KnownAt.Of(request.HasKnownAtPosition ? request.KnownAtPosition : null, request.KnownAtTime), request.Estimate,
            Calendar.Parse(Given(request.Bucket), Given(request.TimeZone), Given(request.Fill), "time_zone"));
        var answer = await history.Run(asked, context.CancellationToken);
        var message = new Proto.GetHistoryResponse
        {
            From = answer.From.ToProto(),
            To = answer.To.ToProto(),
            Points = answer.Points,
            Series = { answer.Series.Select(Of) },
            KnownAtTime = answer.KnownAt.ToProto(),
            Bucket = answer.Bucket ?? "",
            TimeZone = answer.TimeZone ?? "",
            Fill = answer.Fill ?? "",
        };
        if (answer.KnownAtPosition is { } position) message.KnownAtPosition = position;
        return message;
    }

    static string? Given(string text) => text.Length == 0 ? null : text;

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
            End = point.End.ToProto(),
            Cut = point.Cut == true,
            Count = point.Count,
            FirstAt = point.FirstAt.ToProto(),
            LastAt = point.LastAt.ToProto(),
        };
        if (point.Min is { } min) message.Min = min;
        if (point.Max is { } max) message.Max = max;
        if (point.Mean is { } mean) message.Mean = mean;
        if (point.First is { } first) message.First = first;
        if (point.Last is { } last) message.Last = last;
        if (point.Estimate is { } estimate) message.Estimate = estimate;
        if (point.EstimateStandardDeviation is { } deviation) message.EstimateStandardDeviation = deviation;
        return message;
    }
}
