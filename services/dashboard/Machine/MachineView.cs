using Contracts.Query.V1;
using Google.Protobuf.WellKnownTypes;

namespace Dashboard.Machine;

/// <summary>What all parts of the machine page show, of one moment.</summary>
/// <param name="Asset">Components, sensors, limits.</param>
/// <param name="Axis">Where temperatures are measured along the axis; empty without such an axis.</param>
/// <param name="Twin">The twin, live or as of some time.</param>
/// <param name="Now">Staleness is as of this time.</param>
/// <param name="AsOf">What was asked for; null when live.</param>
/// <param name="KnownNow">For a past that is shown as it was known then: the same moment as it is known now. Null otherwise.</param>
public sealed record MachineView(Asset Asset, AxisSensors Axis, Twin Twin, DateTimeOffset Now, AsOfTime? AsOf, Twin? KnownNow)
{
    public bool IsLive => AsOf is null;

    public SensorState? State(string sensorId) => Twin.Sensors.FirstOrDefault(s => s.Id == sensorId);

    public IEnumerable<Limit> Limits(string sensorId) => Asset.Limits.Where(l => l.SensorId == sensorId);

    /// <summary>Severity of the worst active alarm of a sensor; empty when there is none.</summary>
    public string Severity(string sensorId) =>
        Twin.Alarms.Where(a => a.SensorId == sensorId && a.ClearedAt is null)
            .MaxBy(a => a.Severity switch { "critical" => 3, "alarm" => 2, _ => 1 })?.Severity ?? "";

    /// <summary>Asks what sensors did, as it was known at the moment shown.</summary>
    public GetHistoryRequest History(IEnumerable<string> sensorIds, DateTimeOffset from, DateTimeOffset to, int points)
    {
        var request = new GetHistoryRequest
        {
            AssetId = Asset.Id,
            SensorIds = { sensorIds },
            Points = points,
            From = Timestamp.FromDateTimeOffset(from),
            To = Timestamp.FromDateTimeOffset(to),
        };
        if (AsOf?.KnownAt is { } known) request.KnownAtTime = Timestamp.FromDateTimeOffset(known);
        return request;
    }

    /// <summary>What is known now of a value that was known differently; null when it is the same.</summary>
    public SensorState? Revision(string sensorId) =>
        KnownNow?.Sensors.FirstOrDefault(s => s.Id == sensorId) is { } now && State(sensorId) is { } then
            && (now.HasValue != then.HasValue || now.Value != then.Value || now.Readings != then.Readings) ? now : null;
}

/// <summary>A moment of the past, and from when the knowledge of it is.</summary>
public sealed record AsOfTime(DateTimeOffset ValidAt, DateTimeOffset? KnownAt);
