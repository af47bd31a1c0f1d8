using System.Globalization;

namespace TwinModel.Assets;

/// <summary>
/// Format of an asset's recordings: CSV files, and the text values of JSON lines and Parquet files. A model declares it under
/// <c>imports.csv</c>; an import may override the <see cref="Settings"/>.
/// </summary>
public sealed record CsvMapping
{
    const int LongestNumber = 100;
    const string None = "none";
    const string EpochPrefix = "epoch-";
    static readonly DateTime Example = new(2026, 11, 23, 13, 14, 15, DateTimeKind.Utc);
    static readonly string[] EpochUnits = ["s", "ms", "us", "ns"];

    /// <summary>Columns are sensor ids, the time column is <c>time</c>, and the separator is detected.</summary>
    public static CsvMapping Default { get; } = new();

    /// <summary>Column separator; null to detect it from the file.</summary>
    public char? Separator { get; init; }

    /// <summary>Decimal mark.</summary>
    public char Decimal { get; init; } = '.';

    /// <summary>Thousands separator; numbers without it are accepted too. Null when there is none.</summary>
    public char? Thousands { get; init; }

    /// <summary>Cells that stand for "no value".</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>Lines that begin with this character are skipped.</summary>
    public char? Comment { get; init; }

    /// <summary>Header of the time column, or headers of a date column and a time-of-day column.</summary>
    public IReadOnlyList<string> Time { get; init; } = ["time"];

    /// <summary>
    /// .NET format of the times, or <c>epoch-s</c>, <c>epoch-ms</c>, <c>epoch-us</c>, <c>epoch-ns</c>; null for ISO 8601, or numbers whose
    /// magnitude implies the unit.
    /// </summary>
    public string? TimeFormat { get; init; }

    /// <summary>IANA name or UTC; applies to times without an offset.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>The line under the header holds the units of the columns.</summary>
    public bool HasUnitsRow { get; init; }

    /// <summary>Maps column headers to sensor ids.</summary>
    public IReadOnlyDictionary<string, string> Columns { get; init; } = new Dictionary<string, string>();

    /// <summary>Headers of columns to ignore.</summary>
    public IReadOnlyList<string> Ignore { get; init; } = [];

    /// <summary>Settings that an import may override, by their names in models.</summary>
    public static IReadOnlyList<string> Settings { get; } = ["separator", "decimal", "thousands", "missing", "comment", "time",
        "time-format", "time-zone", "units-row"];

    /// <summary>Seconds per unit of <see cref="TimeFormat"/> when it counts from 1970; null for every other format.</summary>
    public decimal? EpochUnitSeconds =>
        TimeFormat switch { "epoch-s" => 1m, "epoch-ms" => 1e-3m, "epoch-us" => 1e-6m, "epoch-ns" => 1e-9m, _ => null };

    /// <summary>What a cell may contain, for error messages.</summary>
    public string AllowedNumbers => Decimal == '.' && Thousands is null
        ? "a number"
        : $"a number such as 1{(Thousands is { } mark ? mark : "")}234{Decimal}5";

    /// <summary>Returns the mapping with one setting changed.</summary>
    /// <param name="setting">One of <see cref="Settings"/>.</param>
    /// <param name="values">One value; <c>missing</c> and <c>time</c> may have several.</param>
    /// <exception cref="InvalidCsvSettingException">No such setting or value.</exception>
    public CsvMapping With(string setting, IReadOnlyList<string> values)
    {
        var value = values.Count > 0 ? values[0] : "";
        if (values.Count != 1 && setting is not ("missing" or "time"))
            throw new InvalidCsvSettingException(setting, string.Join(", ", values), "one value");
        return setting switch
        {
            "separator" => this with { Separator = Mark(setting, value) },
            "decimal" => this with
            {
                Decimal = value is "." or "," ? value[0] : throw new InvalidCsvSettingException(setting, value, ". or ,"),
            },
            "thousands" => this with
            {
                Thousands = value is "." or "," or "'" or " "
                    ? value[0]
                    : value == None ? null : throw new InvalidCsvSettingException(setting, value, $". or , or ' or a blank, or {None}"),
            },
            "comment" => this with { Comment = Mark(setting, value) },
            "missing" => this with { Missing = [.. values.Select(v => v.Trim())] },
            "time" => this with
            {
                Time = values.Count is 1 or 2 && values.All(v => v.Trim().Length > 0)
                    && values.Distinct(StringComparer.OrdinalIgnoreCase).Count() == values.Count
                    ? [.. values.Select(v => v.Trim())]
                    : throw new InvalidCsvSettingException(
                        setting, string.Join(", ", values), "the header of the time column, or those of the date and the time of day"),
            },
            "time-format" =>
                this with
                {
                    TimeFormat = IsTimeFormat(value) ? value : throw new InvalidCsvSettingException(setting, value, AllowedTimeFormats),
                },
            "time-zone" => this with
            {
                TimeZone = TimeZoneInfo.TryFindSystemTimeZoneById(value, out _)
                    ? value
                    : throw new InvalidCsvSettingException(setting, value, "an IANA time zone such as Europe/Berlin"),
            },
            "units-row" => this with
            {
                HasUnitsRow = value == "true"
                    || (value == "false" ? false : throw new InvalidCsvSettingException(setting, value, "true or false")),
            },
            _ => throw new InvalidCsvSettingException("setting", setting, string.Join(", ", Settings)),
        };
    }

