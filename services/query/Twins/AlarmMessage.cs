using Contracts.Messages;
using Query.Api;
using Proto = Contracts.Query.V1;

namespace Query.Twins;

/// <summary>Alarms as gRPC messages.</summary>
static class AlarmMessage
{
    public static Proto.Alarm Of(AlarmView alarm)
    {
        var message = new Proto.Alarm
        {
            Id = alarm.Id,
            AssetId = alarm.AssetId,
            LimitId = alarm.LimitId,
            SensorId = alarm.SensorId ?? "",
            Severity = alarm.Severity,
            Message = alarm.Message,
            State = alarm.State,
            Unit = alarm.Unit ?? "",
            RaisedAt = alarm.RaisedAt.ToProto(),
            AcknowledgedAt = alarm.AcknowledgedAt.ToProto(),
            AcknowledgedBy = alarm.AcknowledgedBy ?? "",
            Comment = alarm.Comment ?? "",
            ClearedAt = alarm.ClearedAt.ToProto(),
            SignalId = alarm.SignalId ?? "",
            WithdrawnAt = alarm.WithdrawnAt.ToProto(),
            Name = alarm.Name ?? "",
            Direction = alarm.Direction ?? "",
            Consequence = alarm.Consequence ?? "",
            AssignedTo = alarm.AssignedTo ?? "",
            Comments =
            {
                (alarm.Comments ?? []).Select(c => new Proto.AlarmComment { By = c.By, Text = c.Text, At = c.At.ToProto() }),
            },
        };
        if (alarm.Threshold is { } threshold) message.Threshold = threshold;
        if (alarm.Shelf is { } shelf)
            message.Shelf = new() { By = shelf.By, Reason = shelf.Reason, At = shelf.At.ToProto(), Until = shelf.Until.ToProto() };
        if (alarm.Value is { } value) message.Value = value;
        return message;
    }
}
