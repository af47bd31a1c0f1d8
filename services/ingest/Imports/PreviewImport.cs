using System.Text;
using System.Text.Json;
using Contracts.Events;
using Ingest.Payloads;
using Ingest.Recording;
using Microsoft.Extensions.Primitives;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Telemetry;

namespace Ingest.Imports;

/// <summary>What an import would do; nothing is stored.</summary>
/// <param name="Rows">Rows examined, from the start of the file.</param>
/// <param name="Readings">Readings in them that would be accepted.</param>
/// <param name="Rejected">Readings that would be rejected.</param>
/// <param name="Missing">Readings without a value, from cells marked as missing.</param>
/// <param name="First">Readings of the first rows, or why cells would be rejected.</param>
/// <param name="UnknownColumns">Columns that would be skipped.</param>
/// <param name="Error">Why the file cannot be read at all; otherwise null.</param>
/// <param name="Notes">Hints for the sender, e.g. ambiguous date formats.</param>
/// <param name="Proposal">Settings that read more of the file, tested on the same rows; null if there are none.</param>
sealed record ImportPreview(
    int Rows, int Readings, int Rejected, int Missing, IReadOnlyList<PreviewedReading> First, IReadOnlyList<string> UnknownColumns,
    string? Error,
    IReadOnlyList<string> Notes, ProposedSettings? Proposal);

/// <summary>One cell as it would be read.</summary>
/// <param name="Row">Line of a text file or row of a Parquet file.</param>
/// <param name="Time">Null when rejected.</param>
/// <param name="Sensor">Null when rejected.</param>
/// <param name="Value">In <paramref name="Unit"/>; null, with quality bad, for a cell marked as missing.</param>
/// <param name="Unit">Unit of the sensor.</param>
/// <param name="Quality">From the file or the sensor's range.</param>
/// <param name="Reason">Why it would be rejected; null for accepted readings.</param>
sealed record PreviewedReading(
    long Row, DateTimeOffset? Time = null, string? Sensor = null, double? Value = null, string? Unit = null, string? Quality = null,
    string? Reason = null);

/// <summary>Settings that read more of a file.</summary>
/// <param name="Settings">In the form of a model's <c>imports.csv</c> and of the import's query.</param>
/// <param name="Query">The same as a query string for the import's URL.</param>
/// <param name="Readings">Readings that would be accepted with these settings.</param>
/// <param name="Rejected">Readings that would still be rejected.</param>
/// <param name="Missing">Accepted readings without a value.</param>
/// <param name="First">The readings of the first rows.</param>
sealed record ProposedSettings(
    IReadOnlyDictionary<string, string[]> Settings, string Query, int Readings, int Rejected, int Missing,
    IReadOnlyList<PreviewedReading> First);

/// <summary>
/// Reads the beginning of a file without storing it and, where cells fail, tries the settings that such files usually need.
/// </summary>
static class PreviewImport
{
    const int MostBytes = 256 * 1024;
    const int MostRows = 200;
    const int RowsShown = 10;
    const int MostSteps = 6;
    const int MostTimeColumns = 3;
    // Each trial reads a Parquet file's first row group again.
    const long LargestParquetToTry = 4 << 20;
    // Any zone that is never at UTC reveals whether times have an offset.
    const string AnotherZone = "Etc/GMT+5";

    static readonly string[] Dates = ["d.M.yyyy", "d/M/yyyy", "M/d/yyyy", "d-M-yyyy", "yyyy/M/d", "d.M.yy", "d/M/yy", "M/d/yy"];
    static readonly string[] TimesOfDay = [" H:mm:ss", " H:mm:ss.FFFFFF", " H:mm:ss,FFFFFF", " H:mm", " h:mm:ss tt", " h:mm tt", ""];
    static readonly string[] Marks = ["NA", "N/A", "n/a", "#N/A", "NaN", "nan", "NAN", "null", "NULL", "None", "-", "--", "---", "?", "nil",
        "Bad", "No Data"];
    static readonly string[] TimeWords = ["time", "zeit", "date", "datum", "timestamp", "datetime", "stamp", "uhrzeit", "heure", "hora",
        "ts"];

