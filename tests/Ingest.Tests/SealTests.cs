using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Contracts.Events;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Ingest.Seals;
using ServiceDefaults;
using ServiceDefaults.Seals;
using TwinModel.Telemetry;

namespace Ingest.Tests;

/// <summary>The pure parts of seals: layouts, chain, trees, signatures, and when a day is closed.</summary>
public sealed class SealTests
{
    static readonly DateOnly Day = new(2026, 3, 1);

    static readonly LoggedEvent Example = new(
        42, 1, 1772344800123456, Guid.Parse("0195a0b4-0000-7000-8000-000000000001"), "telemetry/line-1/2026-03-01", "readings_recorded",
        "*DEFAULT*", """{"traceparent": "00-1"}""", "{}", [1, 2, 3]);

    [Fact]
    public void The_example_in_the_documentation_is_right()
    {
        var text = File.ReadAllText(Path.Combine(Root(), "deploy", "seals.md"));
        var written = Regex.Matches(text[text.IndexOf("## Example", StringComparison.Ordinal)..], "```\n([0-9a-f\n]+)```")
            .Select(m => m.Groups[1].Value.Replace("\n", "", StringComparison.Ordinal)).ToList();
        var canonical = new CanonicalBytes();
        var (hash, fingerprint, head) = (new byte[32], new byte[CanonicalBytes.FingerprintBytes], new byte[32]);
        canonical.Hash(Example, hash, fingerprint);
        CanonicalBytes.Chain(new byte[32], hash, head);
        var closing = new CloseDay(Day, 50, CloseDay.Nothing);
        Assert.Null(closing.Add(Example));
        var closed = Assert.Single(closing.Rest());
        var seal = new LogSealed(
            Day, 0, 50, 1, 1, Hex(canonical.Hash(closed)), CloseDay.Nothing, Micros.ToTime(1772409601000000), "0123456789abcdef", []);
        Assert.Equal(
            [
                Hex(canonical.Of(Example).ToArray()), Hex(hash), Hex(fingerprint), Hex(head), seal.Root, Hex(canonical.Of(seal)),
                canonical.Hash(seal),
            ],
            written);
        Assert.Equal((Hex(head), Hex(hash), Hex(fingerprint)), (closed.Head, closed.Root, Hex(closed.Fingerprints)));
    }

