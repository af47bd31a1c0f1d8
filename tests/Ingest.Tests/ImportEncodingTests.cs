using System.IO.Compression;
using System.Text;
using Ingest.Imports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults;
using static Ingest.Tests.ImportSettingsTests;
using static Ingest.Tests.ImportTests;

namespace Ingest.Tests;

/// <summary>Bodies that are compressed, or whose text is not UTF-8.</summary>
public class ImportEncodingTests
{
    const string Text = "Zeit;Öltemperatur [°C]\n01.11.2026 10:00:00;61.5\n";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    static async Task<List<ImportRow>> Read(byte[] bytes, string? charset)
    {
        await using var body = await TextEncoding.ToUtf8(new MemoryStream(bytes), charset, Cancel);
        return await ReadRowsCsv.Read(body, Press, Cancel).ToListAsync(Cancel);
    }

    [Theory]
    [InlineData("iso-8859-1", 28591)]
    [InlineData("ISO-8859-15", 28605)]
    [InlineData("windows-1252", 1252)]
    [InlineData("utf-16", 1200)]
    [InlineData("utf-16le", 1200)]
    [InlineData("utf-16be", 1201)]
    [InlineData("utf-8", 65001)]
    [InlineData(null, 65001)]
    public async Task Text_of_a_declared_charset_is_converted(string? charset, int codePage)
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(codePage) ?? Encoding.GetEncoding(codePage);
        Assert.Equal(61.5, Assert.Single(Assert.Single(await Read(encoding.GetBytes(Text), charset)).Readings).Value);
    }

    [Theory]
    [InlineData(1200)]
    [InlineData(1201)]
    [InlineData(65001)]
    public async Task A_byte_order_mark_is_surer_than_the_charset(int codePage)
    {
        var encoding = Encoding.GetEncoding(codePage);
        byte[] bytes = [.. encoding.GetPreamble(), .. encoding.GetBytes(Text)];
        foreach (var charset in new[] { null, "utf-8" }) Assert.Single(Assert.Single(await Read(bytes, charset)).Readings);
    }

    [Fact]
    public async Task A_charset_that_is_not_read_is_415_and_names_utf_8()
    {
        var error = await Assert.ThrowsAsync<UnsupportedMediaException>(() => Read([], "koi8-r"));
        Assert.Equal(("charset", 415), (error.Field, Errors.Meaning(error).Http));
        Assert.Contains("UTF-8", error.Allowed);
    }

    [Fact]
    public async Task Bytes_that_are_no_utf_8_are_refused_by_line_and_kept()
    {
        byte[] bytes = [.. "time,oil-temperature\n2026-11-01T10:00:00Z,61.5\n2026-11-01T10:00:01Z,6"u8, 0xE4,
            .. "1\n2026-11-01T10:00:02Z,61.5\n"u8];
        var rows = await ReadRowsCsv.Read(new MemoryStream(bytes), Plain, Cancel).ToListAsync(Cancel);
        Assert.Equal([1, 0, 1], rows.Select(r => r.Readings.Length));
        Assert.Equal("invalid-utf-8", Codes(rows));
        Assert.Contains("byte 23 is 0xE4", rows[1].Rejections[0].Detail);
        Assert.Contains((byte)0xE4, rows[1].Raw!);
        byte[] lines = [.. "{\"time\":1793552400,\"oil-temperature\":1}\n{\"time\":1793552400,\"oil-"u8, 0xE4, .. "\":1}\n"u8];
        Assert.Equal("invalid-utf-8", Codes(await ReadRowsNdjson.Read(new MemoryStream(lines), Plain, Cancel).ToListAsync(Cancel)));
    }

    [Fact]
    public async Task A_header_that_is_no_utf_8_is_refused()
    {
        var error = await Assert.ThrowsAsync<InvalidInputException>(() => Read(Encoding.Latin1.GetBytes(Text), null));
        Assert.Equal("header", error.Field);
        Assert.Contains("iso-8859-1", error.Allowed);
    }

    [Fact]
    public async Task Half_a_character_of_utf_16_is_no_text()
    {
        var error = await Record.ExceptionAsync(() => Read([.. Encoding.Unicode.GetBytes(Text), 0x00, 0xD8, 0x41, 0x00], "utf-16"));
        Assert.Equal("charset", ImportFormats.FaultOfBody(error!)?.Field);
    }

    static async Task<List<ImportRow>> ReadPacked(byte[] packed, string encoding, long? most = null)
    {
        var services = new ServiceCollection().AddLogging().AddRequestDecompression().BuildServiceProvider();
        List<ImportRow> rows = [];
        var app = new ApplicationBuilder(services).UseRequestDecompression();
        app.Run(async context => rows = await ReadRowsCsv.Read(await TextEncoding.ToUtf8(context.Request.Body, null, Cancel), Plain, Cancel)
            .ToListAsync(Cancel));
        var context = new DefaultHttpContext { RequestServices = services };
        context.Request.Body = new MemoryStream(packed);
        context.Request.Headers.ContentEncoding = encoding;
        if (most is { } limit) context.SetEndpoint(new(null, new(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(limit)), null));
        await app.Build()(context);
        return rows;
    }

    static byte[] Packed(string text, Func<Stream, Stream> pack)
    {
        using var packed = new MemoryStream();
        using (var packing = pack(packed)) packing.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }

    static string Rows(int count) =>
        "time,oil-temperature\n"
            + string.Concat(Enumerable.Range(0, count).Select(i => FormattableString.Invariant($"{1793552400 + i},{i % 50}\n")));

    [Fact]
    public async Task Packed_bodies_are_unpacked()
    {
        Assert.Equal(1000, (await ReadPacked(Packed(Rows(1000), s => new GZipStream(s, CompressionMode.Compress)), "gzip")).Count);
        Assert.Equal(1000, (await ReadPacked(Packed(Rows(1000), s => new BrotliStream(s, CompressionMode.Compress)), "br")).Count);
        Assert.Equal(1000, (await ReadPacked(Packed(Rows(1000), s => new ZLibStream(s, CompressionMode.Compress)), "deflate")).Count);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task A_packed_body_that_is_cut_off_or_damaged_is_refused(string encoding)
    {
        var packed = Packed(Rows(50_000), s => encoding switch
        {
            "gzip" => new GZipStream(s, CompressionMode.Compress),
            "br" => new BrotliStream(s, CompressionMode.Compress),
            _ => new ZLibStream(s, CompressionMode.Compress),
        });
        foreach (var bad in new[] { packed[..(packed.Length / 2)], "no such thing"u8.ToArray() })
        {
            var error = await Record.ExceptionAsync(() => ReadPacked(bad, encoding));
            Assert.NotNull(error);
            Assert.True(ImportFormats.FaultOfBody(error) is not null, $"{error}");
        }
    }

    [Fact]
    public async Task A_small_body_may_not_unpack_to_any_size()
    {
        var bomb = Packed(Rows(100_000), s => new GZipStream(s, CompressionMode.Compress));
        var error = await Assert.ThrowsAsync<BadHttpRequestException>(() => ReadPacked(bomb, "gzip", most: 100_000));
        Assert.Equal(413, error.StatusCode);
    }
}
