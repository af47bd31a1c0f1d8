using Contracts.Events;
using Contracts.Sparkplug;
using Google.Protobuf;
using TwinModel.Assets;
using TwinModel.Telemetry;

namespace Ingest.Payloads;

/// <summary>Model and connection of an asset.</summary>
/// <param name="Model">The asset's model; null if it is unreadable.</param>
/// <param name="Connection">The connection that matches group and node.</param>
/// <param name="Refused">Why the asset accepts nothing from this group and node; null if it does.</param>
readonly record struct SparkplugSource(AssetModel? Model, Connection? Connection, RejectionReason? Refused = null);

/// <summary>What a message says besides its readings.</summary>
/// <param name="RebirthRequested">Messages were lost or arrived before their birth: send <see cref="SparkplugRebirth.Command"/>.</param>
/// <param name="WentOffline">Ids of devices (or of the node) that are assets and died.</param>
readonly record struct SparkplugNews(bool RebirthRequested, IReadOnlyList<string> WentOffline);

/// <summary>Decodes Sparkplug B.</summary>
static class SparkplugDecoder
{
    public const int MostMetrics = 10_000;
    public static readonly string TooManyMetrics =
        FormattableString.Invariant($"The payload has more metrics than allowed: {MostMetrics}.");
    const string BirthNumber = "bdSeq";
    const string AmbiguousAlias = "ambiguous-alias";
    const string OneMetric = "one metric per alias in a birth";

    // Metrics that any node or device may have and that are not sensors.
    static readonly string[] NoSensors = ["Node Control/", "Device Control/", "Properties/"];

    /// <summary>
    /// Decodes a message into readings and tracks the life of its node. Never throws because of the contents of <paramref name="payload"/>.
    /// </summary>
    /// <param name="topic">The topic it arrived on.</param>
    /// <param name="payload">Protobuf bytes.</param>
    /// <param name="node">State of the node; changed by births, deaths and sequence numbers.</param>
    /// <param name="sourceOf">Returns the asset for the id of a device, or of a node for the node's own messages; null if it is not
    /// registered.</param>
    /// <param name="receivedAtMicros">Sample time of metrics without one, microseconds since the Unix epoch.</param>
    /// <param name="to">Receives the readings; cleared first.</param>
    public static SparkplugNews Decode(
        SparkplugTopic topic, ReadOnlySpan<byte> payload, SparkplugNode node, Func<string, SparkplugSource?> sourceOf,
        long receivedAtMicros, Decoded to)
    {
        to.Clear();
        if (topic.Message == SparkplugMessage.Other || !to.TakesSizeOf(payload)) return new(false, []);
        if (SparkplugBody.CountMetrics(payload) > MostMetrics)
        {
            to.RejectPayload("too-large", TooManyMetrics);
            return new(false, []);
        }
        Payload message;
        try
        {
            message = Payload.Parser.ParseFrom(payload);
        }
        catch (InvalidProtocolBufferException e)
        {
            to.RejectPayload("malformed-protobuf", $"The payload is not a Sparkplug B payload: {e.Message}");
            return new(false, []);
        }
        // A payload that cannot be unpacked still counts in the sequence.
        if (!SparkplugBody.Unpack(message, to))
            return new(message.HasSeq && !node.Follows(message.Seq) && node.AskForRebirth(receivedAtMicros), []);
        if (message.Metrics.Count > MostMetrics)
        {
            to.RejectPayload("too-large", TooManyMetrics);
            return new(false, []);
        }
        var id = topic.Device ?? topic.Node;
        if (topic.Message == SparkplugMessage.NodeDeath) return BuryNode(message, id, node, sourceOf);
        if (topic.Message == SparkplugMessage.NodeBirth)
            node.Bear(BirthNumberOf(message), message.HasTimestamp ? message.Timestamp : null, message.Seq);
        var isComplete = topic.Message == SparkplugMessage.NodeBirth || !message.HasSeq || node.Follows(message.Seq);
        if (topic.Message == SparkplugMessage.DeviceDeath)
        {
            node.Forget(id);
            return new(!isComplete && node.AskForRebirth(receivedAtMicros), sourceOf(id) is { Refused: null } ? [id] : []);
        }
        // Nodes may send messages without metrics as a sign of life.
        if (topic.Device is not null && message.Metrics.Count == 0)
            to.Reject(new("no-metrics", "The payload has no metrics; allowed: at least one in births and data of devices."));
        isComplete &= Read(topic, message, id, node, sourceOf, receivedAtMicros, to);
        return new(!isComplete && node.AskForRebirth(receivedAtMicros), []);
    }

    static SparkplugNews BuryNode(Payload message, string id, SparkplugNode node, Func<string, SparkplugSource?> sourceOf)
    {
        if (!node.DiesBy(BirthNumberOf(message))) return new(false, []);
        List<string> offline = [.. node.Devices.Where(device => device != id && sourceOf(device) is { Refused: null })];
        if (sourceOf(id) is { Refused: null }) offline.Add(id);
        node.Forget();
        return new(false, offline);
    }