    static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Pollux.slnx"))) folder = folder.Parent!;
        return folder.FullName;
    }

    static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    static byte[] HashOf(LoggedEvent e)
    {
        var hash = new byte[32];
        new CanonicalBytes().Hash(e, hash, new byte[CanonicalBytes.FingerprintBytes]);
        return hash;
    }

    static LoggedEvent Event(int i, string stream, long version) => Example with
    {
        Position = i + 1,
        Version = version,
        Stream = stream,
        Data = $"{{\"n\": {i}}}",
    };

    static List<LoggedEvent> Events(int count) =>
        [.. Enumerable.Range(0, count).Select(i => Event(i, $"twin/{i % 3}", (i / 3) + 1))];

    static (string Root, List<DayClosed> Closed) Seal(IEnumerable<LoggedEvent> events, string? previous = null)
    {
        var closing = new CloseDay(Day, 10_000, previous ?? CloseDay.Nothing);
        List<DayClosed> closed = [.. events.Select(closing.Add).OfType<DayClosed>().ToList(), .. closing.Rest()];
        var leaves = CloseDay.InOrder(closed, c => c.Stream, c => c.FirstVersion).Select(new CanonicalBytes().Hash);
        return (Hex(MerkleTree.RootOf(leaves)), closed);
    }

    /// <summary>Every change that can be made to a list of events.</summary>
    static IEnumerable<(string What, List<LoggedEvent> Events)> Changes(List<LoggedEvent> events, int at)
    {
        var e = events[at];
        foreach (var (what, other) in new (string, LoggedEvent)[]
        {
            ("position", e with { Position = e.Position + 100_000 }),
            ("version", e with { Version = e.Version + 1 }),
            ("time", e with { RecordedAt = e.RecordedAt + 1 }),
            ("id", e with { Id = Guid.NewGuid() }),
            ("stream", e with { Stream = e.Stream + "1" }),
            ("type", e with { Type = e.Type + " " }),
            ("tenant", e with { Tenant = "" }),
            ("headers", e with { Headers = e.Headers + " " }),
            ("no headers", e with { Headers = null }),
            ("data", e with { Data = e.Data.Replace("n", "m", StringComparison.Ordinal) }),
            ("bytes", e with { Bytes = [1, 2, 4] }),
            ("empty bytes", e with { Bytes = [] }),
            ("no bytes", e with { Bytes = null }),
            // The same bytes in all, but others in each field.
            ("border", e with { Stream = e.Stream + e.Type[..1], Type = e.Type[1..] }),
        }) yield return (what, [.. events[..at], other, .. events[(at + 1)..]]);
        yield return ("removed", [.. events[..at], .. events[(at + 1)..]]);
        yield return ("doubled", [.. events[..at], e, .. events[at..]]);
        if (at > 0) yield return ("order", [.. events[..(at - 1)], e, events[at - 1], .. events[(at + 1)..]]);
    }

    [Property(MaxTest = 50)]
    public Property Any_change_of_any_event_changes_the_root() => Prop.ForAll(
        (from count in Gen.Choose(1, 40) from at in Gen.Choose(0, count - 1) select (count, at)).ToArbitrary(), given =>
        {
            var events = Events(given.count);
            var root = Seal(events).Root;
            Assert.Equal(root, Seal(events).Root);
            Assert.NotEqual(root, Seal(events, new string('1', 64)).Root);
            foreach (var (what, changed) in Changes(events, given.at))
                // Neighbours in log order are of different streams; each stream's order is the same.
                if (what != "order") Assert.True(root != Seal(changed).Root, what);
        });

    [Fact]
    public void Another_order_within_a_stream_changes_its_seal()
    {
        List<LoggedEvent> events = [.. Enumerable.Range(0, 5).Select(i => Event(i, "twin/1", i + 1))];
        Assert.NotEqual(Seal(events).Root, Seal(Changes(events, 2).Single(c => c.What == "order").Events).Root);
    }

    [Property(MaxTest = 60)]
    public Property A_path_leads_from_its_leaf_to_the_root_and_from_no_other() => Prop.ForAll(
        (from count in Gen.Choose(1, 70) from at in Gen.Choose(0, count - 1) select (count, at)).ToArbitrary(), given =>
        {
            List<byte[]> leaves = [.. Enumerable.Range(0, given.count).Select(i => SHA256.HashData([(byte)i]))];
            var (root, path) = (Hex(MerkleTree.RootOf(leaves)), MerkleTree.Path(leaves, given.at));
            Assert.Equal(root, Hex(RootBySpecification(leaves)));
            Assert.True(path.Count <= 7);
            Assert.Equal(root, Hex(MerkleTree.RootFrom(leaves[given.at], given.at, given.count, path)!));
            for (var other = 0; other < given.count; other++)
            {
                if (other == given.at) continue;
                Assert.NotEqual(root, Of(MerkleTree.RootFrom(leaves[other], given.at, given.count, path)));
                Assert.NotEqual(root, Of(MerkleTree.RootFrom(leaves[given.at], other, given.count, path)));
            }
            Assert.Null(MerkleTree.RootFrom(leaves[given.at], given.count, given.count, path));
            Assert.Null(MerkleTree.RootFrom(leaves[given.at], given.at, given.count, [.. path, new byte[32]]));
        });

    static string Of(byte[]? hash) => hash is null ? "" : Hex(hash);

    // RFC 6962, section 2.1, as it is written there.
    static byte[] RootBySpecification(List<byte[]> leaves)
    {
        if (leaves.Count == 1) return leaves[0];
        var left = 1;
        while (left * 2 < leaves.Count) left *= 2;
        return SHA256.HashData([1, .. RootBySpecification(leaves[..left]), .. RootBySpecification(leaves[left..])]);
    }

    [Fact]
    public void The_root_of_nothing_is_the_hash_of_nothing() => Assert.Equal(SHA256.HashData([]), MerkleTree.RootOf([]));

    [Fact]
    public void A_full_seal_is_followed_by_one_that_continues_its_chain()
    {
        var (_, closed) = Seal(Enumerable.Range(0, CloseDay.MostEvents + 2).Select(i => Event(i, "twin/1", i + 1)));
        Assert.Equal([CloseDay.MostEvents, 2], closed.Select(c => c.Count));
        Assert.Equal((CloseDay.MostEvents, closed[0].Head), (closed[1].FirstVersion - 1, closed[1].Previous));
        Assert.Equal(Hex(MerkleTree.RootOf([
            HashOf(Event(CloseDay.MostEvents, "twin/1", CloseDay.MostEvents + 1)),
            HashOf(Event(CloseDay.MostEvents + 1, "twin/1", CloseDay.MostEvents + 2)),
        ])), closed[1].Root);
    }

    [Fact]
    public void A_missing_version_ends_a_seal_so_that_fingerprints_belong_to_versions()
    {
        var (_, closed) = Seal([Event(0, "twin/1", 1), Event(1, "twin/1", 2), Event(2, "twin/1", 4)]);
        Assert.Equal([(1L, 2L), (4L, 4L)], closed.Select(c => (c.FirstVersion, c.LastVersion)));
    }

    [Fact]
    public void Seals_are_ordered_by_bytes_not_by_utf16() => Assert.Equal(
        ["a", "b", "\uffee", "\U0001F600"],
        CloseDay.InOrder(["\U0001F600", "\uffee", "b", "a"], s => s, _ => 0));

    [Theory]
    [InlineData(null, null, "2026-03-02T00:00:00Z", "2026-03-01")]
    [InlineData("2026-03-01", "2026-03-01", "2026-03-02T23:59:59Z", null)]
    [InlineData("2026-03-01", "2026-03-01", "2026-03-03T00:00:00Z", "2026-03-02")]
    // Days on which nothing ran have no seal of their own.
    [InlineData("2026-03-01", "2026-03-01", "2026-03-09T05:00:00Z", "2026-03-08")]
    // What was begun is finished first.
    [InlineData("2026-03-01", "2026-03-02", "2026-03-09T05:00:00Z", "2026-03-02")]
    [InlineData(null, "2026-03-02", "2026-03-09T05:00:00Z", "2026-03-02")]
    // A clock that was ahead.
    [InlineData("2026-03-05", "2026-03-05", "2026-03-03T00:00:00Z", null)]
    public void The_day_to_close_follows_from_the_clock_and_the_newest_seal(
        string? sealedDay, string? newest, string now, string? expected) =>
        Assert.Equal(Of(expected), SealLog.ToClose(
            Of(sealedDay), Of(newest), DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture)));

    static DateOnly? Of(string? day) => day is null ? null : DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public void A_signature_is_of_one_key_and_over_every_member()
    {
        var folder = Directory.CreateTempSubdirectory("pollux-keys-").FullName;
        try
        {
            var (first, second) = (NewKey(folder, "first"), NewKey(folder, "second"));
            using var key = SealKey.Read("Ingest:SealKeyFile", first);
            var seal = key.Sign(new(Day, 1, 50, 7, 2, new string('a', 64), new string('b', 64), Micros.ToTime(1772409601000000), "", []));
            var keys = SealKeys.Read("keys", folder);
            Assert.Equal(2, keys.Ids.Count);
            Assert.Null(keys.Fault(seal));
            foreach (var forged in new[]
            {
                seal with { Day = Day.AddDays(1) }, seal with { After = 0 }, seal with { UpTo = 51 }, seal with { Events = 8 },
                seal with { Streams = 3 }, seal with { Root = new string('c', 64) }, seal with { Previous = new string('c', 64) },
                seal with { SealedAt = seal.SealedAt.AddMicroseconds(1) }, seal with { Signature = [] },
                seal with { KeyId = keys.Ids.Single(i => i != key.Id) },
            }) Assert.Contains("does not have the signature", keys.Fault(forged), StringComparison.Ordinal);
            Assert.Contains("is not among the given ones", SealKeys.Read("keys", second).Fault(seal), StringComparison.Ordinal);

            // As JSON in the log, too.
            var stored = JsonSerializer.Serialize(seal, JsonSerializerOptions.Web);
            Assert.Null(keys.Fault(SealJson.Read<LogSealed>(stored)!));
            Assert.Null(SealJson.Read<LogSealed>("{}"));
            Assert.Null(SealJson.Read<DayClosed>("""{"stream": "a", "head": "xx"}"""));
            Assert.Null(SealJson.Read<DayClosed>("null"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static string NewKey(string folder, string name)
    {
        var file = Path.Combine(folder, $"{name}.pem");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(file, key.ExportPkcs8PrivateKeyPem());
        return file;
    }

    [Fact]
    public void A_file_that_is_no_such_key_is_refused()
    {
        var folder = Directory.CreateTempSubdirectory("pollux-keys-").FullName;
        try
        {
            using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP384);
            using var right = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            foreach (var (name, text) in new[]
            {
                ("empty", ""), ("nonsense", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"),
                ("p384", curve.ExportPkcs8PrivateKeyPem()), ("public", right.ExportSubjectPublicKeyInfoPem()),
            })
            {
                var file = Path.Combine(folder, name);
                File.WriteAllText(file, text);
                var refused = Assert.Throws<InvalidSettingException>(() => SealKey.Read("Ingest:SealKeyFile", file));
                Assert.Contains("Ingest:SealKeyFile", refused.Message, StringComparison.Ordinal);
                if (name != "public") Assert.Throws<InvalidInputException>(() => SealKeys.Read("--keys", file));
            }
            Assert.Throws<InvalidSettingException>(() => SealKey.Read("Ingest:SealKeyFile", Path.Combine(folder, "absent")));
            // A folder without keys.
            var none = Directory.CreateDirectory(Path.Combine(folder, "none")).FullName;
            Assert.Throws<InvalidInputException>(() => SealKeys.Read("--keys", none));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
