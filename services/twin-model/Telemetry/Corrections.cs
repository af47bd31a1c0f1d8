using System.Runtime.InteropServices;
using Contracts.Events;
using TwinModel.Assets;

namespace TwinModel.Telemetry;

/// <summary>An event of stream <c>correction/{asset}</c>.</summary>
/// <param name="Version">Version in the stream.</param>
/// <param name="Position">Log position.</param>
/// <param name="Data">A <see cref="ReadingsCorrected"/>, <see cref="ReadingsRetracted"/> or <see cref="CorrectionWithdrawn"/>.</param>
public sealed record LoggedCorrection(long Version, long Position, object Data)
{
    /// <summary>Id of the correction that was made or withdrawn.</summary>
    public string CorrectionId => Data switch
    {
        ReadingsCorrected c => c.CorrectionId,
        ReadingsRetracted r => r.CorrectionId,
        CorrectionWithdrawn w => w.CorrectionId,
        _ => throw new ArgumentException($"{Data.GetType().Name} is no correction."),
    };
}

/// <summary>
/// The corrections of an asset's readings that hold up to some version. Of two that concern the same reading, the later one holds. They
/// depend on the reading's identity only, not on when it was recorded, so the same readings with the same corrections give the same state
/// in any order. Immutable.
/// </summary>
public sealed class Corrections
{
    readonly Dictionary<ushort, List<Entry>> bySensor = [];
    readonly List<(long Version, string Id, Entry Entry)> all = [];
    readonly (long First, long Last) range = (long.MaxValue, long.MinValue);

    Corrections()
    {
    }

