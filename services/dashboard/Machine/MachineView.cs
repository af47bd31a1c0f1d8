using Contracts.Query.V1;
using Dashboard.Shown;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Dashboard.Machine;

/// <summary>What all panels of the machine page show, for one moment.</summary>
/// <param name="Asset">The asset with its components, sensors and limits.</param>
/// <param name="Axis">Temperature sensors along the axis; empty without such an axis.</param>
/// <param name="Estimation">What is estimated of the machine; nothing without a section <c>estimation</c> in its model.</param>
/// <param name="Twin">The twin, live or in the past.</param>
/// <param name="Now">Time at which staleness is judged.</param>
/// <param name="AsOf">The requested moment; null when live.</param>
/// <param name="KnownNow">For a past shown as known then: the same moment as known now. Null otherwise.</param>
public sealed record MachineView(
    Asset Asset, AxisSensors Axis, Estimation Estimation, Twin Twin, DateTimeOffset Now, AsOfTime? AsOf, Twin? KnownNow)
{
    public bool IsLive => AsOf is null;

    /// <summary>The whole estimate that belongs to <see cref="Twin"/>'s summary of it; null until it is fetched.</summary>
    public GetEstimateResponse? Estimate { get; init; }

    /// <summary>True if the machine has an estimate, or may have one.</summary>
    public bool IsEstimated => Twin.Estimate is not null || Estimation.Signals.Count > 0;

    /// <summary>
    /// Signals with an estimated history. The twin names them even if its model cannot be read here. Empty in a past shown as known then,
    /// since their history is kept only as known now.
    /// </summary>
    public IReadOnlyList<EstimatedSignal> EstimatedSignals =>
        AsOf?.KnownAt is not null ? [] : Twin.Estimate?.Signals ?? Estimation.Signals;

    public string SensorName(string sensorId) => Asset.Sensors.FirstOrDefault(s => s.Id == sensorId)?.Name ?? sensorId;

    public SensorState? State(string sensorId) => Twin.Sensors.FirstOrDefault(s => s.Id == sensorId);

    public IEnumerable<Limit> Limits(string sensorId) => Asset.Limits.Where(l => l.SensorId == sensorId);

    public IEnumerable<Limit> SignalLimits(string signalId) => Asset.Limits.Where(l => l.SignalId == signalId);

    /// <summary>Limits as text; empty if there are none.</summary>
    public static string Text(IEnumerable<Limit> limits, string unit) => string.Join(
        "  ", limits.Select(l => $"{(l.Direction == "above" ? "max" : "min")} {Units.Number(l.Threshold, unit)}"));

    /// <summary>Severity of the worst active alarm of a signal; empty if there is none.</summary>
    public string SignalSeverity(string signalId) => Worst(a => a.SignalId == signalId);

    /// <summary>The name of a signal, and that it is not measured.</summary>
    public static string NameOf(EstimatedSignal signal) =>
        $"{signal.Name}, {(signal.Expression.Length > 0 ? "calculated" : "estimated")}";

    /// <summary>Severity of a sensor's worst active alarm; empty if there is none.</summary>
    public string Severity(string sensorId) => Worst(a => a.SensorId == sensorId);

    string Worst(Func<Alarm, bool> which) => Twin.Alarms.Where(a => which(a) && a.ClearedAt is null)
        .MaxBy(a => a.Severity switch { "critical" => 3, "alarm" => 2, _ => 1 })?.Severity ?? "";

    /// <summary>Request for the history of sensors as known at the moment shown.</summary>
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

    /// <summary>What is now known of a value that was known differently then; null if it is the same.</summary>
    public SensorState? Revision(string sensorId) =>
        KnownNow?.Sensors.FirstOrDefault(s => s.Id == sensorId) is { } now && State(sensorId) is { } then
            && (now.HasValue != then.HasValue || now.Value != then.Value || now.Readings != then.Readings) ? now : null;
}

/// <summary>A moment in the past, and as of when it is known.</summary>
public sealed record AsOfTime(DateTimeOffset ValidAt, DateTimeOffset? KnownAt)
{
    /// <summary>The moment in a page's address; null when it has none.</summary>
    /// <exception cref="RpcException">Not times. It is shown like a refusal of query.</exception>
    public static AsOfTime? Asked(string? validAt, string? knownAt, string validName = "validAt", string knownName = "knownAt")
    {
        var (valid, known) = (Times.Asked(validName, validAt), Times.Asked(knownName, knownAt));
        return (valid ?? known) is { } at ? new(at, known) : null;
    }
}
