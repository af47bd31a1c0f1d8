using System.Text;
using Contracts.Events;

namespace ServiceDefaults.Seals;

/// <summary>
/// Forms the seals of a day from its events in log order: the same events give the same seals in the same order. Holds 12 bytes per event
/// until a seal is full, and some 300 bytes per stream.
/// </summary>
/// <param name="day">The day to close.</param>
/// <param name="upTo">Log position that ends it.</param>
/// <param name="previous">Hash of the seal before.</param>
public sealed class CloseDay(DateOnly day, long upTo, string previous)
{
    /// <summary>Hash before the first seal.</summary>
    public static string Nothing { get; } = new('0', 2 * CanonicalBytes.HashBytes);

    /// <summary>Most events under one <see cref="DayClosed"/>: its fingerprints take 48 kB, a proof 12 hashes.</summary>
    public const int MostEvents = 4096;

    readonly Dictionary<string, Chain> chains = [];
    readonly CanonicalBytes canonical = new();

    /// <summary>Events so far.</summary>
    public long Events { get; private set; }

    /// <summary>Streams so far.</summary>
    public long Streams => chains.Count;

    /// <summary>Canonical bytes of the events so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>Takes the next event.</summary>
    /// <returns>A seal if one is now complete: the stream's events reach the limit, or a version is missing before this one.</returns>
    public DayClosed? Add(LoggedEvent e)
    {
        if (!chains.TryGetValue(e.Stream, out var chain)) chains.Add(e.Stream, chain = new(previous));
        var before = chain.Count > 0 && e.Version != chain.LastVersion + 1 ? Close(e.Stream, chain) : null;
        Bytes += chain.Add(e, canonical);
        Events++;
        return chain.Count == MostEvents ? Close(e.Stream, chain) : before;
    }

    /// <summary>The seals that are not full, by stream. To be called once, after the last event.</summary>
    public IEnumerable<DayClosed> Rest() =>
        InOrder(chains.Where(c => c.Value.Count > 0), c => c.Key, c => c.Value.FirstVersion).Select(c => Close(c.Key, c.Value));

    /// <summary>The order of the leaves in a day's tree: by the bytes of the stream's name, then by version.</summary>
    public static IEnumerable<T> InOrder<T>(IEnumerable<T> seals, Func<T, string> stream, Func<T, long> firstVersion) =>
        seals.OrderBy(s => Convert.ToHexString(Encoding.UTF8.GetBytes(stream(s))), StringComparer.Ordinal).ThenBy(firstVersion);

    DayClosed Close(string stream, Chain chain) => chain.Close(stream, day, upTo);

    sealed class Chain(string previous)
    {
        readonly byte[] head = Convert.FromHexString(previous);
        readonly List<byte> fingerprints = [];
        string before = previous;
        MerkleTree tree = new();
        long firstPosition, lastPosition;

        public long FirstVersion { get; private set; }

        public long LastVersion { get; private set; }

        public int Count => fingerprints.Count / CanonicalBytes.FingerprintBytes;

        public int Add(LoggedEvent e, CanonicalBytes canonical)
        {
            if (Count == 0) (FirstVersion, firstPosition) = (e.Version, e.Position);
            (LastVersion, lastPosition) = (e.Version, e.Position);
            Span<byte> hash = stackalloc byte[CanonicalBytes.HashBytes];
            Span<byte> fingerprint = stackalloc byte[CanonicalBytes.FingerprintBytes];
            var bytes = canonical.Hash(e, hash, fingerprint);
            CanonicalBytes.Chain(head, hash, head);
            tree.Add(hash);
            fingerprints.AddRange(fingerprint);
            return bytes;
        }

        public DayClosed Close(string stream, DateOnly day, long upTo)
        {
            var closed = new DayClosed(
                stream, day, upTo, FirstVersion, LastVersion, firstPosition, lastPosition, Count, before, Convert.ToHexStringLower(head),
                Convert.ToHexStringLower(tree.Root()), [.. fingerprints]);
            (before, tree) = (closed.Head, new());
            fingerprints.Clear();
            return closed;
        }
    }
}
