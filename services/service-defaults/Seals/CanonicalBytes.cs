using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Contracts.Events;
using TwinModel.Telemetry;

namespace ServiceDefaults.Seals;

/// <summary>
/// The bytes that are hashed and signed, and the hashes over them. The layout is public (deploy/seals.md) and never changes: another one
/// gets another first byte.
/// </summary>
public sealed class CanonicalBytes
{
    /// <summary>Bytes of a hash.</summary>
    public const int HashBytes = SHA256.HashSizeInBytes;

    /// <summary>Bytes of an event in <see cref="DayClosed.Fingerprints"/>.</summary>
    public const int FingerprintBytes = ShortHashBytes + 4;

    /// <summary>Bytes of an event's hash in its fingerprint; finding another event with the same takes 2^64 attempts.</summary>
    public const int ShortHashBytes = 8;

    /// <summary>Names of the fields that the last bytes of a fingerprint stand for, in their order.</summary>
    public static IReadOnlyList<string> FingerprintFields { get; } =
        ["time stamp", "identity (id, stream, type, tenant)", "headers", "payload"];

    // First byte of what is hashed, so that nothing can be taken for something else: leaf and node as in RFC 6962.
    const byte LeafPrefix = 0, NodePrefix = 1, ChainPrefix = 2;
    const byte EventLayout = 1, ClosedLayout = 2, SealLayout = 3;

    readonly ArrayBufferWriter<byte> buffer = new(4096);

    /// <summary>Canonical bytes of an event; valid until the next call.</summary>
    public ReadOnlySpan<byte> Of(LoggedEvent e)
    {
        Write(e);
        return buffer.WrittenSpan[1..];
    }

    /// <summary>The event's hash and fingerprint.</summary>
    /// <returns>Number of its canonical bytes.</returns>
    public int Hash(LoggedEvent e, Span<byte> hash, Span<byte> fingerprint)
    {
        var (headers, payload, end) = Write(e);
        var all = buffer.WrittenSpan;
        SHA256.HashData(all, hash);
        hash[..ShortHashBytes].CopyTo(fingerprint);
        fingerprint[8] = Check(all[18..26]);
        fingerprint[9] = Check(all[26..headers]);
        fingerprint[10] = Check(all[headers..payload]);
        fingerprint[11] = Check(all[payload..end]);
        return all.Length - 1;
    }

    (int Headers, int Payload, int End) Write(LoggedEvent e)
    {
        buffer.ResetWrittenCount();
        Byte(LeafPrefix);
        Byte(EventLayout);
        Number(e.Position);
        Number(e.Version);
        Number(e.RecordedAt);
        e.Id.TryWriteBytes(buffer.GetSpan(16), bigEndian: true, out _);
        buffer.Advance(16);
        Text(e.Stream);
        Text(e.Type);
        Text(e.Tenant);
        var headers = buffer.WrittenCount;
        Text(e.Headers);
        var payload = buffer.WrittenCount;
        Text(e.Data);
        if (e.Bytes is null) Length(-1);
        else
        {
            Length(e.Bytes.Length);
            buffer.Write(e.Bytes);
        }
        return (headers, payload, buffer.WrittenCount);
    }

    /// <summary>Hash of a day's seal of a stream: a leaf of the day's tree.</summary>
    /// <exception cref="FormatException">A hash in it is not one.</exception>
    public byte[] Hash(DayClosed closed) => Hash(closed, SHA256.HashData(closed.Fingerprints));

    /// <summary>The same when only the hash of the fingerprints is known.</summary>
    /// <exception cref="FormatException">A hash in it is not one.</exception>
    public byte[] Hash(DayClosed closed, ReadOnlySpan<byte> hashOfFingerprints)
    {
        buffer.ResetWrittenCount();
        Byte(LeafPrefix);
        Byte(ClosedLayout);
        Text(Shown(closed.Day));
        Text(closed.Stream);
        Number(closed.UpTo);
        Number(closed.FirstVersion);
        Number(closed.LastVersion);
        Number(closed.FirstPosition);
        Number(closed.LastPosition);
        Number(closed.Count);
        Hex(closed.Previous);
        Hex(closed.Head);
        Hex(closed.Root);
        buffer.Write(hashOfFingerprints);
        return SHA256.HashData(buffer.WrittenSpan);
    }

    /// <summary>What the signature of a day's seal is over, and whose SHA-256 is the seal's hash.</summary>
    /// <exception cref="FormatException">A hash in it is not one.</exception>
    public byte[] Of(LogSealed seal)
    {
        buffer.ResetWrittenCount();
        Byte(SealLayout);
        Text(Shown(seal.Day));
        Number(seal.After);
        Number(seal.UpTo);
        Number(seal.Events);
        Number(seal.Streams);
        Hex(seal.Root);
        Hex(seal.Previous);
        Number(Micros.From(seal.SealedAt));
        Text(seal.KeyId);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Hash of a day's seal, which vouches for the log up to the end of that day.</summary>
    /// <exception cref="FormatException">A hash in it is not one.</exception>
    public string Hash(LogSealed seal) => Convert.ToHexStringLower(SHA256.HashData(Of(seal)));

    /// <summary>Hash of two neighbours in a Merkle tree; may be written over one of them.</summary>
    public static void Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> node) => Join(NodePrefix, left, right, node);

    /// <summary>Head of a chain after one more event; may be written over the old one.</summary>
    public static void Chain(ReadOnlySpan<byte> head, ReadOnlySpan<byte> hash, Span<byte> next) => Join(ChainPrefix, head, hash, next);

    static void Join(byte prefix, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> hash)
    {
        Span<byte> bytes = stackalloc byte[1 + (2 * HashBytes)];
        bytes[0] = prefix;
        first.CopyTo(bytes[1..]);
        second.CopyTo(bytes[(1 + HashBytes)..]);
        SHA256.HashData(bytes, hash);
    }

    // Says only which field was changed; that one was changed is the hash's to say. So a byte of a CRC-32C is enough.
    static byte Check(ReadOnlySpan<byte> field)
    {
        var crc = uint.MaxValue;
        foreach (var b in field) crc = BitOperations.Crc32C(crc, b);
        return (byte)~crc;
    }

    /// <summary>A day as in the names of streams.</summary>
    public static string Shown(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    void Byte(byte value)
    {
        buffer.GetSpan(1)[0] = value;
        buffer.Advance(1);
    }

    void Number(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(buffer.GetSpan(8), value);
        buffer.Advance(8);
    }

    void Length(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(buffer.GetSpan(4), value);
        buffer.Advance(4);
    }

    void Text(string? text)
    {
        if (text is null)
        {
            Length(-1);
            return;
        }
        var bytes = Encoding.UTF8.GetByteCount(text);
        Length(bytes);
        Encoding.UTF8.GetBytes(text, buffer.GetSpan(bytes));
        buffer.Advance(bytes);
    }

    void Hex(string hash)
    {
        if (hash.Length != 2 * HashBytes) throw new FormatException($"'{hash}' is not a SHA-256 in hexadecimal digits");
        buffer.Write(Convert.FromHexString(hash));
    }
}
