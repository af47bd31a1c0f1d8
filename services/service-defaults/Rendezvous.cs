namespace ServiceDefaults;

/// <summary>
/// Rendezvous hashing: which of several members owns an id, the one with the highest score for it. When a member joins or leaves, only the
/// ids that it takes or gives up change their owner. The same in every process. Pure.
/// </summary>
/// <remarks>
/// Thaler and Ravishankar, Using name-based mappings to increase hit rates, IEEE/ACM Transactions on Networking 6 (1998).
/// </remarks>
public static class Rendezvous
{
    /// <summary>Index of the member with the highest score for an id; -1 when there are no members.</summary>
    /// <param name="id">The id.</param>
    /// <param name="members">The <see cref="Hash"/> of each member's name.</param>
    public static int IndexOf(string id, ReadOnlySpan<ulong> members)
    {
        var hash = Hash(id);
        var (best, highest) = (-1, 0UL);
        for (var i = 0; i < members.Length; i++)
        {
            var score = Mix(members[i] ^ hash);
            if (best >= 0 && score <= highest) continue;
            (best, highest) = (i, score);
        }
        return best;
    }

    /// <summary>FNV-1a over UTF-16 code units, unlike <see cref="string.GetHashCode()"/> the same in every process.</summary>
    public static ulong Hash(string text)
    {
        var hash = 0xcbf29ce484222325;
        foreach (var unit in text) hash = (hash ^ unit) * 0x100000001b3;
        return Mix(hash);
    }

    // A bijection that spreads every bit over all others (the finalizer of SplitMix64).
    static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }
}
