using Grpc.Core;
using Query.Api;
using Query.Events;
using Proto = Contracts.Query.V1;

namespace Query.CorrectedReadings;

sealed class CorrectionRpc(CorrectReadingsEndpoint correct, ListCorrections list) : Proto.CorrectionService.CorrectionServiceBase
{
    public override async Task<Proto.CorrectReadingsResponse> CorrectReadings(
        Proto.CorrectReadingsRequest request, ServerCallContext context)
    {
        var asked = new CorrectionRequest(
            Input.Given(request.SensorId),
            [.. request.Readings.Select(r => new CorrectedValue(r.SampledAt?.ToTime("sampled_at"), r.HasValue ? r.Value : null))],
            Input.Given(request.Reason), Input.Given(request.By));
        return new() { Correction = Of(await correct.Correct(request.AssetId, asked, context.CancellationToken)) };
    }

    public override async Task<Proto.RetractReadingsResponse> RetractReadings(
        Proto.RetractReadingsRequest request, ServerCallContext context)
    {
        var asked = new RetractionRequest(
            Input.Given(request.SensorId), request.From?.ToTime("from"), request.To?.ToTime("to"), Input.Given(request.Reason),
            Input.Given(request.By));
        return new() { Correction = Of(await correct.Retract(request.AssetId, asked, context.CancellationToken)) };
    }

    public override async Task<Proto.WithdrawCorrectionResponse> WithdrawCorrection(
        Proto.WithdrawCorrectionRequest request, ServerCallContext context)
    {
        var asked = new WithdrawalRequest(Input.Given(request.Reason), Input.Given(request.By));
        return new()
        {
            Correction = Of(await correct.Withdraw(request.AssetId, request.CorrectionId, asked, context.CancellationToken)),
        };
    }

    public override async Task<Proto.GetCorrectionResponse> GetCorrection(
        Proto.GetCorrectionRequest request, ServerCallContext context) => new()
        {
            Correction = Of(await list.Get(
                request.AssetId, request.CorrectionId,
                KnownAt.Of(request.HasKnownAtPosition ? request.KnownAtPosition : null, request.KnownAtTime), context.CancellationToken)),
        };

    public override async Task<Proto.ListCorrectionsResponse> ListCorrections(
        Proto.ListCorrectionsRequest request, ServerCallContext context)
    {
        var page = await list.Run(
            request.AssetId, KnownAt.Of(request.HasKnownAtPosition ? request.KnownAtPosition : null, request.KnownAtTime),
            request.Limit == 0 ? null : request.Limit, Input.Given(request.Cursor), context.CancellationToken);
        return new() { Corrections = { page.Items.Select(Of) }, NextCursor = page.NextCursor ?? "" };
    }

    static Proto.Correction Of(CorrectionAnswer c) => new()
    {
        CorrectionId = c.CorrectionId,
        AssetId = c.AssetId,
        SensorId = c.SensorId,
        Kind = c.Kind,
        From = c.From.ToProto(),
        To = c.To.ToProto(),
        Readings = c.Readings,
        Values = { (c.Values ?? []).Select(v => new Proto.CorrectedReading { SampledAt = v.SampledAt.ToProto(), Value = v.Value }) },
        Reason = c.Reason,
        By = c.By,
        At = c.At.ToProto(),
        Position = c.Position,
        Withdrawal = c.Withdrawal is not { } w ? null : new()
        {
            Reason = w.Reason,
            By = w.By,
            At = w.At.ToProto(),
            Position = w.Position,
        },
    };
}
