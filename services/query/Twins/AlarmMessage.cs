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
        };
        if (alarm.Value is { } value) message.Value = value;
        return message;
    }
}
