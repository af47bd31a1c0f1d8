namespace TwinModel.Uncertainty;

/// <summary>
/// Random numbers that depend only on a seed and a stream number: give each future, dimension or shard its own stream, and results do not
/// depend on threads or order. The generator is xoshiro256** (D. Blackman and S. Vigna, ACM Trans. Math. Softw. 47 (2021) 36,
/// doi:10.1145/3460772); its state is hashed from seed and stream by the finaliser of SplitMix64, so two streams of one seed never start
/// alike. Not for cryptography.
/// </summary>
public sealed class RandomStream
{
    const ulong Golden = 0x9E3779B97F4A7C15;

    ulong a, b, c, d;

    /// <summary>Starts a stream.</summary>
    public RandomStream(ulong seed, ulong stream)
    {
        var chain = seed;
        a = Hash(Hash(chain += Golden) ^ stream);
        b = Hash(Hash(chain += Golden) ^ stream);
        c = Hash(Hash(chain += Golden) ^ stream);
        d = Hash(Hash(chain + Golden) ^ stream);
        // The all-zero state is the only fixed point of the generator.
        if ((a | b | c | d) == 0) a = 1;
    }

    /// <summary>SplitMix64's finaliser: a bijection in which each bit of the result depends on the whole argument.</summary>
    internal static ulong Hash(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    /// <summary>64 random bits.</summary>
    public ulong NextBits()
    {
        var bits = ulong.RotateLeft(b * 5, 7) * 9;
        var t = b << 17;
        c ^= a;
        d ^= b;
        b ^= c;
        a ^= d;
        c ^= t;
        d = ulong.RotateLeft(d, 45);
        return bits;
    }

    /// <summary>A number in (0, 1), both ends excluded.</summary>
    public double NextDouble() => ((NextBits() >> 12) + 0.5) * (1.0 / (1UL << 52));

    /// <summary>A standard normal number.</summary>
    public double NextNormal() => Normal.Quantile(NextDouble());

    /// <summary>A whole number from 0 to <paramref name="limit"/> - 1, all equally likely.</summary>
    public int NextInteger(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        // Lemire's method: rejects the values that would bias the result.
        var threshold = (0 - (ulong)limit) % (ulong)limit;
        while (true)
        {
            var high = Math.BigMul(NextBits(), (ulong)limit, out var low);
            if (low >= threshold) return (int)high;
        }
    }

    /// <summary>Puts the elements in a random order (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = NextInteger(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
