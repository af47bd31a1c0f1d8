using Google.Protobuf;
using Grpc.Core;
using Query.Api;
using ServiceDefaults;
using ServiceDefaults.Seals;
using Proto = Contracts.Query.V1;

namespace Query.Events;

sealed class LogRpc(ListEvents events, WatchEvents watch, GetPosition position, ListSeals seals, ProveEvent prove)
    : Proto.LogService.LogServiceBase
{
    public override async Task<Proto.ListEventsResponse> ListEvents(Proto.ListEventsRequest request, ServerCallContext context)
    {
        var page = await events.Run(
            request.Stream, Input.Given(request.AssetId), Input.Given(request.Actor), Input.Position("after", request.After),
            request.Limit == 0 ? null : request.Limit, context.CancellationToken);
        return new() { Events = { page.Items.Select(Of) }, NextAfter = page.NextAfter ?? 0 };
    }

    public override async Task WatchEvents(
        Proto.WatchEventsRequest request, IServerStreamWriter<Proto.WatchEventsResponse> responses, ServerCallContext context)
    {
        var cancel = context.CancellationToken;
        var filter = FeedFilter.Of(
            request.Types_, Input.Given(request.Stream), Input.Given(request.AssetId), Input.Given(request.Actor));
        var after = await watch.Begin(filter, request.HasAfter ? request.After : null, "after", cancel);
        await foreach (var (e, position) in watch.Follow(filter, after, cancel))
            await responses.WriteAsync(new() { Event = e is null ? null : Of(e), Position = position }, cancel);
    }

    public override async Task<Proto.GetPositionResponse> GetPosition(Proto.GetPositionRequest request, ServerCallContext context) =>
        new() { Position = (await position.Run(request.At?.ToTime("at"), context.CancellationToken)).Position };

    public override async Task<Proto.ListSealsResponse> ListSeals(Proto.ListSealsRequest request, ServerCallContext context) =>
        new() { Seals = { (await seals.Run(context.CancellationToken)).Items.Select(Of) } };

    public override async Task<Proto.GetEventProofResponse> GetEventProof(Proto.GetEventProofRequest request, ServerCallContext context)
    {
        var proof = await prove.Run(request.Position, context.CancellationToken);
        var (e, s) = (proof.Event, proof.StreamSeal);
        var shown = new Proto.ProvenEvent
        {
            Position = e.Position,
            Version = e.Version,
            RecordedAt = e.RecordedAt.ToProto(),
            Id = e.Id.ToString(),
            Stream = e.Stream,
            Type = e.Type,
            Tenant = e.Tenant,
            Data = e.Data,
        };
        if (e.Headers is not null) shown.Headers = e.Headers;
        if (e.Bytes is not null) shown.Bytes = ByteString.CopyFrom(e.Bytes);
        return new()
        {
            Event = shown,
            InStream = Of(proof.InStream),
            StreamSeal = new()
            {
                Stream = s.Stream,
                Day = CanonicalBytes.Shown(s.Day),
                UpTo = s.UpTo,
                FirstVersion = s.FirstVersion,
                LastVersion = s.LastVersion,
                FirstPosition = s.FirstPosition,
                LastPosition = s.LastPosition,
                Count = s.Count,
                Previous = s.Previous,
                Head = s.Head,
                Root = s.Root,
                FingerprintsHash = s.FingerprintsHash,
            },
            InDay = Of(proof.InDay),
            Seal = Of(proof.Seal),
        };
    }

    static Proto.MerklePath Of(MerklePath path) => new() { Index = path.Index, Count = path.Count, Leaf = path.Leaf, Path = { path.Path } };

    static Proto.DaySeal Of(DaySeal seal) => new()
    {
        Day = CanonicalBytes.Shown(seal.Day),
        After = seal.After,
        UpTo = seal.UpTo,
        Events = seal.Events,
        Streams = seal.Streams,
        Root = seal.Root,
        Previous = seal.Previous,
        SealedAt = seal.SealedAt.ToProto(),
        KeyId = seal.KeyId,
        Signature = ByteString.CopyFrom(seal.Signature),
        Hash = seal.Hash,
    };

    public static Proto.LogEvent Of(LogEvent e) => new()
    {
        Stream = e.Stream,
        Version = e.Version,
        Position = e.Position,
        Type = e.Type,
        RecordedAt = e.RecordedAt.ToProto(),
        TraceId = e.TraceId ?? "",
        Actor = e.Actor ?? "",
        Reason = e.Reason ?? "",
        Headers = { e.Headers.ToDictionary(h => h.Key, h => h.Value?.ToString() ?? "") },
        DataJson = e.Data?.ToJsonString(ApiJson.Options) ?? "",
    };
}
