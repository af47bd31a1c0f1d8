using System.Runtime.CompilerServices;
using Contracts.Events;

namespace ServiceDefaults.Seals;

/// <summary>Something in a sealed day that is not as it was sealed.</summary>
/// <param name="Kind">What was done, e.g. <c>changed</c>; stable.</param>
/// <param name="Stream">Stream of the event.</param>
/// <param name="Version">Version of the event in its stream; null when it is not about a single event.</param>
/// <param name="Position">Log position, of a missing event the one before it.</param>
/// <param name="What">What differs.</param>
public sealed record SealFault(string Kind, string Stream, long? Version, long Position, string What);

/// <summary>Outcome of one day.</summary>
/// <param name="Seal">The day's seal.</param>
/// <param name="Hash">Hash of the seal.</param>
/// <param name="Events">Events that were read.</param>
/// <param name="Bytes">Canonical bytes of them.</param>
/// <param name="Faults">What is wrong, by log position; at most one per stream.</param>
/// <param name="MoreFaults">Further streams that are wrong.</param>
/// <param name="Dropped">Announcement that readings of the day were dropped by retention; null when all are there.</param>
/// <param name="DroppedEvents">Events that are not there any more; their seals are.</param>
public sealed record VerifiedDay(
    LogSealed Seal, string Hash, long Events, long Bytes, IReadOnlyList<SealFault> Faults, int MoreFaults, DroppedDay? Dropped = null,
    long DroppedEvents = 0);

/// <summary>
/// Forms the seals of days again from the events, and compares them with the signed ones. The signature decides about the root of a day,
/// the root about its events; the stored seals of streams serve to find the event.
/// </summary>
public sealed class VerifySeals(ISealedLog log, SealKeys keys)
{
    const int MostStreams = 100;

    /// <summary>Verifies days in order. The chain of days is always verified from its beginning.</summary>
    /// <param name="from">First day; null: the first that there is.</param>
    /// <param name="to">Last day; null: the last that there is.</param>
    /// <param name="asset">Only the streams of this asset; null: all.</param>
    /// <param name="cancel">Stops.</param>
    public async IAsyncEnumerable<VerifiedDay> Days(
        DateOnly? from, DateOnly? to, string? asset, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        StoredSeal? previous = null;
        foreach (var stored in await log.Seals(cancel))
        {
            var seal = stored.Seal;
            if (seal.Day > to) break;
            var chain = Chain(previous, stored);
            previous = stored;
            if (seal.Day < from && chain is null) continue;
            var hash = new CanonicalBytes().Hash(seal);
            // Without the signature nothing in the seal can be relied on.
            if (chain is { Kind: "forged-seal" or "unknown-key" }) yield return new(seal, hash, 0, 0, [chain], 0);
            else
            {
                var day = await Day(stored, hash, asset, cancel);
                yield return chain is null ? day : day with { Faults = [chain, .. day.Faults] };
            }
        }
    }

    SealFault? Chain(StoredSeal? previous, StoredSeal stored)
    {
        var seal = stored.Seal;
        if (keys.Fault(seal) is { } fault)
            return Fault(keys.Ids.Contains(seal.KeyId) ? "forged-seal" : "unknown-key", $"the seal {fault}");
        if (previous is null)
            return !log.IsWhole || (seal.After == 0 && seal.Previous == CloseDay.Nothing)
                ? null
                : Fault("missing-seal", $"the seals before it are missing: none covers the positions up to {seal.After}");
        // A forged seal has been reported itself.
        if (keys.Fault(previous.Seal) is not null || seal.Previous == new CanonicalBytes().Hash(previous.Seal)) return null;
        return Fault("missing-seal", seal.After > previous.Seal.UpTo
            ? $"no seal covers the positions {previous.Seal.UpTo + 1} to {seal.After}: at least one between {Shown(previous.Seal.Day)} and "
                + $"{Shown(seal.Day)} is missing"
            : $"it does not continue the seal of {Shown(previous.Seal.Day)}");

        // What is missing has no version.
        SealFault Fault(string kind, string what) =>
            new(kind, Streams.Seal(seal.Day), kind == "missing-seal" ? null : stored.Version, stored.Position, what);
    }

    static string Shown(DateOnly day) => CanonicalBytes.Shown(day);

