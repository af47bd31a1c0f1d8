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
            if (Inflate(payload.Body.ToByteArray(), algorithm == "GZIP") is not { } bytes)
                return Refuse(to, "compressed",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"The compressed payload ({algorithm}) has more than {Decoded.LargestPayload} bytes; allowed: at most "
                            + $"{Decoded.LargestPayload}."));
            var inner = Payload.Parser.ParseFrom(bytes);
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

    static bool Refuse(Decoded to, string code, string detail)
    {
        to.RejectPayload(code, detail);
        return false;
    }

    // Null if too large. DEFLATE means the zlib format, as in java.util.zip. Raw deflate is not accepted: .NET treats a truncated stream as
    // a shorter one, and only the trailing length (gzip) or checksum (zlib) reveals it.
    static byte[]? Inflate(byte[] body, bool isGzip)
    {
        using var source = new MemoryStream(body);
        using Stream stream = isGzip
            ? new GZipStream(source, CompressionMode.Decompress)
            : new ZLibStream(source, CompressionMode.Decompress);
        var room = new byte[Decoded.LargestPayload + 1];
        var length = stream.ReadAtLeast(room, room.Length, throwOnEndOfStream: false);
        if (length == room.Length) return null;
        var bytes = room[..length];
        var isWhole = length > 0 && body.Length > 4
            && (isGzip ? BinaryPrimitives.ReadUInt32LittleEndian(body.AsSpan(^4..)) == length
                : BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(^4..)) == Adler32(bytes));
        return isWhole ? bytes : throw new InvalidDataException();
    }

    static uint Adler32(byte[] bytes)
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
