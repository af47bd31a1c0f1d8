using System.Runtime.InteropServices;
using TwinModel.ConditionMonitoring;
using TwinModel.Telemetry;

namespace TwinModel.Health;

/// <summary>
/// A window that can still receive readings: indicator, speed and force, each a set whose median does not depend on the order of arrival.
/// </summary>
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

/// <summary>What a reading measures on a part.</summary>
enum Role
{
    Indicator,
    Speed,
    Force,
}

/// <summary>
/// Values of one window, at most <see cref="Capacity"/>: those with the smallest hash of their sample time, so that a full set is an
/// unbiased sample and independent of the order of arrival. Given the scatter between windows, its median is as good as that of all values.
/// </summary>
sealed class Samples
{
    public const int Capacity = 128;

    readonly List<Sample> values = [];

    // Index of the next value to replace in a full set; -1 when it has to be searched for.
    int last = -1;

    // 12 bytes instead of 16, because thousands of parts hold a few hundred each. Equal 32-bit hashes are ordered by value, again
    // independent of the order of arrival.
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    readonly record struct Sample(uint Key, double Value) : IComparable<Sample>
    {
        public int CompareTo(Sample other) => Key != other.Key ? Key.CompareTo(other.Key) : Value.CompareTo(other.Value);
    }

    public int Count => values.Count;

    public void Add(long sampledAt, double value)
    {
        var sample = new Sample((uint)(Mix((ulong)sampledAt) >> 32), value);
        if (values.Count < Capacity)
        {
            values.Add(sample);
            return;
        }
        if (last < 0) last = values.IndexOf(values.Max());
        if (sample.CompareTo(values[last]) >= 0) return;
        values[last] = sample;
        last = -1;
    }

    public void Clear()
    {
        values.Clear();
        last = -1;
    }

    public double Median() => Robust.Median([.. values.Select(v => v.Value)]);

    // Written with 64 bits as in earlier versions: a snapshot that cannot be read would cost a fold of the whole log.
    public void Write(BinaryWriter to)
    {
        values.Sort();
        last = -1;
        to.Write((byte)values.Count);
        foreach (var sample in values)
        {
            to.Write((ulong)sample.Key << 32);
            to.Write(sample.Value);
        }
    }

    public void Read(BinaryReader from)
    {
        var count = from.ReadByte();
        for (var i = 0; i < count; i++) values.Add(new((uint)(from.ReadUInt64() >> 32), from.ReadDouble()));
    }

    // splitmix64 (Steele, Lea and Flood, 2014): neighbouring times get uncorrelated keys.
    static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
