using System.Globalization;
using System.Text;
using Ingest.Payloads;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Telemetry;
using TwinModel.Units;

namespace Ingest.Imports;

/// <summary>A column that holds a sensor's values.</summary>
/// <param name="Index">Position in the file, from 0.</param>
/// <param name="Header">As written in the file.</param>
/// <param name="Sensor">The sensor whose values the column holds.</param>
/// <param name="Unit">Unit of the values as written in the file; empty for the sensor's own.</param>
readonly record struct ValueColumn(int Index, string Header, Sensor Sensor, string Unit);

/// <summary>
/// Maps a file's columns and reads its cells. Wide: a time column and one column per sensor, named by the sensor's id or name or as in the
/// model's CSV mapping, optionally with a unit in brackets. Long: <c>time, sensor, value[, unit][, quality]</c>.
/// </summary>
sealed class ReadRowsColumns
{
    const string TimeName = "time";
    // The name pandas gives an unnamed index in Parquet files; in CSV files its header is empty.
    const string PandasIndex = "__index_level_0__";
    const int LongestTime = 64;
    const int MostUnknownShown = 100;
    static readonly string[] LongNames = [TimeName, "sensor", "value", "unit", "quality"];

    readonly CsvMapping mapping;
    readonly SimilarNames similar;
    readonly byte[][] missing;

    ReadRowsColumns(AssetModel model)
    {
        mapping = model.Csv ?? CsvMapping.Default;
        Names = new(model, mapping.Columns);
        similar = new(model, Names, mapping);
        missing = [.. mapping.Missing.Select(Encoding.UTF8.GetBytes)];
        Zone = TimeZoneInfo.FindSystemTimeZoneById(mapping.TimeZone);
    }

    public SensorNames Names { get; }

    /// <summary>Time zone of times without an offset.</summary>
    public TimeZoneInfo Zone { get; }

    public bool IsLong { get; private init; }

    /// <summary>The empty column after a trailing separator in the header; -1 when there is none.</summary>
    public int Unnamed { get; private init; } = -1;

    public int Time { get; private init; }

    /// <summary>The time-of-day column when <see cref="Time"/> holds dates; otherwise -1.</summary>
    public int TimeOfDay { get; private init; } = -1;

    /// <summary>Sensor columns of a wide file.</summary>
    public IReadOnlyList<ValueColumn> Values { get; private init; } = [];

    /// <summary>Columns of a long file; -1 for optional columns that are absent.</summary>
    public (int Sensor, int Value, int Unit, int Quality) Long { get; private init; }

    /// <summary>Headers of columns that are skipped because the model does not know them; the first 100.</summary>
    public IReadOnlyList<string> Unknown { get; private init; } = [];

    /// <summary>For rows whose cells carry their own names, as in JSON lines.</summary>
    public static ReadRowsColumns WithoutHeader(AssetModel model) => new(model);

    /// <summary>Reads a header.</summary>
    /// <exception cref="InvalidInputException">No time column, no sensor column, two columns for one sensor, or a unit of another
    /// quantity.</exception>
    public static ReadRowsColumns Of(IReadOnlyList<string> headers, AssetModel model)
    {
        if (headers.Count == 0 || headers is [""]) throw new InvalidInputException("header", null, "a line of column names");
        if (headers.Count > ImportRow.MostColumns) throw new TooLargeException("The header", ImportRow.MostColumns, "columns");
        List<string> trimmed = [.. headers.Select(h => h.Trim())];
        // A trailing separator does not make a column, as long as the cells below it are empty.
        var unnamed = trimmed[^1].Length == 0 ? trimmed.Count - 1 : -1;
        if (unnamed >= 0) trimmed.RemoveAt(unnamed);
        var known = new ReadRowsColumns(model);
        List<string> plain = [.. trimmed.Select(h => h.ToLowerInvariant())];
        var (time, timeOfDay) = known.TimeColumns(trimmed);
        // The mapping may give the time column any name.
        var isLong = plain.Contains("sensor") && plain.Contains("value") && model.Sensor("value") is null
            && plain.Where((_, i) => i != time && i != timeOfDay).All(LongNames.Contains);
        if (isLong)
        {
            if (plain.Distinct().Count() < plain.Count)
                throw new InvalidInputException("column", string.Join(", ", trimmed), "each column once");
            return new(model)
            {
                IsLong = true,
                Unnamed = unnamed,
                Time = time,
                TimeOfDay = timeOfDay,
                Long = (plain.IndexOf("sensor"), plain.IndexOf("value"), plain.IndexOf("unit"), plain.IndexOf("quality")),
            };
        }
        List<ValueColumn> values = [];
        List<string> unknown = [];
        HashSet<ushort> taken = [];
        for (var i = 0; i < trimmed.Count; i++)
        {
            var header = trimmed[i];
            if (i == time || i == timeOfDay || known.IsIgnored(header)) continue;
            if (known.Find(header) is not var (sensor, unit))
            {
                unknown.Add(header.Length > 0 ? header : FormattableString.Invariant($"(column {i + 1}, unnamed)"));
                continue;
            }
            if (!taken.Add(sensor.Number)) throw new InvalidInputException("column", header, $"one column for the sensor {sensor.Id}");
            values.Add(new(i, header, sensor, unit));
        }
        if (values.Count == 0) throw new InvalidInputException("column", unknown.FirstOrDefault(), known.Allowed);
        return new(model)
        {
            Unnamed = unnamed,
            Time = time,
            TimeOfDay = timeOfDay,
            Values = values,
            Unknown = [.. unknown.Take(MostUnknownShown)],
        };
    }

