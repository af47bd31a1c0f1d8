using TwinModel.Reliability;
using TwinModel.Telemetry;

namespace TwinModel.Health;

/// <summary>A window that may still get readings: indicator, speed and force, each as a set whose median does not depend on the order of arrival.</summary>
sealed class OpenWindow
{
    readonly Samples[] roles = [new(), new(), new()];

    public Samples Of(Role role) => roles[(int)role];

    public void Clear()
    {
        foreach (var samples in roles) samples.Clear();
    }

    public void Write(BinaryWriter to)
    {
        foreach (var samples in roles) samples.Write(to);
    }

    public static OpenWindow Read(BinaryReader from)
    {
        var window = new OpenWindow();
        foreach (var samples in window.roles) samples.Read(from);
        return window;
    }
}

/// <summary>What a reading says about a part.</summary>
enum Role
{
    Indicator,
    Speed,
    Force,
}

/// <summary>
/// Values of one window, at most <see cref="Capacity"/> of them: those with the smallest hash of their sample time, so that a full set is a fair
/// choice and the same whatever came first. A median of so many is as good as one of all against the scatter between windows.
/// </summary>
sealed class Samples
{
    public const int Capacity = 128;

    // Sorted out when so many are there.
    const int Most = Capacity + Capacity / 4;

    readonly List<(ulong Key, double Value)> values = [];

    public int Count => Math.Min(values.Count, Capacity);

    public void Add(long sampledAt, double value)
    {
        if (values.Count == values.Capacity && values.Count >= Capacity) values.Capacity = Most;
        values.Add((Mix((ulong)sampledAt), value));
        if (values.Count == Most) Trim();
    }

    public void Clear() => values.Clear();

    public double Median() => Robust.Median([.. Kept().Select(v => v.Value)]);

    void Trim()
    {
        values.Sort();
        if (values.Count > Capacity) values.RemoveRange(Capacity, values.Count - Capacity);
    }

    List<(ulong Key, double Value)> Kept()
    {
        Trim();
        return values;
    }

    public void Write(BinaryWriter to)
    {
        var kept = Kept();
        to.Write((byte)kept.Count);
        foreach (var (key, value) in kept)
        {
            to.Write(key);
            to.Write(value);
        }
    }

    public void Read(BinaryReader from)
    {
        var count = from.ReadByte();
        for (var i = 0; i < count; i++) values.Add((from.ReadUInt64(), from.ReadDouble()));
    }

    // splitmix64 (Steele, Lea and Flood, 2014): neighbouring times get unrelated keys.
    static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
