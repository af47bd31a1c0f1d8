using Grpc.Core;
using Query.Api;
using Query.Events;
using Proto = Contracts.Query.V1;

namespace Query.Estimates;

sealed class EstimateRpc(GetEstimate get, GetEstimateHistory history) : Proto.EstimateService.EstimateServiceBase
{
    public override async Task<Proto.GetEstimateResponse> GetEstimate(Proto.GetEstimateRequest request, ServerCallContext context) =>
        EstimateMessage.Of(await get.Run(
            request.AssetId, request.ValidAt?.ToTime("valid_at"),
            KnownAt.Of(request.HasKnownAtPosition ? request.KnownAtPosition : null, request.KnownAtTime), context.CancellationToken));

    public override async Task<Proto.GetEstimateHistoryResponse> GetEstimateHistory(
        Proto.GetEstimateHistoryRequest request, ServerCallContext context) => EstimateMessage.Of(await history.Run(
            request.AssetId, request.SignalIds, request.From?.ToTime("from"), request.To?.ToTime("to"),
            request.Points == 0 ? null : request.Points,
            KnownAt.Of(request.HasKnownAtPosition ? request.KnownAtPosition : null, request.KnownAtTime), context.CancellationToken));
}
