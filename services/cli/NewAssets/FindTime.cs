using System.Globalization;
using ServiceDefaults;

namespace Cli.NewAssets;

/// <summary>The column of times.</summary>
/// <param name="Column">Its index.</param>
/// <param name="Format">As <c>imports.csv.time-format</c> has it; null: ISO 8601 with an offset.</param>
/// <param name="Seconds">Of each row, from any beginning.</param>
/// <param name="Remark">What to check; null: nothing.</param>
sealed record TimeColumn(int Column, string? Format, double[] Seconds, string? Remark);

/// <summary>Finds the column of times and its format: one in which every cell is a time, and which does not go back.</summary>
static class FindTime
{
    static readonly string[] Words = ["time", "zeit", "date", "datum", "timestamp", "stamp", "heure", "hora", "ts"];

    static readonly string[] Dates =
        ["yyyy-MM-dd", "yyyy/M/d", "d.M.yyyy", "d/M/yyyy", "M/d/yyyy", "d-M-yyyy", "d.M.yy"];

    static readonly string[] Clocks = [" HH:mm:ss", "'T'HH:mm:ss", " HH:mm:ss.FFFFFF", "'T'HH:mm:ss.FFFFFF", " H:mm:ss", " HH:mm", " H:mm"];

    /// <param name="table">The file.</param>
    /// <param name="wanted">Header of the column; null: find it.</param>
    /// <exception cref="InvalidInputException">There is none.</exception>
    public static TimeColumn Of(Table table, string? wanted)
    {
        if (wanted is not null && !table.Headers.Contains(wanted))
            throw new InvalidInputException("--time", wanted, string.Join(", ", table.Headers));
        var candidates = Enumerable.Range(0, table.Headers.Count).Where(c => wanted is null || table.Headers[c] == wanted)
            .OrderByDescending(c => Words.Any(w => table.Headers[c].Contains(w, StringComparison.OrdinalIgnoreCase)));
        foreach (var column in candidates)
        {
            if (Read(table, column) is { } found) return found;
        }
        throw wanted is null
            ? new InvalidInputException(
                "--from", string.Join(", ", table.Headers),
                "a file with a column of times, none before the one above; name it with --time COLUMN")
            : new InvalidInputException("--time", wanted, "a column in which every cell is a time, none before the one above, "
                + "e.g. 2026-03-01T06:00:00Z, 1.3.2026 6:00:00, or seconds");
    }

    static TimeColumn? Read(Table table, int column)
    {
        var cells = table.Column(column).ToArray();
        if (cells.All(c => double.TryParse(c, NumberStyles.Float, CultureInfo.InvariantCulture, out _)))
            return Numbers(table, column, cells);
        if (cells.All(c => c.Length > 10 && (c.EndsWith('Z') || c.LastIndexOfAny(['+', '-']) > 10)
            && DateTimeOffset.TryParse(c, CultureInfo.InvariantCulture, out _)))
            return Rising(column, null, cells, c => DateTimeOffset.Parse(c, CultureInfo.InvariantCulture).UtcDateTime, null);
        var formats = (from date in Dates from clock in Clocks select date + clock).Where(f => cells.All(c => Local(c, f) is not null))
            .Where(f => Rising(column, f, cells, c => Local(c, f)!.Value, null) is not null).ToList();
        // What has no fractions also fits a format with them.
        var other = formats.FirstOrDefault(f => Local(cells[^1], f) != Local(cells[^1], formats[0]));
        return formats.Count == 0 ? null : Rising(
            column, formats[0], cells, c => Local(c, formats[0])!.Value,
            other is null
                ? "local times are read as UTC: set time-zone if they are not"
                : $"also fits {other}: is the day where it should be?");
    }

    // Numbers need a name that says what they are, or the size of times since 1970.
    static TimeColumn? Numbers(Table table, int column, string[] cells)
    {
        var values = Array.ConvertAll(cells, c => double.Parse(c, CultureInfo.InvariantCulture));
        var (format, unit) = Math.Abs(values[0]) switch
        {
            > 1e17 => ("epoch-ns", 1e-9),
            > 1e14 => ("epoch-us", 1e-6),
            > 1e11 => ("epoch-ms", 1e-3),
            > 1e8 => ("epoch-s", 1),
            _ => ("epoch-s", 0.0),
        };
        var isNamed = Words.Any(w => table.Headers[column].Contains(w, StringComparison.OrdinalIgnoreCase));
        if (unit == 0 && !isNamed) return null;
        double[] seconds = [.. values.Select(v => v * (unit == 0 ? 1 : unit))];
        return IsRising(seconds)
            ? new(column, format, seconds, unit == 0 ? "seconds from a beginning of its own: a replay moves them to now" : null)
            : null;
    }

    static TimeColumn? Rising(int column, string? format, string[] cells, Func<string, DateTime> read, string? remark)
    {
        double[] seconds = [.. cells.Select(c => (read(c) - DateTime.UnixEpoch).TotalSeconds)];
        return IsRising(seconds) ? new(column, format, seconds, remark) : null;
    }

    static bool IsRising(double[] seconds) => seconds.Zip(seconds.Skip(1)).All(p => p.Second >= p.First) && seconds[^1] > seconds[0];

    static DateTime? Local(string text, string format) =>
        DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) ? at : null;
}
