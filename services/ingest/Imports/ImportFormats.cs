using System.Text;
using Contracts.Events;
using Ingest.Payloads;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using ServiceDefaults;
using TwinModel.Assets;

namespace Ingest.Imports;

/// <summary>Reads rows of one format.</summary>
/// <param name="stream">The file.</param>
/// <param name="model">The asset's model.</param>
/// <param name="cancel">Stops reading.</param>
/// <param name="explained">Rows from the start whose rejections get reasons; of the others they are only counted.</param>
delegate IAsyncEnumerable<ImportRow> ReadRows(
    Stream stream, AssetModel model, CancellationToken cancel, int explained = int.MaxValue);

/// <summary>A bulk import format.</summary>
/// <param name="Name">Appears in the source of rejected rows.</param>
/// <param name="Read">Reads its rows.</param>
/// <param name="IsText">True for text, which has an encoding; false for formats that need a seekable stream.</param>
sealed record ImportFormat(string Name, ReadRows Read, bool IsText);

/// <summary>
/// Bulk import formats by media type, the settings of a request, and the replay of a rejected row.
/// </summary>
static class ImportFormats
{
    public const string Preview = "preview";

    static readonly Dictionary<string, ImportFormat> ByMediaType = new(StringComparer.OrdinalIgnoreCase)
    {
        ["text/csv"] = new("csv", ReadRowsCsv.Read, IsText: true),
        ["application/x-ndjson"] = new("ndjson", ReadRowsNdjson.Read, IsText: true),
        ["application/vnd.apache.parquet"] = new("parquet", ReadRowsParquet.Read, IsText: false),
    };

    /// <summary>The media types accepted.</summary>
    public static IReadOnlyCollection<string> MediaTypes => ByMediaType.Keys;

    /// <summary>The format of a request.</summary>
    /// <exception cref="InvalidInputException">The format is not supported; names those that are.</exception>
    public static ImportFormat Of(string? contentType) =>
        ByMediaType.TryGetValue(contentType?.Split(';')[0].Trim() ?? "", out var format)
            ? format
            : throw new InvalidInputException("Content-Type", contentType, string.Join(", ", ByMediaType.Keys));

    /// <summary>The charset that a request declares for its text; null when it declares none.</summary>
    public static string? CharsetOf(string? contentType) => (contentType ?? "").Split(';').Skip(1).Select(p => p.Split('=', 2))
        .Where(p => p.Length == 2 && p[0].Trim().Equals("charset", StringComparison.OrdinalIgnoreCase)).Select(p => p[1].Trim().Trim('"'))
            .FirstOrDefault();

    /// <summary>The model with its import settings overridden by the request's query.</summary>
    /// <exception cref="InvalidInputException">A parameter is unknown, or a value is invalid or contradicts another.</exception>
    public static AssetModel WithSettings(AssetModel model, IEnumerable<KeyValuePair<string, StringValues>> query)
    {
        var mapping = model.Csv ?? CsvMapping.Default;
        var isChanged = false;
        try
        {
            foreach (var (name, values) in query)
            {
                if (name == Preview) continue;
                if (!CsvMapping.Settings.Contains(name))
                    throw new InvalidInputException(
                        name, values.ToString(), $"the parameters {string.Join(", ", CsvMapping.Settings.Append(Preview))}");
                mapping = mapping.With(name, [.. values.Select(v => v ?? "")]);
                isChanged = true;
            }
            return isChanged ? model with { Csv = mapping.Checked() } : model;
        }
        catch (InvalidCsvSettingException e)
        {
            throw new InvalidInputException(e.Setting, e.Value, e.Allowed);
        }
    }

    /// <summary>The settings of a query in a form that <see cref="WithSettings"/> can read again.</summary>
    public static string Settings(IEnumerable<KeyValuePair<string, StringValues>> query) =>
        string.Join('&',
            query.Where(p => p.Key != Preview).OrderBy(p => p.Key, StringComparer.Ordinal)
                .SelectMany(p => p.Value, (p, value) => $"{p.Key}={Uri.EscapeDataString(value ?? "")}"));

    /// <summary>Reads a rejected row again.</summary>
    public static async Task Decode(ReadingsRejected rejection, AssetModel model, Decoded to, CancellationToken cancel)
    {
        var format = rejection.Source.Split(':')[1];
        var settings = rejection.Source.Split('?', 2) is [_, var query] ? query : "";
        // Rejected rows of Parquet files are stored as JSON.
        ReadRows read = format == "csv" ? ReadRowsCsv.Read : ReadRowsNdjson.Read;
        try
        {
            await foreach (var row in read(
                new MemoryStream(rejection.Payload), WithSettings(model, QueryHelpers.ParseQuery(settings)), cancel))
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

    /// <summary>The error to report for a body that cannot be decompressed or decoded; null for any other exception.</summary>
    public static InvalidInputException? FaultOfBody(Exception exception) => exception switch
    {
        // The exception's message describes decoder internals.
        InvalidDataException or InvalidOperationException { Source: "System.IO.Compression.Brotli" } =>
            new("body", "damaged or cut off", "complete data, compressed as Content-Encoding says"),
        DecoderFallbackException e =>
            new("charset", $"wrong: byte 0x{Convert.ToHexString(e.BytesUnknown ?? [])} is not valid in it", TextEncoding.Allowed),
        _ => null,
    };
}
