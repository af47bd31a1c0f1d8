using System.Text;
using Contracts.Events;
using Fuzz.Mutations;
using Ingest.Imports;
using Ingest.Payloads;
using Ingest.Recording;
using Microsoft.AspNetCore.WebUtilities;
using Parquet;
using Parquet.Schema;
using ServiceDefaults;
using TwinModel.Assets;
using Submitted = Ingest.Recording.Payload;

namespace Fuzz.Decoders;

/// <summary>A file to be imported, with settings that depend on it; rejected rows are read again, and some files are previewed.</summary>
abstract class FuzzedImport(string name, string mediaType, IReadOnlyList<byte[]> examples, IReadOnlyList<Mutation> structure)
    : FuzzedDecoder(name, examples, structure)
{
    const int RowsReadAgain = 2;

    static readonly string[] Settings =
    [
        "", "", "", "decimal=,&thousands=.", "units-row=true", "time-zone=Europe/Berlin",
        "time=Datum&time=Uhrzeit&time-format=dd.MM.yyyy HH:mm:ss",
        "time-format=epoch-ns&missing=&missing=null", "comment=#&separator=;",
    ];

    // Previews try many settings, one after the other.
    public override long MostAllocated => 64 << 20;

    static readonly TimeWindow Window = new(0, Corpus.Now + 86_400_000_000);

    readonly ImportFormat format = ImportFormats.Of(mediaType);
    readonly Decoded decoded = new();

    public override string? Decode(byte[] payload)
    {
        var settings = Settings[ChoiceBy(payload, Settings.Length)];
        var model = ImportFormats.WithSettings(Corpus.Machine, QueryHelpers.ParseQuery(settings));
        try
        {
            return (ChoiceBy(payload, 500) == 0 ? Preview(payload, model) : Rows(payload, model, settings)).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is InvalidInputException or TooLargeException)
        {
            return e.Message.Length <= CheckReadings.LongestReason ? null
                : $"a message of {e.Message.Length} characters: {e.Message[..200]}";
        }
    }

    async Task<string?> Preview(byte[] payload, AssetModel model)
    {
        var preview = await PreviewImport.Of(new MemoryStream(payload), format, model, Window, CancellationToken.None);
        return preview.Error is { Length: 0 } ? "an error without text" : null;
    }

    async Task<string?> Rows(byte[] payload, AssetModel model, string settings)
    {
        var left = RowsReadAgain;
        await foreach (var row in format.Read(new MemoryStream(payload), model, CancellationToken.None))
        {
            if ((CheckReadings.Of(row.Readings,
                model) ?? CheckReadings.Of(row.Rejections)) is { } wrong) return $"row {row.Number}: {wrong}";
            if (row.RejectedReadings < 0
                || row.Rejections.Length > Decoded.MostReasons) return $"row {row.Number}: {row.Rejections.Length} reasons";
            if (row.Raw is null || left-- <= 0) continue;
            decoded.Clear();
            var rejection = new ReadingsRejected(
                Guid.Empty, Corpus.Machine.Id, Submitted.ImportSource(format.Name, Corpus.Machine.Id, settings), row.Raw, "",
                    row.RejectedReadings, row.Rejections,
                DateTimeOffset.UnixEpoch);
            await ImportFormats.Decode(rejection, model, decoded, CancellationToken.None);
        }
        return null;
    }
}

