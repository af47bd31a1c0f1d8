using System.Globalization;
using System.Text;
using Ingest.Payloads;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Telemetry;

namespace Ingest.Imports;

/// <summary>
/// Which column of a file is what. Wide: a time and one column per sensor, named by its id or as the model's CSV mapping says.
/// Long: <c>time, sensor, value[, unit][, quality]</c>.
/// </summary>
sealed class ReadRowsColumns
{
    const string TimeName = "time";
    const int LongestTime = 64;
    static readonly string[] LongNames = [TimeName, "sensor", "value", "unit", "quality"];

    readonly CsvMapping? mapping;

    ReadRowsColumns(AssetModel model)
    {
        mapping = model.Csv;
        Names = new(model, mapping?.Columns ?? new Dictionary<string, string>());
        Zone = mapping is null ? TimeZoneInfo.Utc : TimeZoneInfo.FindSystemTimeZoneById(mapping.TimeZone);
    }

    public SensorNames Names { get; }

    /// <summary>For times without an offset.</summary>
    public TimeZoneInfo Zone { get; }

    public bool IsLong { get; private init; }

    /// <summary>The column behind a separator at the end of the header; -1 when there is none.</summary>
    public int Unnamed { get; private init; } = -1;

    public int Time { get; private init; }

    /// <summary>Sensors of the columns of a wide file.</summary>
    public IReadOnlyList<(int Column, string Header, Sensor Sensor)> Values { get; private init; } = [];

    /// <summary>Columns of a long file; -1 where there is none.</summary>
    public (int Sensor, int Value, int Unit, int Quality) Long { get; private init; }

    /// <summary>For rows that name their cells themselves, as JSON lines do.</summary>
    public static ReadRowsColumns WithoutHeader(AssetModel model) => new(model);

    /// <summary>Reads a header.</summary>
    /// <exception cref="InvalidInputException">A column is unknown, doubled or missing.</exception>
    public static ReadRowsColumns Of(IReadOnlyList<string> headers, AssetModel model)
    {
        if (headers.Count == 0 || headers is [""]) throw new InvalidInputException("header", null, "a line of column names");
        if (headers.Count > ImportRow.MostColumns) throw new TooLargeException("The header", ImportRow.MostColumns, "columns");
        List<string> trimmed = [.. headers.Select(h => h.Trim())];
        // A separator at the end of the header is no column, as long as the cells under it are empty.
        var unnamed = trimmed[^1].Length == 0 ? trimmed.Count - 1 : -1;
        if (unnamed >= 0) trimmed.RemoveAt(unnamed);
        var known = new ReadRowsColumns(model);
        var isLong = trimmed.Contains("sensor") && trimmed.Contains("value") && trimmed.All(LongNames.Contains) && model.Sensor("value") is null;
        var time = known.TimeColumn(trimmed);
        if (isLong)
        {
            if (trimmed.Distinct().Count() < trimmed.Count) throw new InvalidInputException("column", string.Join(", ", trimmed), "each column once");
            return new(model) { IsLong = true, Unnamed = unnamed, Time = time, Long = (trimmed.IndexOf("sensor"), trimmed.IndexOf("value"), trimmed.IndexOf("unit"), trimmed.IndexOf("quality")) };
        }
        List<(int, string, Sensor)> values = [];
        HashSet<ushort> taken = [];
        for (var i = 0; i < trimmed.Count; i++)
        {
            var header = trimmed[i];
            if (i == time || known.mapping?.Ignore.Contains(header) == true) continue;
            var sensor = known.Names.Find(header) ?? throw new InvalidInputException("column", header, known.Allowed);
            if (!taken.Add(sensor.Number)) throw new InvalidInputException("column", header, $"one column for the sensor {sensor.Id}");
            values.Add((i, header, sensor));
        }
        return new(model) { Unnamed = unnamed, Time = time, Values = values };
    }

    /// <summary>Whether a cell that names itself is passed over.</summary>
    public bool IsIgnored(string name) => mapping?.Ignore.Contains(name) == true;

    public bool IsTime(string name) => name == TimeName || name == mapping?.TimeColumn;

    public string Allowed => string.Join(", ", new[] { mapping?.TimeColumn ?? TimeName, Names.Allowed }.Concat(mapping?.Ignore ?? [])) + "; or time, sensor, value, unit, quality";

    public ReadTime TimeOf(ReadOnlySpan<byte> text)
    {
        text = text[Ascii.Trim(text)];
        if (mapping?.TimeFormat is { } format && text.Length <= LongestTime)
        {
            Span<char> chars = stackalloc char[LongestTime];
            // Without NoCurrentDateDefault a format without a date would take today's.
            var style = DateTimeStyles.NoCurrentDateDefault | DateTimeStyles.AdjustToUniversal;
            if (Encoding.UTF8.TryGetChars(text, chars, out var length) && DateTime.TryParseExact(chars[..length], format, CultureInfo.InvariantCulture, style, out var time))
                return SampleTime.FromLocal(time, time.Kind == DateTimeKind.Utc ? TimeZoneInfo.Utc : Zone);
        }
        if (SampleTime.FromIso8601(text, Zone) is { Kind: not TimeKind.Invalid } iso) return iso;
        return decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? SampleTimeOf(number) : default;
    }

    public static ReadTime SampleTimeOf(decimal epoch) => SampleTime.TryFromEpoch(epoch, out var micros) ? new(TimeKind.Known, micros) : default;

    /// <summary>Why a row with this time is rejected: code and what is allowed.</summary>
    public (string Code, string Allowed) Refusal(TimeKind kind) => kind == TimeKind.Missing
        ? ("missing-local-time", $"times that exist in {Zone.Id} (daylight saving leaves this hour out), or times with an offset")
        : ("invalid-time", AllowedTimes);

    public string AllowedTimes => mapping?.TimeFormat is { } format ? $"{format} or {SampleTime.AllowedText}" : SampleTime.AllowedText;

    /// <summary>Adds the reading of a long row, or rejects it.</summary>
    public void AddLong(ReadTime time, string rawTime, string sensorName, double? value, string rawValue, string unit, string quality, Decoded to)
    {
        var trust = Quality.Good;
        if (Names.Find(sensorName) is not { } sensor) to.Reject("unknown-sensor", "sensor", sensorName, Names.Allowed);
        else if (time.Kind is TimeKind.Invalid or TimeKind.Missing) to.Reject(Refusal(time.Kind).Code, "time", rawTime, Refusal(time.Kind).Allowed);
        else if (value is not { } number) to.Reject("not-a-number", "value", rawValue, "a number");
        else if (quality.Length > 0 && !QualityText.TryParse(Encoding.UTF8.GetBytes(quality), out trust)) to.Reject("unknown-quality", "quality", quality, QualityText.Allowed);
        else to.Add(sensor, time.Micros, number, unit, trust, "value", "unit");
    }

    int TimeColumn(List<string> headers)
    {
        var at = mapping is null ? -1 : headers.IndexOf(mapping.TimeColumn);
        if (at < 0) at = headers.IndexOf(TimeName);
        return at >= 0 ? at : throw new InvalidInputException("time column", null, $"a column named {mapping?.TimeColumn ?? TimeName} (the file has: {string.Join(", ", headers.Take(20))})");
    }
}