    /// <param name="model">The asset's model; corrections of sensors that it does not have are ignored, as are their readings.</param>
    /// <param name="events">Events of the asset's stream of corrections, in order.</param>
    public Corrections(AssetModel model, IEnumerable<LoggedCorrection> events)
    {
        foreach (var e in events)
        {
            (Version, Position) = (e.Version, e.Position);
            var id = e.CorrectionId;
            if (e.Data is CorrectionWithdrawn)
            {
                if (all.FindLast(c => c.Id == id).Entry is not { } withdrawn) continue;
                bySensor[withdrawn.Sensor].Remove(withdrawn);
                all.Add((e.Version, id, withdrawn));
            }
            else if (Entry.Of(model, e) is { } entry)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(bySensor, entry.Sensor, out _) ??= [];
                bySensor[entry.Sensor].Add(entry);
                all.Add((e.Version, id, entry));
            }
        }
        foreach (var entry in bySensor.Values.SelectMany(s => s))
            range = (Math.Min(range.First, entry.First), Math.Max(range.Last, entry.Last));
    }

    /// <summary>No corrections.</summary>
    public static Corrections None { get; } = new();

    /// <summary>Version of the newest event included; 0: none.</summary>
    public long Version { get; }

    /// <summary>Log position of the newest event included; 0: none.</summary>
    public long Position { get; }

    /// <summary>
    /// The versions at which corrections were made or withdrawn, each with the earliest sample time, microseconds, concerned.
    /// </summary>
    public IEnumerable<(long Version, long EarliestSample)> Starts => all.Select(c => (c.Version, c.Entry.First));

    /// <summary>Corrections made or withdrawn after a version.</summary>
    public IReadOnlyList<string> IdsAfter(long version) => [.. all.Where(c => c.Version > version).Select(c => c.Id).Distinct()];

    /// <summary>
    /// Earliest sample time, microseconds, that was corrected, or whose correction was withdrawn, after a version: what holds only earlier
    /// readings is the same with both versions. <see cref="long.MaxValue"/>: none was.
    /// </summary>
    public long EarliestAfter(long version) =>
        all.Where(c => c.Version > version).Select(c => c.Entry.First).DefaultIfEmpty(long.MaxValue).Min();

    /// <summary>True if a correction that was made or withdrawn after a version concerns the reading.</summary>
    public bool Changed(ushort sensor, long sampledAt, long afterVersion) =>
        all.Exists(c => c.Version > afterVersion && c.Entry.Sensor == sensor && c.Entry.Covers(sampledAt));

    /// <summary>True if such a correction concerns sample times of a sensor between two of them.</summary>
    public bool ChangedBetween(ushort sensor, long from, long to, long afterVersion) =>
        all.Exists(c => c.Version > afterVersion && c.Entry.Sensor == sensor && c.Entry.First <= to && c.Entry.Last >= from);

    /// <summary>Log position of the correction that says what a reading counts as; null: it counts as it was recorded.</summary>
    public long? PositionOf(ushort sensor, long sampledAt) =>
        bySensor.GetValueOrDefault(sensor)?.FindLast(e => e.Covers(sampledAt))?.Position;

    /// <summary>Replaces readings by what they count as, and removes those that were retracted.</summary>
    /// <returns>True if anything changed.</returns>
    public bool Apply(List<Reading> readings)
    {
        if (bySensor.Count == 0) return false;
        var (kept, changed) = (0, false);
        for (var i = 0; i < readings.Count; i++)
        {
            var reading = readings[i];
            if (reading.SampledAt >= range.First && reading.SampledAt <= range.Last
                && bySensor.TryGetValue(reading.Sensor, out var entries) && entries.FindLast(e => e.Covers(reading.SampledAt)) is { } entry)
            {
                changed = true;
                if (entry.Values is not { } values) continue;
                reading = values[reading.SampledAt];
            }
            readings[kept++] = reading;
        }
        readings.RemoveRange(kept, readings.Count - kept);
        return changed;
    }

    /// <summary>The batch as it counts; empty if all of it was retracted. One without corrected readings is returned as it is.</summary>
    /// <param name="batch">Bytes made by <see cref="TelemetryCodec.Encode"/>.</param>
    public byte[] Apply(byte[] batch)
    {
        if (bySensor.Count == 0) return batch;
        var (first, last) = TelemetryCodec.SampleRange(batch);
        if (last < range.First || first > range.Last) return batch;
        List<Reading> readings = [];
        var duplicates = TelemetryCodec.Decode(batch, readings);
        if (!Apply(readings)) return batch;
        return readings.Count == 0 ? [] : TelemetryCodec.Encode(CollectionsMarshal.AsSpan(readings), duplicates);
    }

    /// <summary>A correction that holds, or held; two may say the same, so identity counts.</summary>
    /// <param name="position">Log position of the event that made it.</param>
    /// <param name="sensor">The sensor's number.</param>
    /// <param name="first">Earliest sample time, microseconds.</param>
    /// <param name="last">Latest sample time.</param>
    /// <param name="values">The right readings by sample time; null: all between the two times were retracted.</param>
    sealed class Entry(long position, ushort sensor, long first, long last, Dictionary<long, Reading>? values)
    {
        public long Position => position;

        public ushort Sensor => sensor;

        public long First => first;

        public long Last => last;

        public Dictionary<long, Reading>? Values => values;

        public bool Covers(long sampledAt) =>
            sampledAt >= first && sampledAt <= last && (values is null || values.ContainsKey(sampledAt));

        public static Entry? Of(AssetModel model, LoggedCorrection e) => e.Data switch
        {
            ReadingsRetracted r when model.Sensor(r.SensorId) is { } s =>
                new(e.Position, s.Number, Micros.From(r.From), Micros.From(r.To) - 1, null),
            ReadingsCorrected c when model.Sensor(c.SensorId) is { } s => Of(e.Position, s, c.Readings),
            _ => null,
        };

        static Entry Of(long position, Sensor sensor, IReadOnlyList<CorrectedReading> readings)
        {
            var values = readings.ToDictionary(r => Micros.From(r.SampledAt), r => new Reading(
                sensor.Number, Micros.From(r.SampledAt), r.Value, sensor.Plausible.Contains(r.Value) ? Quality.Good : Quality.Uncertain));
            return new(position, sensor.Number, values.Keys.Min(), values.Keys.Max(), values);
        }
    }
}
