using Grpc.Core;
using Query.Api;
using Query.Events;
using Proto = Contracts.Query.V1;

namespace Query.Decisions;

sealed class DecisionRpc(
    CreateDecision create, GetDecision get, ListDecisions list, TakeDecisionEndpoint take,
    RunBacktestEndpoint backtest) : Proto.DecisionService.DecisionServiceBase
{
    public override async Task<Proto.CreateDecisionResponse> CreateDecision(
        Proto.CreateDecisionRequest request, ServerCallContext context) =>
        new() { Decision = DecisionMessage.Of(await create.Run(DecisionMessage.Asked(request), context.CancellationToken)) };

    public override async Task<Proto.GetDecisionResponse> GetDecision(Proto.GetDecisionRequest request, ServerCallContext context) =>
        new()
        {
            Decision = DecisionMessage.Of(await get.Run(
                request.DecisionId, request.ValidAt?.ToTime("valid_at"),
                KnownAt.Of(request.HasKnownAtPosition ? request.KnownAtPosition : null, request.KnownAtTime),
                context.CancellationToken)),
        };

    public override async Task<Proto.ListDecisionsResponse> ListDecisions(Proto.ListDecisionsRequest request, ServerCallContext context)
    {
        var page = await list.Run(
            request.AssetId, request.Component, request.States,
            request.ValidAt?.ToTime("valid_at"),
            KnownAt.Of(request.HasKnownAtPosition ? request.KnownAtPosition : null, request.KnownAtTime),
            request.Limit == 0 ? null : request.Limit, request.Cursor, context.CancellationToken);
        return new() { Decisions = { page.Items.Select(DecisionMessage.Of) }, NextCursor = page.NextCursor ?? "" };
    }

    public override async Task<Proto.TakeDecisionResponse> TakeDecision(Proto.TakeDecisionRequest request, ServerCallContext context) =>
        new()
        {
            Decision = DecisionMessage.Of(await take.Run(
                request.DecisionId, Input.Given(request.Option), Input.Given(request.TakenBy), Input.Given(request.Comment),
                context.CancellationToken)),
        };

    public override async Task<Proto.GetHindsightResponse> GetHindsight(Proto.GetHindsightRequest request, ServerCallContext context) =>
        DecisionMessage.Of(await list.Hindsight(request.AssetId, request.Component, context.CancellationToken));

    public override async Task<Proto.RunBacktestResponse> RunBacktest(Proto.RunBacktestRequest request, ServerCallContext context) =>
        DecisionMessage.Of(await backtest.Run(
        new(request.AssetId, request.Component, request.From?.ToTime("from"), request.To?.ToTime("to"), new(
            request.HasSlack ? request.Slack : null, request.HasLimit ? request.Limit : null,
            request.HasBaselineCount ? request.BaselineCount : null,
            request.HasConfirmCount ? request.ConfirmCount : null, request.HasWindowSeconds ? request.WindowSeconds : null,
            request.HasCriticalValue ? request.CriticalValue : null)),
        context.CancellationToken));
}
