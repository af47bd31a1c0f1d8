using System.Text;
using Contracts.Events;
using Ingest.Payloads;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using ServiceDefaults;
using TwinModel.Assets;

namespace Ingest.Imports;

/// <summary>Reads rows of one format.</summary>
delegate IAsyncEnumerable<ImportRow> ReadRows(Stream stream, AssetModel model, CancellationToken cancel);

/// <summary>A format of bulk imports.</summary>
/// <param name="Name">Part of the source of rejected rows.</param>
/// <param name="Read">Its reader.</param>
/// <param name="IsText">Has an encoding of its text; else it is read from a seekable stream.</param>
sealed record ImportFormat(string Name, ReadRows Read, bool IsText);

/// <summary>
/// The formats of bulk imports, by media type, the settings of a request, and how a rejected row of an import is tried again.
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

    /// <summary>What a body may be.</summary>
    public static IReadOnlyCollection<string> MediaTypes => ByMediaType.Keys;

    /// <summary>The format of a request.</summary>
    /// <exception cref="InvalidInputException">None of ours; names those that are allowed.</exception>
    public static ImportFormat Of(string? contentType) =>
        ByMediaType.TryGetValue(contentType?.Split(';')[0].Trim() ?? "", out var format)
            ? format
            : throw new InvalidInputException("Content-Type", contentType, string.Join(", ", ByMediaType.Keys));

    /// <summary>The encoding of the text that a request declares; null when it declares none.</summary>
    public static string? CharsetOf(string? contentType) => (contentType ?? "").Split(';').Skip(1).Select(p => p.Split('=', 2))
        .Where(p => p.Length == 2 && p[0].Trim().Equals("charset", StringComparison.OrdinalIgnoreCase)).Select(p => p[1].Trim().Trim('"'))
            .FirstOrDefault();

    /// <summary>The model with the settings that a request's query overrides.</summary>
    /// <exception cref="InvalidInputException">An unknown parameter, a wrong value or a contradiction.</exception>
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

    /// <summary>The settings of a query in a form that <see cref="WithSettings"/> reads again.</summary>
    public static string Settings(IEnumerable<KeyValuePair<string, StringValues>> query) =>
        string.Join('&',
            query.Where(p => p.Key != Preview).OrderBy(p => p.Key, StringComparer.Ordinal)
                .SelectMany(p => p.Value, (p, value) => $"{p.Key}={Uri.EscapeDataString(value ?? "")}"));

    /// <summary>Reads a rejected row again.</summary>
    public static async Task Decode(ReadingsRejected rejection, AssetModel model, Decoded to, CancellationToken cancel)
    {
        var format = rejection.Source.Split(':')[1];
        var settings = rejection.Source.Split('?', 2) is [_, var query] ? query : "";
        // Rows of Parquet files are kept as JSON.
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

    /// <summary>What is wrong with a body whose bytes cannot be unpacked or decoded; null when it is something else.</summary>
    public static InvalidInputException? FaultOfBody(Exception exception) => exception switch
    {
        // Its message speaks of the decoder's internals.
        InvalidDataException or InvalidOperationException { Source: "System.IO.Compression.Brotli" } =>
            new("body", "damaged or cut off", "whole data, packed as Content-Encoding says"),
        DecoderFallbackException e =>
            new("charset", $"wrong: byte 0x{Convert.ToHexString(e.BytesUnknown ?? [])} does not exist in it", TextEncoding.Allowed),
        _ => null,
    };
}
