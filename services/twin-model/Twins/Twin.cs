using System.Security.Cryptography;
using TwinModel.Assets;
using TwinModel.Telemetry;

namespace TwinModel.Twins;

/// <summary>A limit became violated or clear.</summary>
/// <param name="Limit">The limit.</param>
/// <param name="IsViolated">The new state.</param>
/// <param name="SampledAt">Sample time (microseconds) that established it.</param>
/// <param name="Value">Value of the deciding reading; if that is no longer held, the newest value, or null when there is none.</param>
public readonly record struct LimitTransition(Limit Limit, bool IsViolated, long SampledAt, double? Value);

/// <summary>Side effects of a step. Reused from step to step.</summary>
public sealed class StepEffects
{
    /// <summary>Limits that changed, in order of change.</summary>
    public List<LimitTransition> Transitions { get; } = [];

    /// <summary>Additions to the stored history.</summary>
    public List<RollupDelta> Rollups { get; } = [];

    /// <summary>Only the state is asked for: nothing is added to <see cref="Rollups"/>.</summary>
    public bool WithoutHistory { get; init; }

    /// <summary>Sensors whose limits must be recomputed from the log (<see cref="SensorTwin.Rederive"/>).</summary>
    public HashSet<ushort> MustRederive { get; } = [];

    /// <summary>Empties all lists.</summary>
    public void Clear()
    {
        Transitions.Clear();
        Rollups.Clear();
        MustRederive.Clear();
    }
}

/// <summary>
/// The live twin: a fold over readings. It has no clock, no I/O and no randomness, and its content does not depend on the order of arrival:
/// the same set of distinct readings gives the same bits (<see cref="Hash"/>), shuffled, late or in order.
/// Each reading must be processed once; the event log holds each once. Memory is bounded by <see cref="SampleWindow"/> per sensor;
/// a step costs a constant per reading, plus one pass over the window for a sensor with late readings.
/// </summary>
public sealed class Twin
{
    const byte SnapshotFormat = 1;

    readonly SensorTwin[] sensors;
    readonly SensorTwin?[] byNumber;

    /// <summary>A twin without any readings yet.</summary>
    public Twin(AssetModel model)
    {
        Model = model;
        sensors = [.. model.Sensors.Select(s => new SensorTwin(s, model.LimitsOf(s.Number)))];
        byNumber = new SensorTwin?[model.Sensors.Select(s => s.Number).DefaultIfEmpty().Max() + 1];
        foreach (var sensor in sensors) byNumber[sensor.Sensor.Number] = sensor;
    }

    /// <summary>The model it follows.</summary>
    public AssetModel Model { get; }

    /// <summary>One per sensor of the model, by number.</summary>
    public IReadOnlyList<SensorTwin> Sensors => sensors;

    /// <summary>The sensor with this number, or null.</summary>
    public SensorTwin? Sensor(ushort number) => number < byNumber.Length ? byNumber[number] : null;

    /// <summary>Processes readings. Readings of sensors that are not in the model are ignored; the log keeps them.</summary>
    public void Step(ReadOnlySpan<Reading> readings, StepEffects effects)
    {
        foreach (ref readonly var reading in readings) Sensor(reading.Sensor)?.Apply(reading, effects);
        foreach (var sensor in sensors) sensor.Settle(effects);
    }

    /// <summary>SHA-256 over the content, hexadecimal.</summary>
    public string Hash()
    {
        using var memory = new MemoryStream(4096);
        using var writer = new BinaryWriter(memory);
        writer.Write(Model.Hash);
        foreach (var sensor in sensors) sensor.WriteContent(writer);
        return Convert.ToHexStringLower(SHA256.HashData(memory.GetBuffer().AsSpan(0, (int)memory.Length)));
    }

    /// <summary>The whole state as bytes, for <see cref="Restore"/>.</summary>
    public byte[] Snapshot()
    {
        using var memory = new MemoryStream(8192);
        using var writer = new BinaryWriter(memory);
        writer.Write(SnapshotFormat);
        writer.Write(Model.Hash);
        writer.Write(sensors.Length);
        foreach (var sensor in sensors) sensor.Write(writer);
        List<Reading> window = [];
        foreach (var sensor in sensors)
            for (var i = 0; i < sensor.Window.Count; i++) window.Add(sensor.Window[i]);
        if (window.Count > 0) writer.Write(TelemetryCodec.Encode(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(window)));
        return memory.ToArray();
    }

    /// <summary>
    /// Restores a snapshot; null when it was made with another model or format, and a rebuild is needed.
    /// </summary>
    public static Twin? Restore(AssetModel model, byte[] snapshot)
    {
        using var reader = new BinaryReader(new MemoryStream(snapshot));
        if (reader.ReadByte() != SnapshotFormat || reader.ReadString() != model.Hash) return null;
        var twin = new Twin(model);
        var count = reader.ReadInt32();
        for (var i = 0; i < count; i++)
        {
            if (twin.Sensor(reader.ReadUInt16()) is not { } sensor || !sensor.Read(reader)) return null;
        }
        var rest = snapshot.AsSpan((int)reader.BaseStream.Position);
        if (rest.IsEmpty) return twin;
        List<Reading> window = [];
        TelemetryCodec.Decode(rest, window);
        foreach (var reading in window) twin.Sensor(reading.Sensor)!.Window.Insert(reading);
        return twin;
    }
}
