using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using Contracts.Sparkplug;
using Google.Protobuf;

namespace Ingest.Payloads;

/// <summary>Unpacks a compressed payload nested in a payload, as written by the reference implementation (Eclipse Tahu).</summary>
static class SparkplugBody
{
    const string Compressed = "SPBV1.0_COMPRESSED";
    const string Algorithm = "algorithm";

    /// <summary>
    /// Replaces the payload's contents with those of its compressed body; the outer sequence number is kept. Rejects a body that cannot be
    /// read.
    /// </summary>
    /// <returns>False when it was rejected.</returns>
    public static bool Unpack(Payload payload, Decoded to)
    {
        // A body of another kind next to metrics is for the device's own use.
        if (payload.Uuid != Compressed)
            return !payload.HasBody || payload.Metrics.Count > 0
                || Refuse(to, "unknown-body",
                    $"The payload has no metrics but a body of {payload.Body.Length} bytes with uuid '{payload.Uuid}'; allowed: metrics, "
                        + $"or a body with uuid {Compressed}.");
        var named = payload.Metrics.FirstOrDefault(m => m.Name == Algorithm);
        var algorithm = named?.StringValue is { Length: > 0 } text ? text.ToUpperInvariant() : "DEFLATE";
        if (algorithm is not ("GZIP" or "DEFLATE"))
            return Refuse(to, "compressed", $"The payload is compressed with '{algorithm}'; allowed: GZIP, DEFLATE.");
        try
        {
            // Shared: a payload of a hundred bytes must not cost a megabyte each time.
            var room = ArrayPool<byte>.Shared.Rent(Decoded.LargestPayload + 1);
            Payload inner;
            try
            {
                if (Inflate(payload.Body, algorithm == "GZIP", room) is not { } length)
                    return TooLarge(to, algorithm);
                if (CountMetrics(room.AsSpan(0, length)) > SparkplugDecoder.MostMetrics)
                    return Refuse(to, "too-large", SparkplugDecoder.TooManyMetrics);
                inner = Payload.Parser.ParseFrom(room, 0, length);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(room);
            }
            if (inner.Uuid == Compressed) return Refuse(to, "compressed", $"The payload is compressed twice ({algorithm}); allowed: once.");
            if (named is not null) payload.Metrics.Remove(named);
            payload.Metrics.AddRange(inner.Metrics);
            if (inner.HasTimestamp) payload.Timestamp = inner.Timestamp;
            return true;
        }
        catch (InvalidProtocolBufferException e)
        {
            return Refuse(to, "compressed", $"The compressed payload ({algorithm}) does not hold a Sparkplug B payload: {e.Message}");
        }
        // The library's messages refer to archives.
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            var format = algorithm == "GZIP" ? "RFC 1952 of one member" : "the zlib format, RFC 1950";
            return Refuse(to, "compressed",
                $"The compressed payload ({algorithm}) cannot be read: it ends early, is damaged or has another format; "
                    + $"allowed: {format}.");
        }
    }

    /// <summary>
    /// The metrics of a payload, counted before they become objects: one of two bytes becomes one of a hundred. 0 for a payload that is too
    /// short to have many, or that the parser will refuse.
    /// </summary>
    public static int CountMetrics(ReadOnlySpan<byte> payload)
    {
        if (payload.Length <= 2 * SparkplugDecoder.MostMetrics) return 0;
        var input = new CodedInputStream(payload.ToArray());
        var count = 0;
        try
        {
            for (uint tag; (tag = input.ReadTag()) != 0; input.SkipLastField())
                if (WireFormat.GetTagFieldNumber(tag) == Payload.MetricsFieldNumber) count++;
        }
        catch (InvalidProtocolBufferException)
        {
            return 0;
        }
        return count;
    }

    static bool TooLarge(Decoded to, string algorithm) => Refuse(to, "compressed",
        string.Create(
            CultureInfo.InvariantCulture,
            $"The compressed payload ({algorithm}) has more than {Decoded.LargestPayload} bytes; allowed: at most "
                + $"{Decoded.LargestPayload}."));

    static bool Refuse(Decoded to, string code, string detail)
    {
        to.RejectPayload(code, detail);
        return false;
    }

    // The number of bytes; null if too large. DEFLATE means the zlib format, as in java.util.zip. Raw deflate is not accepted: .NET treats
    // a truncated stream as a shorter one, and only the trailing length (gzip) or checksum (zlib) reveals it.
    static int? Inflate(ByteString body, bool isGzip, byte[] room)
    {
        using var source = new MemoryStream(body.ToByteArray());
        using Stream stream = isGzip
            ? new GZipStream(source, CompressionMode.Decompress)
            : new ZLibStream(source, CompressionMode.Decompress);
        var most = Decoded.LargestPayload + 1;
        var length = stream.ReadAtLeast(room.AsSpan(0, most), most, throwOnEndOfStream: false);
        if (length == most) return null;
        var isWhole = length > 0 && body.Length > 4
            && (isGzip ? BinaryPrimitives.ReadUInt32LittleEndian(body.Span[^4..]) == length
                : BinaryPrimitives.ReadUInt32BigEndian(body.Span[^4..]) == Adler32(room.AsSpan(0, length)));
        return isWhole ? length : throw new InvalidDataException();
    }

    static uint Adler32(ReadOnlySpan<byte> bytes)
    {
        var (a, b) = (1u, 0u);
        foreach (var value in bytes)
        {
            a = (a + value) % 65521;
            b = (b + a) % 65521;
        }
        return b << 16 | a;
    }
}
