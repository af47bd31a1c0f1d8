using Contracts.Messages;
using Query.Api;
using Query.Estimates;
using Proto = Contracts.Query.V1;

namespace Query.Twins;

/// <summary>Twins as gRPC messages.</summary>
static class TwinMessage
{
    public static Proto.Twin Of(TwinAnswer twin)
    {
        var message = new Proto.Twin
        {
            AssetId = twin.AssetId,
            Name = twin.Name,
            ModelId = twin.ModelId,
            Position = twin.Position,
            Revision = twin.Revision,
            RecordedAt = twin.RecordedAt.ToProto(),
            SampledAt = twin.SampledAt.ToProto(),
            Readings = twin.Readings,
            StateHash = twin.StateHash,
            IsStale = twin.IsStale,
            StaleSensors = twin.StaleSensors,
            TraceParent = twin.TraceParent ?? "",
            AnsweredAt = twin.AnsweredAt.ToProto(),
        };
        foreach (var sensor in twin.Sensors) message.Sensors.Add(Of(sensor));
        foreach (var alarm in twin.Alarms) message.Alarms.Add(AlarmMessage.Of(alarm));
        if (twin.Estimate is { } estimate) message.Estimate = EstimateMessage.Of(estimate);
        if (twin.AsOf is { } asOf) message.AsOf = Of(asOf);
        return message;
    }

    public static Proto.AsOf Of(AsOfAnswer asOf) => new()
    {
        ValidAt = asOf.ValidAt.ToProto(),
        KnownAtPosition = asOf.KnownAtPosition,
        KnownAtTime = asOf.KnownAt.ToProto(),
    };

    static Proto.SensorState Of(SensorAnswer sensor)
    {
        var message = new Proto.SensorState
        {
            Id = sensor.Id,
            Name = sensor.Name,
            Component = sensor.Component,
            Quantity = sensor.Quantity,
            Unit = sensor.Unit,
            Quality = sensor.Quality,
            SampledAt = sensor.SampledAt.ToProto(),
            StaleAt = sensor.StaleAt.ToProto(),
            Readings = sensor.Readings,
            IsStale = sensor.IsStale,
        };
        if (sensor.Value is { } value) message.Value = value;
        if (sensor.AgeSeconds is { } age) message.AgeSeconds = age;
        if (sensor.Statistics is { } statistics) message.Statistics = Of(statistics);
        return message;
    }

    static Proto.WindowStatistics Of(WindowStatistics statistics) => new()
    {
        WindowSeconds = statistics.WindowSeconds,
        Count = statistics.Count,
        Mean = statistics.Mean,
        StandardDeviation = statistics.StandardDeviation,
        Minimum = statistics.Minimum,
        Maximum = statistics.Maximum,
    };
}
