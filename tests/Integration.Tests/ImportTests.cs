using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Integration.Tests.Running;
using Parquet;
using Parquet.Schema;
using TwinModel.Telemetry;

namespace Integration.Tests;

/// <summary>A system whose assets are pump loops.</summary>
public sealed class PumpLoops(Infrastructure infrastructure) : RunningSystem(infrastructure)
{
    protected override string ModelId => "pump-loop";
}

/// <summary>Recordings are imported over HTTP and may be repeated.</summary>
public class ImportTests(PumpLoops system) : SystemTest<PumpLoops>(system), IClassFixture<PumpLoops>
{
    static readonly DateTimeOffset Start = new(2024, 3, 1, 6, 0, 0, TimeSpan.Zero);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_recording_of_the_public_test_bed_is_imported_once_however_often_it_is_sent()
    {
        var file = Path.Combine(Infrastructure.Repository, "..", "shared", "data", "skab", "dev", "valve1", "0.csv");
        Assert.SkipUnless(File.Exists(file), $"The recording {file} is not on this machine.");
        var lines = await File.ReadAllLinesAsync(file, Cancel);
        var (asset, readings) = (Pollux.NextAsset(), (lines.Length - 1) * 8L);

        var first = await Import(asset, "text/csv", await File.ReadAllBytesAsync(file, Cancel));
        Assert.Equal((lines.Length - 1, readings, readings, 0, 0, true), Outcome(first));
        var second = await Import(asset, "text/csv", await File.ReadAllBytesAsync(file, Cancel));
        Assert.Equal((lines.Length - 1, readings, 0, readings, 0, true), Outcome(second));

        var stored = await Pollux.Log.Readings(asset);
        Assert.Equal(readings, stored.Distinct().Count());
        Assert.Equal(readings, stored.Count);
        // The first line of the file, interpreted by its own header.
        var (columns, cells) = (lines[0].Split(';'), lines[1].Split(';'));
        var at = Micros.From(DateTimeOffset.Parse(cells[0], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));
        var flow = stored.Where(r => r.Sensor == Pollux.Model.Sensor("volume-flow")!.Number).MinBy(r => r.SampledAt);
        Assert.Equal((at, double.Parse(cells[Array.IndexOf(columns, "Volume Flow RateRMS")], CultureInfo.InvariantCulture)),
            (flow.SampledAt, flow.Value));
        var twin = await Pollux.Get($"/api/v1/twins/{asset}?minPosition={first["position"]}");
        Assert.Equal((readings, Samples.HashOf(Pollux.Model, stored)), ((long)twin["readings"]!, (string)twin["stateHash"]!));
    }

