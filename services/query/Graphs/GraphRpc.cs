using Grpc.Core;
using Query.Api;
using Query.Events;
using ServiceDefaults;
using Proto = Contracts.Query.V1;

namespace Query.Graphs;

sealed class GraphRpc(ChangeRelationshipEndpoint change, ListRelationships relationships, ListNodes nodes, GetTree tree)
    : Proto.GraphService.GraphServiceBase
{
    public override async Task<Proto.RelationshipResponse> AddRelationship(
        Proto.AddRelationshipRequest request, ServerCallContext context)
    {
        var asked = new RelationshipToAdd(
            [.. request.Properties.Select(p => new PropertyAnswer(
                p.Id, p.HasNumber ? p.Number : null, Input.Given(p.Unit), p.HasText ? p.Text : null))],
            request.Since?.ToTime("since"), Input.Given(request.By), Input.Given(request.Comment));
        return Of(await change.Add(request.Source, request.Type, request.Target, asked, context.CancellationToken));
    }

    public override async Task<Proto.RelationshipResponse> RemoveRelationship(
        Proto.RemoveRelationshipRequest request, ServerCallContext context) =>
        Of(await change.Remove(
            request.Source, request.Type, request.Target, request.Until?.ToTime("until"), Input.Given(request.By),
            Input.Given(request.Comment), context.CancellationToken));

    public override async Task<Proto.ListRelationshipsResponse> ListRelationships(
        Proto.ListRelationshipsRequest request, ServerCallContext context)
    {
        var page = await relationships.Run(
            request.AssetId, request.Direction, request.Type, request.ValidAt?.ToTime("valid_at"),
            KnownAt.Of(request.HasKnownAtPosition ? request.KnownAtPosition : null, request.KnownAtTime),
            request.Limit == 0 ? null : request.Limit, request.Cursor, context.CancellationToken);
        return new() { Relationships = { page.Items.Select(One) }, NextCursor = page.NextCursor ?? "" };
    }

    public override async Task<Proto.ListNodesResponse> ListNodes(Proto.ListNodesRequest request, ServerCallContext context)
    {
        var page = await nodes.Run(
            request.From, request.Path,
            NodeFilter.Parse(request.ModelId, request.Kind, request.Label, request.Condition, request.Alarm, request.Search),
            request.ValidAt?.ToTime("valid_at"),
            KnownAt.Of(request.HasKnownAtPosition ? request.KnownAtPosition : null, request.KnownAtTime),
            request.Limit == 0 ? null : request.Limit, request.Cursor, context.CancellationToken);
        return new() { Nodes = { page.Items.Select(Of) }, NextCursor = page.NextCursor ?? "" };
    }

    public override async Task<Proto.GetTreeResponse> GetTree(Proto.GetTreeRequest request, ServerCallContext context)
    {
        if (request.AssetId.Length > 0 && (request.Limit != 0 || request.Cursor.Length > 0))
            throw new InvalidInputException(
                request.Limit != 0 ? "limit" : "cursor", request.Limit != 0 ? request.Limit : request.Cursor, "only without asset_id");
        var answer = await tree.Run(
            Input.Given(request.AssetId), request.HasDepth ? request.Depth : null, request.ValidAt?.ToTime("valid_at"),
            KnownAt.Of(request.HasKnownAtPosition ? request.KnownAtPosition : null, request.KnownAtTime),
            request.Limit == 0 ? null : request.Limit, request.Cursor, context.CancellationToken);
        return new()
        {
            NextCursor = answer.NextCursor ?? "",
            Ancestors = { answer.Ancestors.Select(a => new Proto.Ancestor { Id = a.Id, Name = a.Name }) },
            Nodes = { answer.Nodes.Select(Of) },
        };
    }

    static Proto.RelationshipResponse Of(RelationshipAnswer? relationship) => new()
    {
        IsFinished = relationship is not null,
        Relationship = relationship is null ? null : One(relationship),
    };

    static Proto.Related One(RelationshipAnswer r) => new()
    {
        Source = r.Source,
        Type = r.Type,
        Target = r.Target,
        Properties = { r.Properties.Select(Of) },
        Since = r.Since.ToProto(),
        Until = r.Until.ToProto(),
        By = r.By,
        Comment = r.Comment ?? "",
        Position = r.Position,
        RemovedBy = r.RemovedBy ?? "",
    };

    static Proto.PropertyValue Of(PropertyAnswer p)
    {
        var value = new Proto.PropertyValue { Id = p.Id, Unit = p.Unit ?? "" };
        if (p.Number is { } number) value.Number = number;
        if (p.Text is { } text) value.Text = text;
        return value;
    }

    static Proto.GraphNode Of(NodeAnswer n) => new()
    {
        Id = n.Id,
        Name = n.Name,
        Kind = n.Kind,
        ModelId = n.ModelId,
        ComponentKind = n.ComponentKind ?? "",
        Labels = { n.Labels.ToDictionary() },
        Parts = { n.Parts.Select(p => new Proto.PartLevel { Component = p.Component, Level = p.Level }) },
        ActiveAlarms = n.ActiveAlarms,
        WorstAlarm = n.WorstAlarm ?? "",
        Way = { n.Way },
    };

    static Proto.TreeNode Of(TreeNode n) => new()
    {
        Id = n.Id,
        Name = n.Name,
        Kind = n.Kind,
        ModelId = n.ModelId,
        ComponentKind = n.ComponentKind ?? "",
        Condition = n.Condition ?? "",
        ActiveAlarms = n.ActiveAlarms,
        WorstAlarm = n.WorstAlarm ?? "",
        Children = { n.Children.Select(Of) },
    };
}