    public static async Task<ImportPreview> Of(
        Stream body, ImportFormat format, AssetModel model, TimeWindow window, CancellationToken cancel)
    {
        var file = format.IsText ? await Beginning(body, cancel) : body;
        Task<Trial> Try(AssetModel with) => Trial.Of(file, format, with, window, cancel);

        var plain = await Try(model);
        List<string> notes = [];
        var mapping = model.Csv ?? CsvMapping.Default;
        if (mapping.TimeZone == CsvMapping.Default.TimeZone && plain.FirstTime is { } first && (await Try(model with
        {
            Csv = mapping with { TimeZone = AnotherZone },
        })).FirstTime != first)
            notes.Add("Times without an offset are read as UTC; set time-zone if they are local times.");
        var best = plain;
        Dictionary<string, StringValues> settings = [];
        var mayTry = format.IsText || file.Length <= LargestParquetToTry;
        if (!mayTry) notes.Add($"No other settings were tried, because the file is larger than {LargestParquetToTry} bytes.");
        for (var step = 0; mayTry && step < MostSteps && (best.Error is not null || best.Rejected > 0); step++)
        {
            var start = best;
            (Trial Trial, Dictionary<string, StringValues> Settings)? better = null;
            // What has too many columns or too long lines is not read with another format of times.
            var changes = start.IsTooLarge ? OfLayout() : Changes(
                await Headers(file, format, start.Model, cancel), needsTimes: start.Error is not null || start.Times < start.Rows);
            foreach (var change in changes)
            {
                var changed = new Dictionary<string, StringValues>(settings);
                foreach (var (name, value) in change)
                    changed[name] = name == "missing" ? new([.. start.Model.Csv?.Missing ?? [], .. value]) : value;
                if (Changed(model, changed) is not { } with) continue;
                var trial = await Try(with);
                if (trial.Score == (better?.Trial ?? start).Score && better is { } tie && change.ContainsKey("time-format")
                    && tie.Settings.TryGetValue("time-format", out var other) && trial.FirstTime != tie.Trial.FirstTime)
                    notes.Add($"The times also fit time-format {change["time-format"]}, not only {other}: check the order of day and "
                        + "month.");
                if (trial.Score.CompareTo((better?.Trial ?? start).Score) > 0) better = (trial, changed);
            }
            if (better is null) break;
            (best, settings) = better.Value;
        }
        var proposal = best == plain ? null : new ProposedSettings(
            settings.ToDictionary(s => s.Key, s => s.Value.Select(v => v ?? "").ToArray()), ImportFormats.Settings(settings), best.Readings,
            best.Rejected, best.Missing, best.First);
        return new(plain.Rows, plain.Readings, plain.Rejected, plain.Missing, plain.First, plain.Unknown, plain.Error,
            [.. notes.Distinct()], proposal);
    }

    // Settings that are only useful together are changed together, all others one at a time.
    static IEnumerable<Dictionary<string, StringValues>> Changes(IReadOnlyList<string> headers, bool needsTimes) =>
        needsTimes ? [.. OfLayout(), .. OfTimes(headers), .. OfCells()] : [.. OfLayout(), .. OfCells()];

    static IEnumerable<Dictionary<string, StringValues>> OfLayout()
    {
        foreach (var mark in "#%!") yield return new() { ["comment"] = $"{mark}" };
        foreach (var separator in ";\t|,") yield return new() { ["separator"] = $"{separator}" };
        yield return new() { ["units-row"] = "true" };
    }

    static IEnumerable<Dictionary<string, StringValues>> OfTimes(IReadOnlyList<string> headers)
    {
        List<string> timeLike = [
            .. headers.Where(h => TimeWords.Any(w => h.Contains(w, StringComparison.OrdinalIgnoreCase))).Take(MostTimeColumns)];
        foreach (var date in timeLike)
        {
            foreach (var clock in timeLike.Where(c => c != date))
            {
                yield return new() { ["time"] = new([date, clock]) };
                foreach (var format in Formats()) yield return new() { ["time"] = new([date, clock]), ["time-format"] = format };
            }
        }
        // After the pairs: a date column alone can also be read, and would put every row at midnight.
        foreach (var name in timeLike) yield return new() { ["time"] = name };
        foreach (var format in Formats()) yield return new() { ["time-format"] = format };
    }

    static IEnumerable<Dictionary<string, StringValues>> OfCells()
    {
        yield return new() { ["decimal"] = "," };
        foreach (var mark in ". '") yield return new() { ["decimal"] = ",", ["thousands"] = $"{mark}" };
        foreach (var mark in ", '") yield return new() { ["thousands"] = $"{mark}" };
        foreach (var mark in Marks) yield return new() { ["missing"] = mark };
    }