sealed class FuzzedCsv() : FuzzedImport("csv", "text/csv", [.. Corpus.Matching("csv-*.csv"), .. Texts.Select(Encoding.UTF8.GetBytes)],
    MutateText.All)
{
    static readonly string[] Texts =
    [
        "time,oil-temperature,oil-pressure\n2026-03-01T12:00:00Z,42.5,10\n2026-03-01T12:00:01Z,NA,11\n",
        "time;Öltemperatur [°C];Position [mm];Bemerkung\n2026-03-01 12:00:00;42,5;1.000,5;\"a;b\"\n2026-03-01 12:00:01;x;;\n",
        "time,sensor,value,unit,quality\n1772366400.5,oil-temperature,300,K,good\n1772366401,position,1,,bad\n",
        "sep=;\ntime;speed [1/min];\n1772366400123;80;\n",
        "# made by hand\ntime\toil-pressure\n\tbar\n2026-10-25 02:30:00\t1\n2026-10-25 02:10:00\t2\n",
        "Datum;Uhrzeit;oil-pressure\n01.03.2026;12:00:00;1\n31.02.2026;25:00:00;2\n",
    ];
}

sealed class FuzzedNdjson() : FuzzedImport(
    "ndjson", "application/x-ndjson", [.. Corpus.Matching("*.ndjson"), .. Texts.Select(Encoding.UTF8.GetBytes)], MutateText.All)
{
    static readonly string[] Texts =
    [
        """
        {"time":"2026-03-01T12:00:00Z","oil-temperature":42.5,"oil-pressure":"10"}
        {"time":1772366401,"oil-temperature":null,"Position [mm]":1e3}
        """,
        """
        {"time":"2026-03-01T12:00:00Z","sensor":"oil-temperature","value":300,"unit":"K","quality":"good"}
        {"time":"2026-10-25T02:30:00","sensor":"speed","value":"80"}
        {"Datum":"01.03.2026","Uhrzeit":"12:00:00","sensor":"position","value":[1]}
        """,
    ];
}

sealed class FuzzedParquet() : FuzzedImport(
    "parquet", "application/vnd.apache.parquet", [.. Corpus.Matching("*.parquet"), .. Files().GetAwaiter().GetResult()], MutateParquet.All)
{
    /// <inheritdoc/>
    // The library allocates the block that a delta-encoded page claims to have, without touching it: at most an array of 2^31 bytes.
    public override long MostAllocated => 2200L << 20;

    static async Task<List<byte[]>> Files()
    {
        var times = Enumerable.Range(0, 5).Select(i => new DateTime(2026, 3, 1, 12, 0, i, DateTimeKind.Utc)).ToArray();
        List<byte[]> files = [];
        foreach (var compression in new[] { CompressionMethod.None, CompressionMethod.Snappy, CompressionMethod.Gzip,
            CompressionMethod.Zstd })
        {
            var time = new DateTimeDataField("time", DateTimeFormat.Timestamp, true, DateTimeTimeUnit.Micros);
            var (temperature, speed) = (new DataField<double?>("oil-temperature"), new DataField<int>("speed"));
            files.Add(await File(compression, new(time, temperature, speed), async group =>
            {
                await group.WriteAsync<DateTime>(time, times);
                await group.WriteAsync<double>(temperature, new double?[] { 42, null, 43, double.NaN, 1 });
                await group.WriteAsync<int>(speed, new[] { 1, 2, 3, 4, 5 });
            }));
        }
        var (at, sensor, value) = (new DataField<string>("time"), new DataField<string>("sensor"), new DataField<string>("value"));
        files.Add(await File(CompressionMethod.Snappy, new(at, sensor, value), async group =>
        {
            await group.WriteAsync(at, ["2026-03-01T12:00:00Z", "2026-10-25 02:30:00", "1772366400"]);
            await group.WriteAsync(sensor, ["oil-temperature", "oil-pressure", "nothing"]);
            await group.WriteAsync(value, ["1", "x", "2"]);
        }));
        return files;

        static async Task<byte[]> File(CompressionMethod compression, ParquetSchema schema, Func<ParquetRowGroupWriter, Task> write)
        {
            using var file = new MemoryStream();
            await using (var writer = await ParquetWriter.CreateAsync(schema, file, new() { CompressionMethod = compression }))
            {
                using var group = writer.CreateRowGroup();
                await write(group);
            }
            return file.ToArray();
        }
    }
}