    /// <summary>The columns with units from a units row below the header.</summary>
    /// <param name="unitOf">Returns a column's cell in that row.</param>
    /// <exception cref="InvalidInputException">A unit is unknown or of another quantity.</exception>
    public ReadRowsColumns WithUnits(Func<int, string> unitOf) => new(Names.Model)
    {
        Unnamed = Unnamed,
        Time = Time,
        TimeOfDay = TimeOfDay,
        Unknown = Unknown,
        IsLong = IsLong,
        Long = Long,
        Values = [.. Values.Select(v => unitOf(v.Index).Trim().Trim('[', ']', '(', ')').Trim() switch
        {
            "" => v,
            // The usual mark for "no unit".
            "-" when v.Sensor.Unit.Quantity == "ratio" => v,
            var unit => v with { Unit = UnitOf(v.Sensor, v.Header, unit) },
        })],
    };

    /// <summary>The sensor for a header and the unit in its brackets; null when the model has no such sensor.</summary>
    /// <exception cref="InvalidInputException">The unit in brackets is of another quantity.</exception>
    public (Sensor Sensor, string Unit)? Find(string header) => similar.Find(header);

    /// <summary>Whether the mapping ignores cells of this name.</summary>
    public bool IsIgnored(string name) => mapping.Ignore.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>0 for the name of the time or date column, 1 for the time of day if that is separate, -1 for any other name.</summary>
    public int TimePart(string name)
    {
        for (var i = 0; i < mapping.Time.Count; i++)
            if (name.Equals(mapping.Time[i], StringComparison.OrdinalIgnoreCase)) return i;
        return name.Equals(TimeName, StringComparison.OrdinalIgnoreCase) ? 0 : -1;
    }

    public string Allowed =>
        string.Join(", ", mapping.Time.Append(Names.Allowed).Concat(mapping.Ignore)) + "; or time, sensor, value, unit, quality";

    public string AllowedNumbers => mapping.AllowedNumbers;

    /// <summary>
    /// Whether a cell means "no value". An empty cell does so only if the mapping lists it: in most files it means that nothing was due.
    /// </summary>
    public bool IsMissing(ReadOnlySpan<byte> cell)
    {
        foreach (var mark in missing)
            if (cell.SequenceEqual(mark)) return true;
        return false;
    }

    public bool IsMissing(string cell) => mapping.Missing.Contains(cell);

    public bool TryNumber(ReadOnlySpan<byte> cell, out double value) => mapping.TryNumber(cell, out value);

    /// <summary>Reads a time split into two cells.</summary>
    public ReadTime TimeOf(ReadOnlySpan<byte> date, ReadOnlySpan<byte> timeOfDay)
    {
        date = date[Ascii.Trim(date)];
        timeOfDay = timeOfDay[Ascii.Trim(timeOfDay)];
        if (date.Length + timeOfDay.Length >= LongestTime) return default;
        Span<byte> both = stackalloc byte[LongestTime];
        date.CopyTo(both);
        both[date.Length] = (byte)' ';
        timeOfDay.CopyTo(both[(date.Length + 1)..]);
        return TimeOf(both[..(date.Length + 1 + timeOfDay.Length)]);
    }

