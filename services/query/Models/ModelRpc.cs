using Grpc.Core;
using Query.Api;
using Proto = Contracts.Query.V1;

namespace Query.Models;

sealed class ModelRpc(GetModels get, ReviseModelEndpoint revise) : Proto.ModelService.ModelServiceBase
{
    public override async Task<Proto.ListModelsResponse> ListModels(Proto.ListModelsRequest request, ServerCallContext context) =>
        new() { Models = { (await get.List(context.CancellationToken)).Items.Select(Of) } };

    public override async Task<Proto.GetModelResponse> GetModel(Proto.GetModelRequest request, ServerCallContext context)
    {
        var answer = await get.Get(request.ModelId, context.CancellationToken);
        return new()
        {
            Model = Of(answer.Model),
            Yaml = answer.Yaml,
            Versions =
            {
                answer.Versions.Select(v => new Proto.ModelVersion
                {
                    Version = v.Version,
                    Hash = v.Hash,
                    At = v.At.ToProto(),
                    RevisedBy = v.By ?? "",
                    Comment = v.Comment ?? "",
                    Assets = v.Assets,
                }),
            },
            Followers =
            {
                answer.Followers.Select(f => new Proto.ModelFollower
                {
                    AssetId = f.Id,
                    Name = f.Name,
                    Version = f.Version,
                    IsCurrent = f.IsCurrent,
                }),
            },
        };
    }

    public override async Task<Proto.ReviseModelResponse> ReviseModel(Proto.ReviseModelRequest request, ServerCallContext context)
    {
        var revision = await revise.Run(
            request.ModelId, request.Yaml, request.IsPreview, Input.Given(request.OrphanedAlarms), context.CancellationToken);
        return new() { IsFinished = revision is not null, Revision = revision is null ? null : Of(revision) };
    }

    static Proto.ModelSummary Of(ModelSummary m) => new()
    {
        ModelId = m.Id,
        Name = m.Name,
        Kind = m.Kind,
        Version = m.Version,
        Hash = m.Hash,
        IsShipped = m.IsShipped,
        Since = m.Since?.ToProto(),
        RevisedBy = m.By ?? "",
        Assets = m.Assets,
        Others = m.Others,
    };

    static Proto.ModelRevision Of(ModelRevision r) => new()
    {
        ModelId = r.Id,
        Version = r.Version,
        Hash = r.Hash,
        VersionBefore = r.VersionBefore ?? 0,
        IsPreview = r.IsPreview,
        Changes = { r.Changes.Select(Of) },
        Problems = { r.Problems },
        Assets = r.Assets,
        Moved = r.Moved,
        OrphanedAlarms = { r.OrphanedAlarms },
        Effects = { r.Effects.Select(Of) },
        Position = r.Position,
    };

    static Proto.ModelChange Of(TwinModel.Assets.ModelChange c)
    {
        Proto.ModelChange change = new() { Kind = c.Kind, Path = c.Path };
        if (c.Before is { } before) change.Before = before;
        if (c.After is { } after) change.After = after;
        return change;
    }

    static Proto.EffectOnAsset Of(EffectOnAsset e) => new()
    {
        AssetId = e.AssetId,
        Name = e.Name,
        Version = e.Version,
        OrphanedAlarms = { e.OrphanedAlarms },
        LostCalibration = e.LostCalibration ?? "",
        RemovedSensors =
        {
            e.RemovedSensors.Select(s => new Proto.SilencedSensor
            {
                SensorId = s.Id,
                Readings = s.Readings,
                NewestAt = s.NewestAt?.ToProto(),
            }),
        },
        Problem = e.Problem ?? "",
    };
}