    static IEnumerable<string> Formats() => from date in Dates from time in TimesOfDay select date + time;

    // Null when the change contradicts existing settings.
    static AssetModel? Changed(AssetModel model, Dictionary<string, StringValues> settings)
    {
        try
        {
            return ImportFormats.WithSettings(model, settings);
        }
        catch (InvalidInputException)
        {
            return null;
        }
    }

    // Whole lines only: a truncated line would look like an error in the file.
    static async Task<Stream> Beginning(Stream body, CancellationToken cancel)
    {
        var bytes = new byte[MostBytes];
        var length = await body.ReadAtLeastAsync(bytes, MostBytes, throwOnEndOfStream: false, cancel);
        if (length == MostBytes && bytes.AsSpan().LastIndexOf((byte)'\n') is var end and > 0) length = end + 1;
        return new MemoryStream(bytes, 0, length);
    }

    static async Task<IReadOnlyList<string>> Headers(Stream file, ImportFormat format, AssetModel model, CancellationToken cancel)
    {
        file.Position = 0;
        try
        {
            return format.Name switch
            {
                "csv" => await ReadRowsCsv.Headers(file, model, cancel),
                "ndjson" => await new StreamReader(file, leaveOpen: true).ReadLineAsync(cancel) is { } line
                    ? [.. JsonDocument.Parse(line).RootElement.EnumerateObject().Select(p => p.Name)]
                    : [],
                _ => await ReadRowsParquet.Headers(file, cancel),
            };
        }
        // The trial of the same file reports what is wrong with it.
        catch (Exception e) when (e is InvalidInputException or TooLargeException or JsonException or InvalidOperationException)
        {
            return [];
        }
    }

    /// <summary>Result of reading the first rows with certain settings.</summary>
    sealed record Trial(
        AssetModel Model, int Rows, int Readings, int Rejected, int Missing, int Times, long? FirstTime,
        IReadOnlyList<PreviewedReading> First, IReadOnlyList<string> Unknown, string? Error)
    {
        /// <summary>A line or the number of columns is over a limit.</summary>
        public bool IsTooLarge { get; init; }

        /// <summary>Compares whether the file is readable, then rows without a time, then accepted minus rejected cells.</summary>
        public (bool, int, int) Score => (Error is null, Times - Rows, Readings - Rejected);

        public static async Task<Trial> Of(Stream file, ImportFormat format, AssetModel model, TimeWindow window, CancellationToken cancel)
        {
            file.Position = 0;
            var (rows, readings, rejected, missing, times) = (0, 0, 0, 0, 0);
            long? firstTime = null;
            List<PreviewedReading> first = [];
            IReadOnlyList<string> unknown = [];
            try
            {
                await foreach (var row in format.Read(file, model, cancel, RowsShown))
                {
                    rows++;
                    unknown = row.Columns.Unknown;
                    List<Reading> good = [.. row.Readings];
                    List<RejectionReason> reasons = [.. row.Rejections];
                    rejected += row.RejectedReadings + ValidateReadings.Apply(good, model, window, reasons);
                    readings += good.Count;
                    missing += row.Missing;
                    if (row.Time.Kind is TimeKind.Known or TimeKind.Twice) times++;
                    firstTime ??= row.Time.Kind == TimeKind.Known ? row.Time.Micros : null;
                    if (rows <= RowsShown)
                        first.AddRange([.. good.Select(r => Shown(row.Number, r, model)),
                            .. reasons.Select(r => new PreviewedReading(row.Number, Reason: $"{r.Code}: {r.Detail}"))]);
                    if (rows == MostRows) break;
                }
                return new(model, rows, readings, rejected, missing, times, firstTime, first, unknown, null);
            }
            catch (Exception e) when ((ImportFormats.FaultOfBody(e) ?? e) is InvalidInputException or TooLargeException)
            {
                return new(model, rows, readings, rejected, missing, times, firstTime, first, unknown,
                    (ImportFormats.FaultOfBody(e) ?? e).Message)
                {
                    IsTooLarge = e is TooLargeException,
                };
            }
        }

        static PreviewedReading Shown(long row, Reading reading, AssetModel model) => model.Sensor(reading.Sensor) is { } sensor
            ? new(row, Micros.ToTime(reading.SampledAt), sensor.Id, reading.ValueOrNull, sensor.Unit.Symbol,
                $"{reading.Quality}".ToLowerInvariant())
            : new(row);
    }
}