    public ReadTime TimeOf(ReadOnlySpan<byte> text)
    {
        text = text[Ascii.Trim(text)];
        if (text.Length > LongestTime) return default;
        Span<char> chars = stackalloc char[LongestTime];
        if (!Encoding.UTF8.TryGetChars(text, chars, out var length)) return default;
        if (mapping.TimeFormat is { } format && mapping.EpochUnitSeconds is null)
        {
            // Without NoCurrentDateDefault, a format without a date would use today's.
            var style = DateTimeStyles.NoCurrentDateDefault | DateTimeStyles.AdjustToUniversal;
            if (DateTime.TryParseExact(chars[..length], format, CultureInfo.InvariantCulture, style, out var time))
                return SampleTime.FromLocal(time, time.Kind == DateTimeKind.Utc ? TimeZoneInfo.Utc : Zone);
        }
        if (SampleTime.FromIso8601(text, Zone) is { Kind: not TimeKind.Invalid } iso) return iso;
        if (mapping.Decimal == ',') chars[..length].Replace(',', '.');
        return decimal.TryParse(chars[..length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? TimeOf(number)
            : default;
    }

    /// <summary>Reads a time since 1970, in the mapping's unit or else in the unit that its magnitude implies.</summary>
    public ReadTime TimeOf(decimal epoch) => mapping.EpochUnitSeconds is { } unit
        ? Math.Abs(epoch) <= MostEpoch && SampleTime.TryFromSeconds(epoch * unit, out var exact) ? new(TimeKind.Known, exact) : default
        : SampleTime.TryFromEpoch(epoch, out var micros) ? new(TimeKind.Known, micros) : default;

    // Keeps the product with the unit within the range of decimal.
    const decimal MostEpoch = 1e24m;

    /// <summary>The rejection code for an unusable time and what is allowed instead.</summary>
    public (string Code, string Allowed) Refusal(TimeKind kind) => kind == TimeKind.Missing
        ? ("missing-local-time", $"times that exist in {Zone.Id} (daylight saving skips this hour), or times with an offset")
        : ("invalid-time", mapping.TimeFormat is { } format ? $"{format} or {SampleTime.AllowedText}" : SampleTime.AllowedText);

    /// <summary>Adds the reading in one cell of a wide row, or rejects it.</summary>
    public void AddWide(in ValueColumn column, ReadTime time, ReadOnlySpan<byte> cell, Decoded to)
    {
        cell = cell[Ascii.Trim(cell)];
        if (IsMissing(cell)) to.AddWithoutValue(column.Sensor, time.Micros);
        else if (cell.IsEmpty) return;
        else if (TryNumber(cell, out var value))
            to.Add(column.Sensor, time.Micros, value, column.Unit, Quality.Good, column.Header, "unit");
        else to.Reject("not-a-number", column.Header, ShownText.OfUtf8(cell), AllowedNumbers);
    }

    /// <summary>Adds the reading of a long row, or rejects it.</summary>
    /// <param name="time">Parsed time.</param>
    /// <param name="rawTime">Time as written in the file.</param>
    /// <param name="sensorName">An id, or a name from the mapping.</param>
    /// <param name="value">Null if <paramref name="rawValue"/> is still to be parsed.</param>
    /// <param name="rawValue">As written in the file; empty when there is no value.</param>
    /// <param name="unit">Empty for the sensor's own unit.</param>
    /// <param name="quality">Empty means good.</param>
    /// <param name="to">Receives the reading or the rejection.</param>
    public void AddLong(
        ReadTime time, string rawTime, string sensorName, double? value, string rawValue, string unit, string quality, Decoded to)
    {
        var trust = Quality.Good;
        var isQualityKnown = quality.Length == 0 || QualityText.TryParse(Encoding.UTF8.GetBytes(quality), out trust);
        var isEmpty = value is null && rawValue.Length == 0;
        var isMissing = value is null && (IsMissing(rawValue) || (isEmpty && trust == Quality.Bad));
        if (isEmpty && !isMissing && isQualityKnown) return;
        var number = value ?? 0;
        if (Find(sensorName) is not var (sensor, unitOfName)) to.Reject("unknown-sensor", "sensor", sensorName, Names.Allowed);
        else if (time.Kind is TimeKind.Invalid or TimeKind.Missing)
            to.Reject(Refusal(time.Kind).Code, "time", rawTime, Refusal(time.Kind).Allowed);
        else if (!isQualityKnown) to.Reject("unknown-quality", "quality", quality, QualityText.Allowed);
        else if (isMissing) to.AddWithoutValue(sensor, time.Micros);
        else if (value is null && !TryNumber(Encoding.UTF8.GetBytes(rawValue), out number))
            to.Reject("not-a-number", "value", rawValue, AllowedNumbers);
        else to.Add(sensor, time.Micros, number, unit.Length > 0 ? unit : unitOfName, trust, "value", "unit");
    }

    (int Time, int TimeOfDay) TimeColumns(List<string> headers)
    {
        int IndexOf(string name) => headers.FindIndex(h => h.Equals(name, StringComparison.OrdinalIgnoreCase));
        var at = mapping.Time.Select(IndexOf).ToArray();
        if (Array.TrueForAll(at, i => i >= 0)) return (at[0], at.Length > 1 ? at[1] : -1);
        if (IndexOf(TimeName) is var plain and >= 0) return (plain, -1);
        if (IndexOf(PandasIndex) is var index and >= 0) return (index, -1);
        if (headers.Count > 1 && headers[0].Length == 0) return (0, -1);
        throw new InvalidInputException(
            "time column", null,
            $"{(mapping.Time.Count > 1 ? "columns" : "a column")} named {string.Join(" and ", mapping.Time)} (the file has: "
                + $"{string.Join(", ", headers.Take(20).Select(h => ShownText.Of(h)))})");
    }

    static string UnitOf(Sensor sensor, string header, string unit) => Unit.Find(unit)?.Quantity == sensor.Unit.Quantity
        ? unit
        : throw new InvalidInputException(
            $"unit of column {header}", unit,
            $"{string.Join(", ", Unit.SymbolsOf(sensor.Unit.Quantity))} ({sensor.Unit.Quantity} of {sensor.Id})");

    /// <summary>
    /// Finds sensors by headers as people write them: in any case, with spaces, underscores or dashes, with a unit in brackets. A name that
    /// matches two sensors matches neither.
    /// </summary>
    sealed class SimilarNames
    {
        const int MostRemembered = 10_000;

        readonly SensorNames names;
        readonly Dictionary<string, Sensor?> byPlainName = [];
        readonly Dictionary<string, (Sensor, string)> remembered = [];

        public SimilarNames(AssetModel model, SensorNames names, CsvMapping mapping)
        {
            this.names = names;
            // Declared names take precedence over derived ones.
            Learn(mapping.Columns.Select(c => (c.Key, model.Sensor(c.Value))));
            Learn(mapping.Columns.Select(c => (WithoutUnit(c.Key).Name, model.Sensor(c.Value))));
            Learn(model.Sensors.Select(s => (s.Id, (Sensor?)s)));
            Learn(model.Sensors.Select(s => (s.Name, (Sensor?)s)));
        }

        public (Sensor, string)? Find(string header)
        {
            if (remembered.TryGetValue(header, out var known)) return known;
            var (name, unit) = WithoutUnit(header);
            var declared = names.Find(header) ?? byPlainName.GetValueOrDefault(Plain(header));
            var found = unit is null ? declared : declared ?? byPlainName.GetValueOrDefault(Plain(name));
            if (found is null) return null;
            // In a declared name, brackets may contain anything; in a name that was merely recognised, the unit must fit.
            var ofColumn = unit is null || (declared is not null && unit.Quantity != found.Unit.Quantity)
                ? ""
                : UnitOf(found, header, unit.Symbol);
            if (remembered.Count < MostRemembered) remembered[header] = (found, ofColumn);
            return (found, ofColumn);
        }

        void Learn(IEnumerable<(string Name, Sensor? Sensor)> source)
        {
            foreach (var group in source.GroupBy(s => Plain(s.Name)))
                byPlainName.TryAdd(group.Key, group.Select(g => g.Sensor).Distinct().Count() == 1 ? group.First().Sensor : null);
        }

        static (string Name, Unit? Unit) WithoutUnit(string header)
        {
            var text = header.TrimEnd();
            var open = text.EndsWith(']') ? text.LastIndexOf('[') : text.EndsWith(')') ? text.LastIndexOf('(') : -1;
            return open > 0 && Unit.Find(text[(open + 1)..^1].Trim()) is { } unit ? (text[..open], unit) : (text, null);
        }

        static string Plain(string name) =>
            string.Join('-',
                name.ToLowerInvariant()
                    .Split([' ', '_', '-', '.', '\u00a0'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }
}
