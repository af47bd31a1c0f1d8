using Contracts.Events;
using Ingest.Payloads;
using ServiceDefaults;
using TwinModel.Assets;

namespace Ingest.Imports;

/// <summary>Reads rows of one format.</summary>
delegate IAsyncEnumerable<ImportRow> ReadRows(Stream stream, AssetModel model, CancellationToken cancel);

/// <summary>The formats of bulk imports, by media type, and how a rejected row of an import is tried again.</summary>
static class ImportFormats
{
    const string SourcePrefix = "import:";

    static readonly Dictionary<string, (string Name, ReadRows Read)> ByMediaType = new(StringComparer.OrdinalIgnoreCase)
    {
        ["text/csv"] = ("csv", ReadRowsCsv.Read),
        ["application/x-ndjson"] = ("ndjson", ReadRowsNdjson.Read),
        ["application/vnd.apache.parquet"] = ("parquet", ReadRowsParquet.Read),
    };

    /// <summary>What a body may be.</summary>
    public static IReadOnlyCollection<string> MediaTypes => ByMediaType.Keys;

    /// <summary>The format of a request.</summary>
    /// <exception cref="InvalidInputException">None of ours; names those that are allowed.</exception>
    public static (string Name, ReadRows Read) Of(string? contentType) =>
        ByMediaType.TryGetValue(contentType?.Split(';')[0].Trim() ?? "", out var format)
            ? format
            : throw new InvalidInputException("Content-Type", contentType, string.Join(", ", ByMediaType.Keys));

    /// <summary>Refuses what the import would otherwise pass over: another encoding of the body or its text, and query parameters.</summary>
    /// <exception cref="InvalidInputException">Names it and what is allowed.</exception>
    public static void Check(string? contentType, string? contentEncoding, IEnumerable<string> queryParameters)
    {
        if (!string.IsNullOrWhiteSpace(contentEncoding) && !contentEncoding.Trim().Equals("identity", StringComparison.OrdinalIgnoreCase))
            throw new InvalidInputException("Content-Encoding", contentEncoding, "identity (send the file unpacked)");
        foreach (var parameter in (contentType ?? "").Split(';').Skip(1).Select(p => p.Split('=', 2)).Where(p => p.Length == 2 && p[0].Trim().Equals("charset", StringComparison.OrdinalIgnoreCase)))
        {
            if (parameter[1].Trim().Trim('"').ToLowerInvariant() is not ("utf-8" or "utf8" or "us-ascii")) throw new InvalidInputException("charset", parameter[1].Trim(), "UTF-8");
        }
        if (queryParameters.FirstOrDefault() is { } unknown) throw new InvalidInputException("query parameter", unknown, "none");
    }

    /// <summary>The source of a rejected row: <c>import:{format}:{asset}</c>. The same row of a repeated import is the same rejection.</summary>
    public static string Source(string format, string assetId) => $"{SourcePrefix}{format}:{assetId}";

    /// <summary>True for rejections that came from an import.</summary>
    public static bool IsImport(string source) => source.StartsWith(SourcePrefix, StringComparison.Ordinal);

    /// <summary>Reads a rejected row again.</summary>
    public static async Task Decode(ReadingsRejected rejection, AssetModel model, Decoded to, CancellationToken cancel)
    {
        var format = rejection.Source.Split(':')[1];
        // Rows of Parquet files are kept as JSON.
        ReadRows read = format == "csv" ? ReadRowsCsv.Read : ReadRowsNdjson.Read;
        try
        {
            await foreach (var row in read(new MemoryStream(rejection.Payload), model, cancel))
            {
                to.Readings.AddRange(row.Readings);
                for (var i = 0; i < row.Rejections.Length; i++) to.Reject(row.Rejections[i], i == 0 ? row.RejectedReadings : 0);
            }
        }
        catch (InvalidInputException e)
        {
            to.Reject(new("unknown-column", e.Message), rejection.Readings);
        }
    }
}