    /// <summary>Returns the mapping if its settings are consistent.</summary>
    /// <exception cref="InvalidCsvSettingException">Two settings contradict each other.</exception>
    public CsvMapping Checked()
    {
        if (Thousands == Decimal)
            throw new InvalidCsvSettingException("thousands", $"{Thousands}", $"a character other than 'decimal' ({Decimal})");
        if (Separator == Decimal)
            throw new InvalidCsvSettingException("decimal", $"{Decimal}", $"a character other than 'separator' ({Separator})");
        if (Separator is not null && Separator == Thousands)
            throw new InvalidCsvSettingException("thousands", $"{Thousands}", $"a character other than 'separator' ({Separator})");
        if (Comment is not null && Comment == Separator)
            throw new InvalidCsvSettingException("comment", $"{Comment}", $"a character other than 'separator' ({Separator})");
        if (Time.Count > 1 && EpochUnitSeconds is not null)
            throw new InvalidCsvSettingException(
                "time-format", TimeFormat!, "a format with date and time, because 'time' names two columns");
        return this;
    }

    /// <summary>Parses the number in a cell; wrong digit grouping is rejected.</summary>
    public bool TryNumber(ReadOnlySpan<byte> cell, out double value)
    {
        if (Decimal == '.' && Thousands is null) return double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
        value = 0;
        Span<byte> plain = stackalloc byte[LongestNumber];
        return TryInvariant(cell, plain, out var length)
            && double.TryParse(plain[..length], NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    bool TryInvariant(ReadOnlySpan<byte> cell, Span<byte> plain, out int length)
    {
        length = 0;
        if (cell.Length > plain.Length) return false;
        if (cell.Length > 0 && cell[0] is (byte)'-' or (byte)'+') Take(ref cell, plain, ref length);
        // Also NaN and infinities, which are rejected later with a reason of their own.
        if (cell.Length > 0 && char.IsAsciiLetter((char)cell[0]))
        {
            cell.CopyTo(plain[length..]);
            length += cell.Length;
            return true;
        }
        var digits = 0;
        var isGrouped = false;
        while (cell.Length > 0)
        {
            if (char.IsAsciiDigit((char)cell[0]))
            {
                digits++;
                Take(ref cell, plain, ref length);
            }
            else if (MarkLength(cell) is var mark and > 0)
            {
                if (isGrouped ? digits != 3 : digits is < 1 or > 3) return false;
                (isGrouped, digits) = (true, 0);
                cell = cell[mark..];
            }
            else
            {
                break;
            }
        }
        if (isGrouped && digits != 3) return false;
        if (cell.Length > 0 && cell[0] == Decimal)
        {
            plain[length++] = (byte)'.';
            cell = cell[1..];
        }
        foreach (var rest in cell)
        {
            if (!char.IsAsciiDigit((char)rest) && rest is not ((byte)'e' or (byte)'E' or (byte)'+' or (byte)'-')) return false;
            plain[length++] = rest;
        }
        return true;
    }

    static void Take(ref ReadOnlySpan<byte> cell, Span<byte> plain, ref int length)
    {
        plain[length++] = cell[0];
        cell = cell[1..];
    }

    // A blank may also be written as a no-break space (U+00A0, U+202F), and an apostrophe as a right single quote (U+2019).
    int MarkLength(ReadOnlySpan<byte> cell) => Thousands switch
    {
        null => 0,
        { } mark when cell[0] == mark => 1,
        ' ' => cell.StartsWith("\u00a0"u8) ? 2 : cell.StartsWith("\u202f"u8) ? 3 : 0,
        '\'' => cell.StartsWith("\u2019"u8) ? 3 : 0,
        _ => 0,
    };

    static char Mark(string setting, string value) =>
        value.Length == 1 && (value[0] is '\t' or >= ' ' and <= '~') && !char.IsAsciiLetterOrDigit(value[0]) && value[0] != '"'
            ? value[0]
            : throw new InvalidCsvSettingException(setting, value, "one ASCII character that is not a letter, digit or quotation mark");

    static string AllowedTimeFormats =>
        $"a .NET format with year, month and day, and with tt where hours are h or hh; or "
            + $"{string.Join(", ", EpochUnits.Select(u => EpochPrefix + u))}";

    // A format that loses the date, or AM/PM, would silently give wrong times.
    static bool IsTimeFormat(string format)
    {
        if (EpochUnits.Any(u => format == EpochPrefix + u)) return true;
        try
        {
            var text = Example.ToString(format, CultureInfo.InvariantCulture);
            return DateTime.TryParseExact(
                text, format, CultureInfo.InvariantCulture, DateTimeStyles.NoCurrentDateDefault | DateTimeStyles.AdjustToUniversal,
                out var read)
                && read.Date == Example.Date && (read.Hour == Example.Hour || read.TimeOfDay == TimeSpan.Zero);
        }
        catch (FormatException)
        {
            return false;
        }
    }
}

/// <summary>An invalid setting of a <see cref="CsvMapping"/>.</summary>
/// <param name="setting">Its name in models.</param>
/// <param name="value">The value given.</param>
/// <param name="allowed">What would have been accepted.</param>
public sealed class InvalidCsvSettingException(string setting, string value, string allowed) : Exception(
    $"'{setting}' is '{value}'; allowed: {allowed}.")
{
    /// <summary>Its name in models.</summary>
    public string Setting => setting;

    /// <summary>The value given.</summary>
    public string Value => value;

    /// <summary>What would have been accepted.</summary>
    public string Allowed => allowed;
}
