using System.Globalization;
using System.Text;
using CsvHelper;
using TwinModel.Assets;

namespace Cli.Recordings;

/// <summary>One row of a recording; all its values have the same time.</summary>
/// <param name="At">Recorded time.</param>
/// <param name="Values">Sensor ids and values.</param>
sealed record RecordedRow(DateTimeOffset At, IReadOnlyList<(string Sensor, double Value)> Values);

/// <summary>Reads a CSV recording using the mapping in the asset's model. Rows are streamed.</summary>
static class ReadRecording
{
    /// <exception cref="InvalidDataException">The file does not fit the model; names file, line and column.</exception>
    public static IEnumerable<RecordedRow> Rows(string file, AssetModel model)
    {
        var mapping = model.Csv ?? CsvMapping.Default;
        var zone = TimeZoneInfo.FindSystemTimeZoneById(mapping.TimeZone);
        using var csv = CsvReader.Create(File.OpenRead(file), new CsvReaderOptions
        {
            Separator = mapping.Separator,
            CommentPrefix = mapping.Comment,
            TrackLineNumbers = true,
        }, false);
        csv.ReadHeader();
        string[] header = [.. csv.Headers];
        int[] times = [.. mapping.Time.Select(name => Array.IndexOf(header, name))];
        if (times.Contains(-1))
            throw new InvalidDataException(
                $"{file}:1 has no column '{mapping.Time[Array.IndexOf(times, -1)]}'; it has {string.Join(", ", header)}.");
        // Values are sent in the sensors' units without conversion, so a file with its own units would be replayed wrongly.
        if (mapping.HasUnitsRow)
            throw new InvalidDataException(
                $"{file} has a row of units (units-row of model {model.Id}), which a replay cannot convert; import it instead.");
        var sensors = Sensors(file, header, model, mapping);
        while (csv.Read())
        {
            var line = csv.LineNumber;
            if (csv.FieldCount != header.Length)
                throw new InvalidDataException($"{file}:{line} has {csv.FieldCount} columns; the header has {header.Length}.");
            List<(string, double)> values = [];
            foreach (var (column, sensor) in sensors)
            {
                if (csv.GetString(column).Trim() is not { Length: > 0 } field || mapping.Missing.Contains(field)) continue;
                if (!mapping.TryNumber(Encoding.UTF8.GetBytes(field), out var value))
                    throw new InvalidDataException($"{file}:{line} {header[column]}: '{field}' is not {mapping.AllowedNumbers}.");
                if (double.IsFinite(value)) values.Add((sensor, value));
            }
            var at = string.Join(' ', times.Select(column => csv.GetString(column).Trim()));
            yield return new(
                Time(at, mapping, zone)
                    ?? throw new InvalidDataException($"{file}:{line} {string.Join(' ', mapping.Time)}: '{at}' is not a time."), values);
        }
    }

    static List<(int Column, string Sensor)> Sensors(string file, string[] header, AssetModel model, CsvMapping mapping)
    {
        List<(int, string)> sensors = [];
        for (var column = 0; column < header.Length; column++)
        {
            var name = header[column];
            if (mapping.Time.Contains(name) || mapping.Ignore.Contains(name)) continue;
            var sensor = mapping.Columns.GetValueOrDefault(name, name);
            if (model.Sensor(sensor) is null)
                throw new InvalidDataException(
                    $"{file}:1 column '{name}' is not a sensor of {model.Id}; known: "
                        + $"{string.Join(", ", mapping.Columns.Keys.Concat(model.Sensors.Select(s => s.Id)))}.");
            sensors.Add((column, sensor));
        }
        return sensors;
    }

    static DateTimeOffset? Time(string text, CsvMapping mapping, TimeZoneInfo zone)
    {
        if (mapping.EpochUnitSeconds is { } unit)
            return decimal.TryParse(text, CultureInfo.InvariantCulture, out var number) && Math.Abs(number * unit) < 1e11m
                ? DateTimeOffset.UnixEpoch.AddTicks((long)(number * unit * TimeSpan.TicksPerSecond))
                : null;
        if (mapping.TimeFormat is null && text.Length > 10 && (text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > 10))
            return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var at) ? at : null;
        var isTime = mapping.TimeFormat is { } format
            ? DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)
            : DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out local);
        return isTime ? new DateTimeOffset(local, zone.GetUtcOffset(local)) : null;
    }
}