    async Task<VerifiedDay> Day(StoredSeal stored, string hash, string? asset, CancellationToken cancel)
    {
        var seal = stored.Seal;
        var (closing, canonical) = (new CloseDay(seal.Day, seal.UpTo, seal.Previous), new CanonicalBytes());
        List<Leaf> computed = [];
        await foreach (var e in log.Events(seal, asset, cancel))
            if (closing.Add(e) is { } full) computed.Add(Leaf.Of(full, canonical, 0, 0));
        computed.AddRange(closing.Rest().Select(c => Leaf.Of(c, canonical, 0, 0)));
        List<Leaf> kept = [];
        var unreadable = 0;
        await foreach (var (closed, version, position) in log.Closed(seal.Day, cancel))
        {
            if (closed is null) unreadable++;
            else kept.Add(Leaf.Of(closed, canonical, version, position));
        }
        // Of readings whose absence was announced, the seals vouch for the chain.
        var dropped = await log.Dropped(seal.Day, cancel);
        var formed = computed.Select(c => c.Stream).ToHashSet();
        List<Leaf> absent = dropped is null ? [] : [.. kept.Where(k =>
            Streams.IsTelemetry(k.Stream) && (asset is null || IsOf(k.Stream, asset))
            && !(formed.Contains(k.Stream) && computed.Any(c => c.Stream == k.Stream && c.Meets(k))))];
        computed.AddRange(absent);
        var absentEvents = absent.Sum(a => a.LastVersion - a.FirstVersion + 1);
        if (absentEvents == 0) dropped = null;
        var areComputedRight = asset is null && RootOf(computed) == seal.Root && closing.Events + absentEvents == seal.Events;
        var areKeptRight = RootOf(kept) == seal.Root;
        if (areComputedRight && areKeptRight)
            return new(seal, hash, closing.Events, closing.Bytes, Gaps(computed), 0, dropped, absentEvents);

        var (faults, more) = (new List<SealFault>(), 0);
        if (areComputedRight) faults.Add(ForgedSealOfStream(seal, computed, kept));
        else
        {
            var mine = asset is null ? kept : [.. kept.Where(k => IsOf(k.Stream, asset))];
            if (!areKeptRight)
                faults.Add(new("forged-seal", Streams.Seal(seal.Day), null, stored.Position,
                    $"the day_closed events do not lead to the signed root{(unreadable > 0 ? $"; {unreadable} can not be read" : "")}"));
            if (asset is null && closing.Events + absentEvents == 0 && seal.Events > 0)
                faults.Add(new(
                    "missing-day", Streams.Seal(seal.Day), null, seal.After + 1, $"all {seal.Events} events of the day are missing"));
            else
            {
                var wrong = Wrong(mine, computed);
                var seals = wrong.Take(MostStreams).ToDictionary(s => s, _ => new List<DayClosed>());
                await foreach (var (closed, _, _) in log.Closed(seal.Day, cancel))
                    if (closed is not null && seals.TryGetValue(closed.Stream, out var of)) of.Add(closed);
                foreach (var (stream, parts) in seals) faults.Add(await Diagnose(seal, stream, parts, cancel));
                more = Math.Max(0, wrong.Count - MostStreams);
            }
        }
        return new(
            seal, hash, closing.Events, closing.Bytes, [.. faults.OrderBy(f => f.Position)], more, dropped, absentEvents);
    }

    static string RootOf(IEnumerable<Leaf> leaves) => Convert.ToHexStringLower(MerkleTree.RootOf(InOrder(leaves).Select(l => l.Hash)));

    static IEnumerable<Leaf> InOrder(IEnumerable<Leaf> leaves) => CloseDay.InOrder(leaves, l => l.Stream, l => l.FirstVersion);

    /// <summary>Whether a stream belongs to an asset.</summary>
    public static bool IsOf(string stream, string asset) => stream.Split('/') is [_, var second, ..] && second == asset;

    // Versions that were missing when the day was sealed: within a stream, one seal ends before the next begins.
    static List<SealFault> Gaps(List<Leaf> leaves) => [.. InOrder(leaves).GroupBy(l => l.Stream).SelectMany(stream =>
        stream.Zip(stream.Skip(1)).Where(p => p.First.LastVersion + 1 != p.Second.FirstVersion).Take(1).Select(p => new SealFault(
            "missing", stream.Key, p.First.LastVersion + 1, p.First.LastPosition,
            "the event is missing, and was when the day was sealed"))).OrderBy(f => f.Position)];

    static SealFault ForgedSealOfStream(LogSealed seal, List<Leaf> computed, List<Leaf> kept)
    {
        var right = computed.Select(l => Convert.ToHexString(l.Hash)).ToHashSet();
        if (kept.OrderBy(k => k.Position).FirstOrDefault(k => !right.Remove(Convert.ToHexString(k.Hash))) is { Stream: not null } forged)
            return new("forged-seal", Streams.Seal(seal.Day), forged.Version, forged.Position,
                $"the day_closed event of {forged.Stream} is not the one that was signed; the events of the day are");
        var lost = computed.First(l => right.Contains(Convert.ToHexString(l.Hash)));
        return new("missing-seal", Streams.Seal(seal.Day), null, lost.LastPosition,
            $"the day_closed event of {lost.Stream} is missing or can not be read; the events of the day are as they were sealed");
    }

    /// <summary>Streams whose seals are not those formed from their events, by position.</summary>
    static List<string> Wrong(List<Leaf> kept, List<Leaf> computed)
    {
        var (sealedHashes, formed) = (Hashes(kept), Hashes(computed));
        return [.. kept.Where(k => !formed.Contains(Convert.ToHexString(k.Hash)))
            .Concat(computed.Where(c => !sealedHashes.Contains(Convert.ToHexString(c.Hash))))
            .OrderBy(l => l.FirstPosition).Select(l => l.Stream).Distinct()];

        static HashSet<string> Hashes(List<Leaf> leaves) => [.. leaves.Select(l => Convert.ToHexString(l.Hash))];
    }