    [Fact]
    public async Task Bad_cells_are_rejected_with_their_row_and_the_others_stored()
    {
        var asset = Pollux.NextAsset();
        var text = """
            datetime;Pressure;Volume Flow RateRMS
            2024-03-01 06:00:00;1.5;30
            2024-03-01 06:00:01;high;31
            2024-03-01 06:00:02;1.25;99999
            2024-03-01 06:00:03;1.75;33
            """;
        var outcome = await Import(asset, "text/csv", Encoding.UTF8.GetBytes(text));
        Assert.Equal((4, 8, 6, 0, 2, true), Outcome(outcome));
        var rejections = await Pollux.Log.Rejections(asset);
        Assert.Equal(2, rejections.Count);
        Assert.Contains(rejections,
            r => r.Reasons[0].Detail.Contains("3", StringComparison.Ordinal)
                && Encoding.UTF8.GetString(r.Payload).Contains("high", StringComparison.Ordinal));
        Assert.Contains(rejections,
            r => r.Reasons[0].Code == "physically-impossible"
                && Encoding.UTF8.GetString(r.Payload).Contains("99999", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ndjson_and_parquet_bring_the_same_readings()
    {
        var (lines, columns) = (Pollux.NextAsset(), Pollux.NextAsset());
        var times = Enumerable.Range(0, 500).Select(i => Start.AddMilliseconds(i * 250 + 0.001)).ToArray();
        var flows = times.Select((_, i) => 30 + i % 10 * 0.125).ToArray();
        var ndjson = string.Join(
            '\n', times.Select(
                (t, i) => string.Create(CultureInfo.InvariantCulture, $$"""{"time":"{{t:O}}","volume-flow":{{flows[i]}}}""")));
        Assert.Equal((500, 500, 500, 0, 0, true), Outcome(await Import(lines, "application/x-ndjson", Encoding.UTF8.GetBytes(ndjson))));

        var (time, flow) = (new DataField<DateTime>("time"), new DataField<double>("volume-flow"));
        using var file = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(time, flow), file, cancellationToken: Cancel))
        {
            using var group = writer.CreateRowGroup();
            await group.WriteAsync<DateTime>(time, times.Select(t => t.UtcDateTime).ToArray(), cancellationToken: Cancel);
            await group.WriteAsync<double>(flow, flows, cancellationToken: Cancel);
        }
        Assert.Equal((500, 500, 500, 0, 0, true), Outcome(await Import(columns, "application/vnd.apache.parquet", file.ToArray())));
        Assert.Equal(500, (await Pollux.Log.Readings(lines)).Count);
        Assert.Equal(await Pollux.Log.Readings(lines), await Pollux.Log.Readings(columns));
    }

    [Fact]
    public async Task A_packed_file_with_settings_of_its_own_is_previewed_then_imported()
    {
        var asset = Pollux.NextAsset();
        var text = "Zeit;Pressure (bar);Flow\n25.03.2024 06:00:00;1,5;1\n25.03.2024 06:00:01;NA;1\n";
        var preview = await Import(asset, "text/csv; charset=windows-1252", Packed(text), "?preview=true", "gzip");
        var query = (string)preview["proposal"]!["query"]!;
        Assert.Equal("decimal=%2C&missing=NA&time=Zeit&time-format=d.M.yyyy%20H%3Amm%3Ass", query);
        Assert.Empty(await Pollux.Log.Readings(asset));

        var outcome = await Import(asset, "text/csv; charset=windows-1252", Packed(text), $"?{query}&time-zone=Europe/Berlin", "gzip");
        Assert.Equal((2, 2, 2, 0, 0, true), Outcome(outcome));
        Assert.Equal((1, "Flow"), ((int)outcome["missing"]!, (string)outcome["unknownColumns"]![0]!));
        var at = Micros.From(new(2024, 3, 25, 5, 0, 0, TimeSpan.Zero));
        Assert.Equal([(at, 1.5), (at + 1_000_000, null)], (await Pollux.Log.Readings(asset)).Select(r => (r.SampledAt, r.ValueOrNull)));
    }

    [Theory]
    [InlineData("text/csv", "zstd", "", HttpStatusCode.UnsupportedMediaType, "Content-Encoding")]
    [InlineData("text/csv; charset=koi8-r", null, "", HttpStatusCode.UnsupportedMediaType, "charset")]
    [InlineData("text/csv", "gzip", "", HttpStatusCode.BadRequest, "body")]
    [InlineData("text/csv", null, "?decimal=,&thousands=,", HttpStatusCode.BadRequest, "thousands")]
    [InlineData("text/csv", null, "?timezone=UTC", HttpStatusCode.BadRequest, "timezone")]
    [InlineData("text/csv", null, "?preview=maybe", HttpStatusCode.BadRequest, "preview")]
    public async Task What_an_import_cannot_read_is_refused_by_name(
        string type, string? encoding, string query, HttpStatusCode status, string field)
    {
        using var body = new ByteArrayContent("time,pressure\n2024-03-01T06:00:00Z,1\n"u8.ToArray());
        body.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (encoding is not null) body.Headers.ContentEncoding.Add(encoding);
        using var answer = await Pollux.Ingest.Http.PostAsync($"/api/v1/assets/{Pollux.NextAsset()}/telemetry:import{query}", body, Cancel);
        Assert.Equal((status, field), (answer.StatusCode, (string)(await answer.Content.ReadFromJsonAsync<JsonNode>(Cancel))!["field"]!));
    }

    static byte[] Packed(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Compress)) gzip.Write(Encoding.Latin1.GetBytes(text));
        return packed.ToArray();
    }

    async Task<JsonNode> Import(string asset, string type, byte[] content, string query = "", string? encoding = null)
    {
        using var body = new ByteArrayContent(content);
        body.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (encoding is not null) body.Headers.ContentEncoding.Add(encoding);
        using var answer = await Pollux.Ingest.Http.PostAsync($"/api/v1/assets/{asset}/telemetry:import{query}", body, Cancel);
        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync(Cancel)}");
        return (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancel))!;
    }

    static (long Rows, long Readings, long Stored, long Duplicates, long Rejected, bool Finished) Outcome(JsonNode progress) => (
        (long)progress["rows"]!, (long)progress["readings"]!, (long)progress["stored"]!, (long)progress["duplicates"]!,
        (long)progress["rejected"]!, (bool)progress["finished"]!);

    [Fact]
    public async Task An_import_that_takes_too_long_ends_and_keeps_what_was_read()
    {
        var asset = Pollux.NextAsset();
        var hurried = Pollux.Service("ingest", "Ingest", new()
        {
            ["Ingest__ClientId"] = $"{Pollux.Name}-1",
            ["Ingest__MostImportSeconds"] = "1",
        });
        await hurried.Start();
        using var content = new Trickle("""{"time":"2024-03-01T06:00:00Z","pressure":1.5}""" + "\n");
        content.Headers.ContentType = new("application/x-ndjson");
        using var answer = await hurried.Http.PostAsync($"/api/v1/assets/{asset}/telemetry:import", content, Cancel);
        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        await Eventually.Get("the first row is stored", () => Pollux.Log.Readings(asset), readings => readings.Count == 1);
    }

    /// <summary>A body that takes longer than allowed, but ends before the server stops listening.</summary>
    sealed class Trickle(string first) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(first), Cancel);
            for (var i = 0; i < 25; i++)
            {
                await stream.WriteAsync(Encoding.UTF8.GetBytes("\n"), Cancel);
                await stream.FlushAsync(Cancel);
                // The slowness is what is tested: the client sees the answer only after the whole body.
                await Task.Delay(100, Cancel);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