    /// <summary>True when a death has the birth number of a birth; false when either cannot be read.</summary>
    public static bool IsSameSession(ReadOnlySpan<byte> birth, ReadOnlySpan<byte> death)
    {
        try
        {
            return BirthNumberOf(Payload.Parser.ParseFrom(birth)) == BirthNumberOf(Payload.Parser.ParseFrom(death));
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }

    static ulong? BirthNumberOf(Payload message)
    {
        foreach (var metric in message.Metrics)
            if (metric.Name == BirthNumber && TryInteger(metric, out var number)) return number;
        return null;
    }

    /// <returns>False if a birth is missing that is needed to read the message.</returns>
    static bool Read(
        SparkplugTopic topic, Payload message, string id, SparkplugNode node, Func<string, SparkplugSource?> sourceOf, long receivedAt,
        Decoded to)
    {
        if (sourceOf(id) is not { } source)
        {
            // Metrics of a node that is not an asset are ignored. Without metrics, that has been the reason already.
            if (topic.Device is not null && message.Metrics.Count > 0)
                to.Reject(new("unknown-asset",
                    $"Device '{id}' is not registered; allowed: ids of registered assets (this one could be "
                        + $"'{SparkplugTopic.AssetIdOf(id)}')."), message.Metrics.Count);
            return true;
        }
        if (source.Refused is { } refused)
        {
            if (message.Metrics.Any(m => topic.Device is not null || !m.HasName || !IsPassedOver(m.Name)))
                to.Reject(refused, message.Metrics.Count);
            return true;
        }
        var names = to.NamesOf(source.Model!, source.Connection!);
        var times = new Times(message.HasTimestamp ? message.Timestamp : null, receivedAt);
        if (topic.Message is SparkplugMessage.NodeBirth or SparkplugMessage.DeviceBirth)
        {
            node.Bear(id, ReadBirth(message, names, times, to));
            return true;
        }
        if (node.Device(id) is { } device)
        {
            device.Use(names);
            return ReadData(message, device, names, times, to);
        }
        if (message.Metrics.Count > 0)
            to.Reject(new("unknown-alias", $"Data of '{id}' came before its birth; a rebirth was requested."), message.Metrics.Count);
        return false;
    }

    static SparkplugDevice ReadBirth(Payload message, SensorNames names, Times times, Decoded to)
    {
        var device = new SparkplugDevice(names);
        foreach (var metric in message.Metrics)
        {
            var declared = new SparkplugMetric(metric.Name, metric.Datatype, names.Find(metric.Name), UnitOf(metric));
            if (metric.HasName && !device.Declare(metric.HasAlias ? metric.Alias : null, declared))
                to.Reject(AmbiguousAlias, $"alias of {declared.Name}", Alias(metric), OneMetric);
            else
                Take(metric, declared, names, times, to);
        }
        return device;
    }

    static bool ReadData(Payload message, SparkplugDevice device, SensorNames names, Times times, Decoded to)
    {
        var isKnown = true;
        foreach (var metric in message.Metrics)
        {
            var byAlias = metric.HasAlias ? device.ByAlias(metric.Alias) : null;
            // Some devices send an empty name along with the alias.
            var isNamed = metric.Name.Length > 0;
            if (!isNamed && metric.HasAlias && device.IsAmbiguous(metric.Alias))
            {
                to.Reject(AmbiguousAlias, "alias", Alias(metric), OneMetric);
            }
            else if (isNamed && byAlias is not null && byAlias.Name != metric.Name && !device.IsAmbiguous(metric.Alias))
            {
                to.Reject(AmbiguousAlias, $"alias of {metric.Name}", Alias(metric),
                    $"the name '{byAlias.Name}', which the birth gave this alias, or none");
            }
            else if ((isNamed ? device.ByName(metric.Name) ?? new(metric.Name, metric.Datatype, names.Find(metric.Name))
                : byAlias) is { } declared)
            {
                Take(metric, declared, names, times, to);
            }
            else
            {
                isKnown = false;
                to.Reject("unknown-alias", "alias", metric.HasAlias ? Alias(metric) : "",
                    "an alias declared in a birth; a rebirth was requested");
            }
        }
        return isKnown;
    }

    static string Alias(Payload.Types.Metric metric) => FormattableString.Invariant($"{metric.Alias}");

    static void Take(Payload.Types.Metric metric, SparkplugMetric declared, SensorNames names, Times times, Decoded to)
    {
        if (declared.Sensor is not { } sensor)
        {
            if (!IsPassedOver(declared.Name)) to.Reject("unknown-sensor", "name", declared.Name, names.Allowed);
            return;
        }
        // Datatype 0 means unknown; the birth's datatype applies.
        var datatype = metric.HasDatatype && metric.Datatype != 0 ? metric.Datatype : declared.Datatype;
        // A null metric with a value carries the last known value, which the device no longer vouches for.
        var isWithoutValue = metric.IsNull && metric.ValueCase == Payload.Types.Metric.ValueOneofCase.None;
        var problem = NumberOf(metric, datatype, out var value);
        if (problem is { } wrong && !isWithoutValue)
            to.Reject(wrong.Code, declared.Name, wrong.Found, $"{wrong.Allowed}, because {sensor.Id} is numeric");
        else if (!times.TryOf(metric, out var sampledAt))
            to.Reject("invalid-time", declared.Name,
                FormattableString.Invariant($"{(metric.HasTimestamp ? metric.Timestamp : times.OfPayload)}"), "milliseconds since 1970");
        else if (isWithoutValue)
            to.AddWithoutValue(sensor, sampledAt);
        else
            to.Add(sensor, sampledAt, value, UnitOf(metric) ?? declared.Unit, metric.IsNull ? Quality.Bad : QualityOf(metric),
                declared.Name, "engUnit");
    }

    // Property name as in Ignition and the specification's examples. OPC codes: below 64 bad, below 192 uncertain; 500 is stale.
    static Quality QualityOf(Payload.Types.Metric metric) => Property(metric, "Quality") switch
    {
        null => Quality.Good,
        { ValueCase: Payload.Types.PropertyValue.ValueOneofCase.IntValue, IntValue: < 64 } => Quality.Bad,
        { ValueCase: Payload.Types.PropertyValue.ValueOneofCase.IntValue, IntValue: >= 192 and < 256 } => Quality.Good,
        { ValueCase: Payload.Types.PropertyValue.ValueOneofCase.LongValue, LongValue: < 64 } => Quality.Bad,
        { ValueCase: Payload.Types.PropertyValue.ValueOneofCase.LongValue, LongValue: >= 192 and < 256 } => Quality.Good,
        _ => Quality.Uncertain,
    };

    static string? UnitOf(Payload.Types.Metric metric) =>
        (Property(metric, "engUnit") ?? Property(metric, "engUnits")) is { StringValue: { Length: > 0 } unit } ? unit : null;

    static Payload.Types.PropertyValue? Property(Payload.Types.Metric metric, string key)
    {
        if (metric.Properties is not { } all) return null;
        for (var i = 0; i < Math.Min(all.Keys.Count, all.Values.Count); i++)
            if (string.Equals(all.Keys[i], key, StringComparison.OrdinalIgnoreCase)) return all.Values[i].IsNull ? null : all.Values[i];
        return null;
    }

    static bool IsPassedOver(string name)
    {
        if (name == BirthNumber) return true;
        foreach (var prefix in NoSensors)
            if (name.StartsWith(prefix, StringComparison.Ordinal)) return true;
        return false;
    }

    static bool TryInteger(Payload.Types.Metric metric, out ulong bits)
    {
        bits = metric.ValueCase == Payload.Types.Metric.ValueOneofCase.IntValue ? metric.IntValue : metric.LongValue;
        return metric.ValueCase is Payload.Types.Metric.ValueOneofCase.IntValue or Payload.Types.Metric.ValueOneofCase.LongValue;
    }

    // Null if it is a number. Signed integers are two's complement of the datatype's width: some devices sign-extend to the wider field,
    // some do not; any other bits beyond that width mean an out-of-range value.
    static (string Code, string Found, string Allowed)? NumberOf(Payload.Types.Metric metric, uint datatype, out double value)
    {
        const string Allowed = "float_value or double_value with datatype 1 to 10, int_value or long_value with datatype 1 to 8";
        value = metric.ValueCase == Payload.Types.Metric.ValueOneofCase.FloatValue ? metric.FloatValue : metric.DoubleValue;
        if (metric.ValueCase == Payload.Types.Metric.ValueOneofCase.None) return ("no-value", "", "a value, or is_null");
        if (metric.ValueCase is Payload.Types.Metric.ValueOneofCase.FloatValue or Payload.Types.Metric.ValueOneofCase.DoubleValue
            && datatype <= 10) return null;
        if (!TryInteger(metric, out var bits) || datatype is < 1 or > 8)
            return ("wrong-type", FormattableString.Invariant($"{metric.ValueCase} with datatype {datatype}"), Allowed);
        var isSigned = datatype <= 4;
        // Int8, Int16, Int32, Int64, then the unsigned types.
        var unused = 64 - (8 << (int)((datatype - 1) % 4));
        var signed = (long)(bits << unused) >> unused;
        value = isSigned ? signed : bits;
        var filled = metric.ValueCase == Payload.Types.Metric.ValueOneofCase.IntValue ? (uint)signed : (ulong)signed;
        return bits << unused >> unused == bits || (isSigned && bits == filled)
            ? null
            : ("out-of-range", FormattableString.Invariant($"{bits} with datatype {datatype}"),
                FormattableString.Invariant($"{64 - unused} bits"));
    }

    readonly record struct Times(ulong? OfPayload, long ReceivedAt)
    {
        public bool TryOf(Payload.Types.Metric metric, out long micros)
        {
            micros = ReceivedAt;
            return (metric.HasTimestamp ? metric.Timestamp : OfPayload) is not { } millis || SampleTime.TryFromMillis(millis, out micros);
        }
    }
}