    /// <summary>Finds the first event of a stream that is not as it was sealed.</summary>
    async Task<SealFault> Diagnose(LogSealed seal, string stream, List<DayClosed> parts, CancellationToken cancel)
    {
        Dictionary<long, byte[]> expected = [];
        foreach (var part in parts)
        {
            for (var i = 0; i < part.Fingerprints.Length / CanonicalBytes.FingerprintBytes; i++)
                expected[part.FirstVersion + i] = part.Fingerprints.AsSpan(
                    i * CanonicalBytes.FingerprintBytes, CanonicalBytes.FingerprintBytes).ToArray();
        }
        var (firstVersion, lastVersion) = expected.Count == 0 ? (0, -1) : (expected.Keys.Min(), expected.Keys.Max());
        List<LoggedEvent> changed = [];
        List<SealFault> faults = [];
        Dictionary<long, long> seen = [];
        await foreach (var e in log.EventsOf(seal, stream, firstVersion, lastVersion, cancel))
        {
            seen[e.Version] = e.Position;
            if (!expected.TryGetValue(e.Version, out var sealedAs))
                faults.Add(new("added", stream, e.Version, e.Position, "the event was not there when the day was sealed"));
            else if (!Fingerprint(e).AsSpan().SequenceEqual(sealedAs) && changed.Count < MostStreams) changed.Add(e);
        }
        if (expected.Keys.Where(v => !seen.ContainsKey(v)).Order().Select(v => (long?)v).FirstOrDefault() is { } missing)
        {
            var count = expected.Keys.Count(v => !seen.ContainsKey(v));
            faults.Add(new("missing", stream, missing, seen.GetValueOrDefault(missing - 1, parts[0].FirstPosition),
                count == 1 ? "the event is missing"
                : count == expected.Count ? $"all {count} events of the stream are missing"
                : $"the event is missing, as are {count - 1} others of the stream"));
        }
        if (changed.Count > 0) faults.Add(Explain(changed[0], changed, expected));
        return faults.OrderBy(f => f.Position).FirstOrDefault()
            // 2^64 attempts to find such an event, or a forged seal of the stream.
            ?? new("changed", stream, null, parts.FirstOrDefault()?.FirstPosition ?? seal.After, "its events do not have the sealed hash");
    }

    static byte[] Fingerprint(LoggedEvent e)
    {
        Span<byte> hash = stackalloc byte[CanonicalBytes.HashBytes];
        var fingerprint = new byte[CanonicalBytes.FingerprintBytes];
        new CanonicalBytes().Hash(e, hash, fingerprint);
        return fingerprint;
    }

    /// <summary>Says what was done to an event: two were exchanged, or which of its fields is another.</summary>
    static SealFault Explain(LoggedEvent e, List<LoggedEvent> changed, Dictionary<long, byte[]> expected)
    {
        var sealedAs = expected[e.Version];
        foreach (var other in changed.Where(c => c != e))
        {
            if (Is(other with { Version = e.Version }) || Is(other with { Version = e.Version, Position = e.Position })
                || Is(e with { Position = other.Position }))
                return Fault("swapped", $"the order was changed: it and version {other.Version} have changed places");
            if (Is(e with { Data = other.Data, Bytes = other.Bytes }))
                return Fault("swapped", $"it has the payload of version {other.Version}");
        }
        var now = Fingerprint(e);
        var fields = CanonicalBytes.FingerprintFields
            .Where((_, i) => now[CanonicalBytes.ShortHashBytes + i] != sealedAs[CanonicalBytes.ShortHashBytes + i]).ToList();
        return Fault("changed", fields.Count > 0
            ? $"another {string.Join(" and ", fields)} than when the day was sealed (hash {Short(now)}…, sealed {Short(sealedAs)}…)"
            : $"another position, or a field whose check byte is the same (hash {Short(now)}…, sealed {Short(sealedAs)}…)");

        bool Is(LoggedEvent candidate) => Fingerprint(candidate).AsSpan().SequenceEqual(sealedAs);

        SealFault Fault(string kind, string what) => new(kind, e.Stream, e.Version, e.Position, what);

        static string Short(byte[] fingerprint) => Convert.ToHexStringLower(fingerprint.AsSpan(0, CanonicalBytes.ShortHashBytes));
    }

    // A seal of a stream without its fingerprints, which are large.
    readonly record struct Leaf(
        string Stream, long FirstVersion, long LastVersion, long FirstPosition, long LastPosition, byte[] Hash, long Version, long Position)
    {
        public static Leaf Of(DayClosed c, CanonicalBytes canonical, long version, long position) =>
            new(c.Stream, c.FirstVersion, c.LastVersion, c.FirstPosition, c.LastPosition, canonical.Hash(c), version, position);

        public bool Meets(Leaf other) => FirstVersion <= other.LastVersion && LastVersion >= other.FirstVersion;
    }
}
