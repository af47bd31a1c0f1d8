using System.Security.Cryptography;
using TwinModel.Assets;
using TwinModel.Telemetry;

namespace TwinModel.Health;

/// <summary>The condition of all wearing parts of an asset, maintained alongside its <see cref="Twins.Twin"/> from the same
/// readings.</summary>
public sealed class AssetHealth
{
    const byte SnapshotFormat = 1;

    readonly PartHealth[] parts;

    /// <summary>The initial state of all parts.</summary>
    public AssetHealth(AssetModel model)
    {
        Model = model;
        parts = [.. model.Degradations.Select(d => new PartHealth(d))];
    }

    /// <summary>The model it follows.</summary>
    public AssetModel Model { get; }

    /// <summary>One per entry of the model's section <c>degradation</c>.</summary>
    public IReadOnlyList<PartHealth> Parts => parts;

    /// <summary>The part with this component's id, or null.</summary>
    public PartHealth? Part(string component) => Array.Find(parts, p => p.Degradation.Component == component);

    /// <summary>Processes the readings of one event.</summary>
    /// <param name="readings">All readings of the event.</param>
    /// <param name="position">Log position of the event.</param>
    /// <param name="transitions">Receives changes of level.</param>
    /// <param name="assessments">Receives assessments that are due.</param>
    public void Step(ReadOnlySpan<Reading> readings, long position, List<PartTransition> transitions, List<DueAssessment> assessments)
    {
        foreach (var part in parts)
        {
            foreach (ref readonly var reading in readings) part.Take(reading);
            part.Settle(position, transitions, assessments);
        }
    }

    /// <summary>Replaces the existing state of a part.</summary>
    public void Replace(PartHealth part) =>
        parts[Array.FindIndex(parts, p => p.Degradation.Component == part.Degradation.Component)] = part;

    /// <summary>SHA-256 over the content, hexadecimal; the same log gives the same hash.</summary>
    public string Hash() => Convert.ToHexStringLower(SHA256.HashData(Snapshot()));

    /// <summary>The whole state as bytes, for <see cref="Restore"/>.</summary>
    public byte[] Snapshot()
    {
        using var memory = new MemoryStream(4096);
        using var writer = new BinaryWriter(memory);
        writer.Write(SnapshotFormat);
        writer.Write(Model.Hash);
        writer.Write(parts.Length);
        foreach (var part in parts) part.Write(writer);
        return memory.ToArray();
    }

    /// <summary>Restores a snapshot; null when it was made with another model or format, and a rebuild is needed.</summary>
    public static AssetHealth? Restore(AssetModel model, byte[] snapshot)
    {
        using var reader = new BinaryReader(new MemoryStream(snapshot));
        if (reader.ReadByte() != SnapshotFormat || reader.ReadString() != model.Hash) return null;
        var health = new AssetHealth(model);
        if (reader.ReadInt32() != health.parts.Length) return null;
        return Array.TrueForAll(health.parts, p => p.Read(reader)) ? health : null;
    }
}
