using Query.Api;
using Query.Registry;
using Proto = Contracts.Query.V1;

namespace Query.Assets;

/// <summary>Assets as gRPC messages.</summary>
static class AssetMessage
{
    public static Proto.AssetSummary Of(AssetSummary asset) => new()
    {
        Id = asset.Id,
        Name = asset.Name,
        ModelId = asset.ModelId,
        ModelVersion = asset.ModelVersion,
        ModelHash = asset.ModelHash,
        RegisteredAt = asset.RegisteredAt.ToProto(),
        Problem = asset.Problem ?? "",
        Labels = { asset.Labels.ToDictionary() },
        Kind = asset.Kind,
    };

    public static Proto.Asset Of(AssetAnswer asset) => new()
    {
        Id = asset.Id,
        Name = asset.Name,
        ModelId = asset.ModelId,
        ModelVersion = asset.ModelVersion,
        ModelHash = asset.ModelHash,
        RegisteredAt = asset.RegisteredAt.ToProto(),
        Description = asset.Description,
        Components = { asset.Components.Select(c => new Proto.Component { Id = c.Id, Kind = c.Kind, Name = c.Name }) },
        Relationships = { asset.Relationships.Select(r => new Proto.Relationship { Type = r.Type, From = r.From, To = r.To }) },
        Sensors = { asset.Sensors.Select(Of) },
        Limits = { asset.Limits.Select(Of) },
        Connections =
        {
            asset.Connections.Select(c => new Proto.Connection
            {
                Topic = c.Topic,
                Payload = c.Payload,
                Names = { c.Names.ToDictionary() },
            }),
        },
        Labels = { asset.Labels.ToDictionary() },
        Kind = asset.Kind,
        RelationshipTypes = { asset.RelationshipTypes.Select(Of) },
    };

    static Proto.RelationshipType Of(RelationshipTypeOfAsset type) => new()
    {
        Id = type.Id,
        To = { type.To },
        Most = type.Most ?? 0,
        MostSources = type.MostSources ?? 0,
        IsAcyclic = type.IsAcyclic,
        Properties =
        {
            type.Properties.Select(p => new Proto.RelationshipProperty
            {
                Id = p.Id,
                Unit = p.Unit ?? "",
                Range = p.Range is { } range ? new() { Min = range.Min, Max = range.Max } : null,
                IsRequired = p.IsRequired,
            }),
        },
    };

    static Proto.Sensor Of(SensorOfAsset sensor) => new()
    {
        Id = sensor.Id,
        Number = (uint)sensor.Number,
        Name = sensor.Name,
        Component = sensor.Component,
        Quantity = sensor.Quantity,
        Unit = sensor.Unit,
        Physical = new() { Min = sensor.Physical.Min, Max = sensor.Physical.Max },
        Plausible = new() { Min = sensor.Plausible.Min, Max = sensor.Plausible.Max },
        IntervalSeconds = sensor.IntervalSeconds,
        MissingAfterSeconds = sensor.MissingAfterSeconds,
        Noise = sensor.Noise,
    };

    static Proto.Limit Of(LimitOfAsset limit) => new()
    {
        Id = limit.Id,
        SensorId = limit.Sensor ?? "",
        SignalId = limit.Signal ?? "",
        Direction = limit.Direction,
        Threshold = limit.Threshold,
        Clear = limit.Clear,
        Severity = limit.Severity,
        OnDelaySeconds = limit.OnDelaySeconds,
        OffDelaySeconds = limit.OffDelaySeconds,
        Message = limit.Message,
    };
}
