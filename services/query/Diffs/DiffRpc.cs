using Grpc.Core;
using Query.Api;
using Query.Events;
using Query.Twins;
using Proto = Contracts.Query.V1;

namespace Query.Diffs;

sealed class DiffRpc(DiffTwin diff, DiffFleet fleet) : Proto.DiffService.DiffServiceBase
{
    public override async Task<Proto.DiffTwinResponse> DiffTwin(Proto.DiffTwinRequest request, ServerCallContext context)
    {
        var from = KnownAt.Of(request.HasFromKnownAtPosition ? request.FromKnownAtPosition : null, request.FromKnownAtTime, "from_");
        var to = KnownAt.Of(request.HasToKnownAtPosition ? request.ToKnownAtPosition : null, request.ToKnownAtTime, "to_");
        return Of(await diff.Run(
            request.AssetId, new(request.From?.ToTime("from"), from), new(request.To?.ToTime("to"), to), context.CancellationToken));
    }

    public override async Task<Proto.DiffFleetResponse> DiffFleet(Proto.DiffFleetRequest request, ServerCallContext context)
    {
        var from = KnownAt.Of(request.HasFromKnownAtPosition ? request.FromKnownAtPosition : null, request.FromKnownAtTime, "from_");
        var to = KnownAt.Of(request.HasToKnownAtPosition ? request.ToKnownAtPosition : null, request.ToKnownAtTime, "to_");
        var page = await fleet.Run(
            new(request.From?.ToTime("from"), from), new(request.To?.ToTime("to"), to), request.Search,
            request.Limit == 0 ? null : request.Limit, request.Cursor, context.CancellationToken);
        return new()
        {
            Assets =
            {
                page.Items.Select(a => new Proto.AssetDiff
                {
                    AssetId = a.AssetId, KnownOn = a.KnownOn, Diff = a.Diff is null ? null : Of(a.Diff),
                }),
            },
            NextCursor = page.NextCursor ?? "",
        };
    }

    static Proto.DiffTwinResponse Of(TwinDiff diff) => new()
    {
        From = TwinMessage.Of(diff.From),
        To = TwinMessage.Of(diff.To),
        IsChanged = diff.IsChanged,
        FromStateHash = diff.StateHash.From,
        ToStateHash = diff.StateHash.To,
        FromReadings = diff.Readings.From,
        ToReadings = diff.Readings.To,
        Sensors = { diff.Sensors.Select(Of) },
        Alarms = { diff.Alarms.Select(Of) },
        Signals = { diff.Signals.Select(Of) },
        Name = Of(diff.Name),
        Model = Of(diff.Model),
        Calibration = diff.Calibration is { } c ? new() { From = c.From ?? "", To = c.To ?? "" } : null,
        Events = { diff.Events.Select(LogRpc.Of) },
        HasMoreEvents = diff.HasMoreEvents,
        Parts = { diff.Parts.Select(Of) },
    };

    static Proto.TextChange? Of(Change<string>? change) => change is null ? null : new() { From = change.From, To = change.To };

    static Proto.SensorChange Of(SensorChange sensor)
    {
        var message = new Proto.SensorChange
        {
            Id = sensor.Id,
            Unit = sensor.Unit,
            FromQuality = sensor.FromQuality,
            ToQuality = sensor.ToQuality,
            FromSampledAt = sensor.FromSampledAt.ToProto(),
            ToSampledAt = sensor.ToSampledAt.ToProto(),
            FromReadings = sensor.FromReadings,
            ToReadings = sensor.ToReadings,
        };
        if (sensor.From is { } from) message.From = from;
        if (sensor.To is { } to) message.To = to;
        return message;
    }

    static Proto.PartChange Of(PartChange part) => new()
    {
        Component = part.Component,
        From = part.From ?? "",
        To = part.To ?? "",
        FromSince = part.FromSince.ToProto(),
        ToSince = part.ToSince.ToProto(),
    };

    static Proto.AlarmChange Of(AlarmChange alarm) => new()
    {
        Id = alarm.Id,
        LimitId = alarm.LimitId,
        Severity = alarm.Severity,
        Message = alarm.Message ?? "",
        RaisedAt = alarm.RaisedAt.ToProto(),
        FromState = alarm.From ?? "",
        ToState = alarm.To ?? "",
    };

    static Proto.SignalChange Of(SignalChange signal)
    {
        var message = new Proto.SignalChange { Id = signal.Id, Unit = signal.Unit };
        if (signal is { From: { } from, FromStandardDeviation: { } fromDeviation })
            (message.From, message.FromStandardDeviation) = (from, fromDeviation);
        if (signal is { To: { } to, ToStandardDeviation: { } toDeviation }) (message.To, message.ToStandardDeviation) = (to, toDeviation);
        return message;
    }
}
