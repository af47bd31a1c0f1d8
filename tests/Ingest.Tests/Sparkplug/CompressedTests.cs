using System.IO.Compression;
using Contracts.Sparkplug;
using FsCheck.Xunit;
using Google.Protobuf;
using Ingest.Payloads;
using static Ingest.Tests.Given;
using Metric = Contracts.Sparkplug.Payload.Types.Metric;

namespace Ingest.Tests.Sparkplug;

/// <summary>Payloads within payloads, and empty payloads.</summary>
public class CompressedTests : SparkplugTest
{
    const string Uuid = "SPBV1.0_COMPRESSED", Topic = "spBv1.0/pollux/DDATA/edge-1/line-1";

    static readonly byte[] Inner = Message(99, NowMillis + 1000, Changed(7, 61));

    [Theory]
    [InlineData(null, "zlib")]
    [InlineData("DEFLATE", "zlib")]
    [InlineData("GZIP", "gzip")]
    [InlineData("gzip", "gzip")]
    public void A_compressed_payload_is_read(string? algorithm, string format)
    {
        BornWithMelt();
        Assert.False(Receive(Topic, Packed(2, algorithm, Compress(Inner, format))).RebirthRequested);
        Assert.Equal(new(6, 1_700_000_001_000_000, 61), decoded.Reading());
        // The sequence number is that of the outer message, not of its content.
        Assert.False(Data(3, Changed(7, 62)).RebirthRequested);
    }

    [Fact]
    public void Births_and_deaths_may_be_compressed()
    {
        Metric number = new() { Name = "bdSeq", Datatype = Int64, LongValue = 3 };
        Receive("spBv1.0/pollux/NBIRTH/edge-1", Packed(0, null, Compress(Message(0, NowMillis, number), "zlib")));
        Receive("spBv1.0/pollux/DBIRTH/edge-1/line-1", Packed(1, "GZIP", Compress(Message(1, NowMillis, Declared(Melt, 7, 200)), "gzip")));
        Assert.Equal(200, decoded.Reading().Value);
        Assert.Equal(["line-1"], Receive("spBv1.0/pollux/NDEATH/edge-1", Packed(null, null, Compress(new Payload
        {
            Metrics = { number },
        }.ToByteArray(), "zlib"))).WentOffline);
    }

    [Theory]
    [InlineData("LZ4", "zlib", "'LZ4'; allowed: GZIP, DEFLATE")]
    [InlineData("GZIP", "zlib", "cannot be read: it ends early, is damaged or has another format; allowed: RFC 1952 of one member.")]
    [InlineData("DEFLATE", "gzip", "allowed: the zlib format, RFC 1950.")]
    [InlineData("DEFLATE", "deflate", "allowed: the zlib format, RFC 1950.")]
    public void Another_algorithm_is_rejected_by_name(string algorithm, string format, string said)
    {
        BornWithMelt();
        Receive(Topic, Packed(2, algorithm, Compress(Inner, format)));
        Assert.Equal("compressed", decoded.Code());
        Assert.Contains(said, decoded.Rejections[0].Detail, StringComparison.Ordinal);
        Assert.False(Data(3, Changed(7, 62)).RebirthRequested);
    }

    [Theory]
    [InlineData("zlib", null)]
    [InlineData("gzip", "GZIP")]
    public void A_compressed_payload_cut_off_at_any_byte_is_rejected(string format, string? algorithm)
    {
        BornWithMelt();
        var whole = Compress(Message(2, NowMillis, [.. Enumerable.Range(0, 40).Select(i => Changed(7, i))]), format);
        for (var length = 0; length < whole.Length; length++)
        {
            Receive(Topic, Packed(2, algorithm, whole[..length]));
            Assert.Equal("compressed", decoded.Code());
        }
    }

    [Property(MaxTest = 1000)]
    public void A_damaged_compressed_payload_never_throws(byte replacement, ushort at, bool isGzip)
    {
        var bytes = Compress(Inner, isGzip ? "gzip" : "zlib");
        bytes[at % bytes.Length] = replacement;
        Receive(Topic, Packed(2, isGzip ? "GZIP" : null, bytes));
        Assert.Equal(1, decoded.Readings.Count + decoded.RejectedReadings);
    }

    [Fact]
    public void A_bomb_is_rejected()
    {
        BornWithMelt();
        Receive(Topic, Packed(2, null, Compress(new byte[200 << 20], "zlib")));
        Assert.Equal("compressed", decoded.Code());
        Assert.Contains("more than", decoded.Rejections[0].Detail, StringComparison.Ordinal);
        Receive(Topic, Packed(2, null, Compress(Packed(2, null, Compress(Inner, "zlib")), "zlib")));
        Assert.Equal("compressed", decoded.Code());
    }

    [Fact]
    public void What_holds_no_metrics_is_rejected()
    {
        BornWithMelt();
        Receive(Topic, new Payload { Seq = 2, Body = ByteString.CopyFrom(1, 2, 3) }.ToByteArray());
        Assert.Equal("unknown-body", decoded.Code());
        Receive(Topic, new Payload { Seq = 3, Uuid = "mine", Body = ByteString.CopyFrom(1, 2, 3) }.ToByteArray());
        Assert.Equal("unknown-body", decoded.Code());
        Receive(Topic, new Payload { Seq = 4, Uuid = Uuid }.ToByteArray());
        Assert.Equal("compressed", decoded.Code());
        Receive(Topic, []);
        Assert.Equal("no-metrics", decoded.Code());
        Receive("spBv1.0/pollux/DBIRTH/edge-1/line-1", Packed(5, null, Compress(new Payload { Timestamp = 1 }.ToByteArray(), "zlib")));
        Assert.Equal("no-metrics", decoded.Code());
    }

    [Fact]
    public void Metrics_beside_a_body_of_any_kind_are_read()
    {
        BornWithMelt();
        Receive(Topic, new Payload
        {
            Seq = 2,
            Timestamp = NowMillis,
            Uuid = "mine",
            Body = ByteString.CopyFrom(1),
            Metrics = { Changed(7, 61) },
        }.ToByteArray());
        Assert.Equal(61, decoded.Reading().Value);
        var both = Payload.Parser.ParseFrom(Packed(3, "DEFLATE", Compress(Inner, "zlib")));
        both.Metrics.Add(Changed(7, 62));
        Receive(Topic, both.ToByteArray());
        Assert.Equal([62, 61], decoded.Readings.Select(r => r.Value));
    }

    static byte[] Packed(ulong? seq, string? algorithm, byte[] body)
    {
        var payload = new Payload { Timestamp = NowMillis, Uuid = Uuid, Body = ByteString.CopyFrom(body) };
        if (seq is { } number) payload.Seq = number;
        if (algorithm is not null) payload.Metrics.Add(new Metric { Name = "algorithm", Datatype = Text, StringValue = algorithm });
        return payload.ToByteArray();
    }

    static byte[] Compress(byte[] bytes, string format)
    {
        using var target = new MemoryStream();
        using (Stream stream = format switch
        {
            "gzip" => new GZipStream(target, CompressionLevel.Optimal, true),
            "zlib" => new ZLibStream(target, CompressionLevel.Optimal, true),
            _ => new DeflateStream(target, CompressionLevel.Optimal, true),
        }) stream.Write(bytes);
        return target.ToArray();
    }
}
