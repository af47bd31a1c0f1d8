using Grpc.Core;
using Query.Api;
using Query.Events;
using Proto = Contracts.Query.V1;

namespace Query.Calibrations;

sealed class CalibrationRpc(
    CreateCalibration create, GetCalibration get, ListCalibrations list, DecideCalibrationEndpoint decide,
    GetParameters parameters) : Proto.CalibrationService.CalibrationServiceBase
{
    public override async Task<Proto.CreateCalibrationResponse> CreateCalibration(
        Proto.CreateCalibrationRequest request, ServerCallContext context) => new()
        {
            Calibration = CalibrationMessage.Of(
                await create.Run(CalibrationMessage.Asked(request), KnownAtOf(request.KnownAt), context.CancellationToken)),
        };

    public override async Task<Proto.GetCalibrationResponse> GetCalibration(
        Proto.GetCalibrationRequest request, ServerCallContext context) =>
        new()
        {
            Calibration = CalibrationMessage.Of(await get.Run(
                request.CalibrationId, request.ValidAt?.ToTime("valid_at"),
                KnownAt.Of(request.HasKnownAtPosition ? request.KnownAtPosition : null, request.KnownAtTime),
                context.CancellationToken)),
        };

    public override async Task<Proto.ListCalibrationsResponse> ListCalibrations(
        Proto.ListCalibrationsRequest request, ServerCallContext context)
    {
        var page = await list.Run(
            request.AssetId, [.. request.States],
            request.ValidAt?.ToTime("valid_at"),
            KnownAt.Of(request.HasKnownAtPosition ? request.KnownAtPosition : null, request.KnownAtTime),
            request.Limit == 0 ? null : request.Limit, request.Cursor, context.CancellationToken);
        return new() { Calibrations = { page.Items.Select(CalibrationMessage.Of) }, NextCursor = page.NextCursor ?? "" };
    }

    public override async Task<Proto.AdoptCalibrationResponse> AdoptCalibration(
        Proto.AdoptCalibrationRequest request, ServerCallContext context) => new()
        {
            Calibration = CalibrationMessage.Of(await decide.Adopt(
                request.CalibrationId, new(Input.Given(request.By), Input.Given(request.Comment)), context.CancellationToken)),
        };

    public override async Task<Proto.RollBackCalibrationResponse> RollBackCalibration(
        Proto.RollBackCalibrationRequest request, ServerCallContext context) => new()
        {
            Calibration = CalibrationMessage.Of(await decide.RollBack(
                request.CalibrationId, new(Input.Given(request.By), Input.Given(request.Comment)), context.CancellationToken)),
        };

    public override async Task<Proto.GetParametersResponse> GetParameters(
        Proto.GetParametersRequest request, ServerCallContext context) => CalibrationMessage.Of(await parameters.Run(
            request.AssetId, request.ValidAt?.ToTime("valid_at"),
            KnownAtOf(request.KnownAt), context.CancellationToken));

    static KnownAt? KnownAtOf(long position) => position == 0 ? null : new(Input.Position("known_at", position), null);
}
