using System.Runtime.CompilerServices;
using Contracts.Events;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Telemetry;
using TwinModel.Units;

namespace Ingest.Payloads;

/// <summary>
/// The result of decoding one payload. Readings are not yet checked against ranges and the time window, only against the format's own
/// rules. A thread reuses one instance for all messages; the decoders clear it first.
/// </summary>
sealed class Decoded
{
    public const int LargestPayload = 1 << 20;
    public const int MostReasons = 20;

    // Room for the names that are allowed; a message of the JSON reader repeats what it could not read, which may be the whole payload.
    const int LongestReason = 2000;

    readonly ConditionalWeakTable<Connection, SensorNames> namesOf = [];
    readonly Dictionary<string, Unit>.AlternateLookup<ReadOnlySpan<char>> units = new Dictionary<string, Unit>(StringComparer.Ordinal)
        .GetAlternateLookup<ReadOnlySpan<char>>();
    (Connection Connection, SensorNames Names)? latest;

    /// <summary>Values in the model's unit; times in microseconds since the Unix epoch.</summary>
    public List<Reading> Readings { get; } = new(64);

    /// <summary>Waveforms whose features have not been added to the readings yet.</summary>
    public List<RecordedWaveform> Waveforms { get; } = [];

    /// <summary>The first <see cref="MostReasons"/> reasons.</summary>
    public List<RejectionReason> Rejections { get; } = [];

    /// <summary>Whether rejected readings get a reason; they are counted in any case.</summary>
    public bool IsExplained { get; set; } = true;

    bool TakesReason => IsExplained && Rejections.Count < MostReasons;

    /// <summary>Number of rejected readings, with or without a listed reason; 1 when the payload could not be read at all.</summary>
    public int RejectedReadings { get; private set; }

    public void Clear()
    {
        Readings.Clear();
        Waveforms.Clear();
        Rejections.Clear();
        RejectedReadings = 0;
    }

    /// <summary>The sensor names of a connection, indexed once per connection.</summary>
    public SensorNames NamesOf(AssetModel model, Connection connection)
    {
        if (latest is { } known && ReferenceEquals(known.Connection, connection) && ReferenceEquals(known.Names.Model, model))
            return known.Names;
        if (!namesOf.TryGetValue(connection, out var names) || !ReferenceEquals(names.Model, model))
        {
            names = new(model, connection.Names);
            namesOf.AddOrUpdate(connection, names);
        }
        latest = (connection, names);
        return names;
    }

    /// <summary>
    /// Adds a reading in the sensor's unit, or rejects it if the unit is of another quantity or the value is not finite.
    /// </summary>
    /// <param name="sensor">The sensor read.</param>
    /// <param name="sampledAt">Microseconds since the Unix epoch.</param>
    /// <param name="value">In <paramref name="unit"/>.</param>
    /// <param name="unit">As written in the payload; empty for the sensor's own unit.</param>
    /// <param name="quality">As reported by the device.</param>
    /// <param name="valueField">Name of the value field in the payload, for the reason.</param>
    /// <param name="unitField">Name of the unit field in the payload, for the reason.</param>
    /// <param name="record">Index of the record in the payload, for the reason; negative if there is only one.</param>
    public void Add(Sensor sensor, long sampledAt, double value, ReadOnlySpan<char> unit, Quality quality, string valueField,
        string unitField, int record = -1)
    {
        var converted = value;
        if (!unit.IsEmpty && !unit.SequenceEqual(sensor.Unit.Symbol))
        {
            if (UnitNamed(unit) is not { } from || from.Quantity != sensor.Unit.Quantity)
            {
                Reject("unit-mismatch", unitField, unit,
                    $"{string.Join(", ", Unit.SymbolsOf(sensor.Unit.Quantity))} ({sensor.Unit.Quantity} of {sensor.Id})", record);
                return;
            }
            converted = from.ConvertTo(sensor.Unit, value);
        }
        if (!double.IsFinite(converted))
        {
            Reject("not-finite", valueField, FormattableString.Invariant($"{value}"), "a finite number", record);
            return;
        }
        Readings.Add(new(sensor.Number, sampledAt, converted, quality));
    }

    /// <summary>Adds a reading which says that the device has no value at this time.</summary>
    public void AddWithoutValue(Sensor sensor, long sampledAt) => Readings.Add(Reading.WithoutValue(sensor.Number, sampledAt));

    /// <summary>Rejects one reading.</summary>
    public void Reject(string code, string field, ReadOnlySpan<char> value, string allowed, int record = -1)
    {
        RejectedReadings++;
        if (!TakesReason) return;
        var place = record < 0 ? "" : FormattableString.Invariant($"record {record}: ");
        var found = value.IsEmpty ? "missing" : $"'{ShownText.Of(value)}'";
        Rejections.Add(new(code, ShownText.Of($"{place}'{ShownText.Of(field)}' is {found}; allowed: {allowed}.", LongestReason)));
    }

    /// <summary>Rejects one or more readings for the same reason.</summary>
    public void Reject(RejectionReason reason, int readings = 1)
    {
        RejectedReadings += readings;
        if (TakesReason) Rejections.Add(reason with { Detail = ShownText.Of(reason.Detail, LongestReason) });
    }

    /// <summary>Rejects readings of which nobody asks why.</summary>
    public void RejectUnexplained(int readings) => RejectedReadings += readings;

    /// <summary>Rejects the whole payload and drops what was read from it so far.</summary>
    public void RejectPayload(string code, string detail)
    {
        Clear();
        Reject(new(code, detail));
    }

    /// <summary>Rejects a payload larger than <see cref="LargestPayload"/>.</summary>
    /// <returns>False when it was rejected.</returns>
    public bool TakesSizeOf(ReadOnlySpan<byte> payload)
    {
        if (payload.Length <= LargestPayload) return true;
        RejectPayload("too-large",
            FormattableString.Invariant($"The payload has {payload.Length} bytes; allowed: at most {LargestPayload}."));
        return false;
    }

    Unit? UnitNamed(ReadOnlySpan<char> symbol)
    {
        if (units.TryGetValue(symbol, out var unit)) return unit;
        // Only existing units are cached, so foreign text cannot fill the memory.
        if (Unit.Find(symbol.ToString()) is { } found) units[symbol] = unit = found;
        return unit;
    }
}
