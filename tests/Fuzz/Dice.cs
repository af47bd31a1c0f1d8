namespace Fuzz;

/// <summary>Random numbers that depend on seed and number alone, on every machine (SplitMix64).</summary>
sealed class Dice(ulong seed, long number)
{
    ulong state = Mixed(seed) ^ Mixed((ulong)number + 0x51_7C_C1_B7_27_22_0A_95);

    /// <summary>Few values are extreme and few parts are left out or changed, so that what comes out is nearly right.</summary>
    public bool IsTame { get; set; }

    public bool IsWild() => OneIn(IsTame ? 40 : 3);

    public ulong Next() => Mixed(state += 0x9E37_79B9_7F4A_7C15);

    /// <summary>From 0 to <paramref name="end"/> - 1; 0 if there are none.</summary>
    public int Below(int end) => end <= 0 ? 0 : (int)(Next() % (ulong)end);

    public bool OneIn(int cases) => Below(cases) == 0;

    public T Of<T>(IReadOnlyList<T> all) => all[Below(all.Count)];

    /// <summary>Mostly small, seldom up to <paramref name="end"/> - 1.</summary>
    public int Small(int end) => Below(1 + Below(1 + Below(end)));

    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++) bytes[i] = (byte)Next();
        return bytes;
    }

    static ulong Mixed(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }
}
