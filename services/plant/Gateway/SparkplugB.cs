using System.Collections.Immutable;
using Contracts.Sparkplug;
using Google.Protobuf;
using Plant.Sensors;

namespace Plant.Gateway;

/// <summary>
/// Sparkplug B: births carry names, aliases and datatypes; data uses aliases; seq runs from 0 to 255; bdSeq pairs a birth with its death.
/// </summary>
sealed class SparkplugB(string asset) : IPayloadFormat
{
    const string ContentType = "application/x-protobuf";
    const string Rebirth = "Node Control/Rebirth";
    const string BirthDeathSequence = "bdSeq";
    const string BufferedFrames = "Gateway/Buffered Frames";
    const ulong BufferedFramesAlias = 1;
    const ulong RebirthAlias = 2;
    const ulong FirstSensorAlias = 100;
    const uint Int64 = 4, Double = 10, Boolean = 11;

    static readonly ImmutableDictionary<string, ulong> Aliases =
        SensorCatalog.All.Select((sensor, i) => KeyValuePair.Create(sensor.Id, FirstSensorAlias + (ulong)i)).ToImmutableDictionary();

    readonly string node = $"{asset}-gateway";
    ulong sequence;
    ulong session = ulong.MaxValue;

    public IReadOnlyList<string> Subscriptions => [Topic("NCMD")];

    public static ulong AliasOf(string sensorId) => Aliases[sensorId];

    public Packet Will()
    {
        session = unchecked(session + 1) % 256;
        return DeathAt(null);
    }

    public IReadOnlyList<Packet> Birth(IReadOnlyList<Measurement> latest, long deviceMicros)
    {
        sequence = 0;
        var nodeBirth = Message(deviceMicros);
        nodeBirth.Metrics.Add(SessionMetric(Millis(deviceMicros)));
        nodeBirth.Metrics.Add(Metric(Rebirth, RebirthAlias, Boolean, deviceMicros, metric => metric.BooleanValue = false));
        nodeBirth.Metrics.Add(Metric(BufferedFrames, BufferedFramesAlias, Int64, deviceMicros, metric => metric.LongValue = 0));

        var deviceBirth = Message(deviceMicros);
        foreach (var sensor in SensorCatalog.All)
        {
            var known = latest.Where(measurement => measurement.Sensor == sensor).ToList();
            deviceBirth.Metrics.Add(known is [var last, ..]
                ? Metric(sensor.SparkplugName, Aliases[sensor.Id], Double, last.SampledAtMicros, metric => metric.DoubleValue = last.Value)
                : Metric(sensor.SparkplugName, Aliases[sensor.Id], Double, deviceMicros, metric => metric.IsNull = true));
        }
        return [Pack(Topic("NBIRTH"), nodeBirth), Pack(Topic("DBIRTH", asset), deviceBirth)];
    }

    public Packet Data(Frame frame, bool historical)
    {
        var message = Message(frame.SampledAtMicros);
        foreach (var measurement in frame.Measurements)
        {
            var metric = Metric(
                null, Aliases[measurement.Sensor.Id], Double, measurement.SampledAtMicros, m => m.DoubleValue = measurement.Value);
            if (historical) metric.IsHistorical = true;
            message.Metrics.Add(metric);
        }
        return Pack(Topic("DDATA", asset), message);
    }

    public Packet GatewayNews(int bufferedFrames, long deviceMicros)
    {
        var message = Message(deviceMicros);
        message.Metrics.Add(Metric(null, BufferedFramesAlias, Int64, deviceMicros, metric => metric.LongValue = (ulong)bufferedFrames));
        return Pack(Topic("NDATA"), message);
    }

    public Packet Death(long deviceMicros) => DeathAt(deviceMicros);

    public bool AsksForRebirth(string topic, ReadOnlySpan<byte> payload)
    {
        if (topic != Topic("NCMD")) return false;
        try
        {
            return Payload.Parser.ParseFrom(payload).Metrics
                .Any(metric => (metric.Name == Rebirth || (metric.HasAlias && metric.Alias == RebirthAlias)) && metric.BooleanValue);
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }

    Packet DeathAt(long? deviceMicros)
    {
        var death = new Payload();
        if (deviceMicros is { } micros) death.Timestamp = Millis(micros);
        death.Metrics.Add(SessionMetric(death.HasTimestamp ? death.Timestamp : null));
        return Pack(Topic("NDEATH"), death);
    }

    Payload.Types.Metric SessionMetric(ulong? millis)
    {
        var metric = new Payload.Types.Metric { Name = BirthDeathSequence, Datatype = Int64, LongValue = session };
        if (millis is { } timestamp) metric.Timestamp = timestamp;
        return metric;
    }

    static Payload.Types.Metric Metric(string? name, ulong alias, uint datatype, long deviceMicros, Action<Payload.Types.Metric> setValue)
    {
        var metric = new Payload.Types.Metric { Alias = alias, Timestamp = Millis(deviceMicros), Datatype = datatype };
        if (name is not null) metric.Name = name;
        setValue(metric);
        return metric;
    }

    Payload Message(long deviceMicros)
    {
        var message = new Payload { Timestamp = Millis(deviceMicros), Seq = sequence };
        sequence = (sequence + 1) % 256;
        return message;
    }

    static ulong Millis(long micros) => (ulong)(micros / 1000);

    string Topic(string message, string? device = null) => $"spBv1.0/pollux/{message}/{node}" + (device is null ? "" : $"/{device}");

    static Packet Pack(string topic, Payload payload) => new(topic, payload.ToByteArray(), ContentType);
}
