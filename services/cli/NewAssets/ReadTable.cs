using CsvHelper;
using ServiceDefaults;

namespace Cli.NewAssets;

/// <summary>The beginning of a file with a header, as text.</summary>
/// <param name="Separator">Between columns.</param>
/// <param name="Headers">Of all columns.</param>
/// <param name="Rows">The first rows, one cell for each column.</param>
sealed record Table(char Separator, IReadOnlyList<string> Headers, IReadOnlyList<string[]> Rows)
{
    /// <summary>The cells of a column.</summary>
    public IEnumerable<string> Column(int index) => Rows.Select(r => r[index]);
}

/// <summary>Reads the beginning of a file.</summary>
static class ReadTable
{
    const int MostRows = 20_000;
    const int MostColumns = 1_000;

    static readonly char[] Separators = [';', '\t', '|', ','];

    /// <exception cref="InvalidInputException">It has no header, no rows, or columns without a name or of one name.</exception>
    public static Table Of(Stream file, string name)
    {
        var separator = SeparatorOf(file);
        file.Position = 0;
        using var csv = CsvReader.Create(file, new CsvReaderOptions { Separator = separator, TrackLineNumbers = true }, false);
        try
        {
            csv.ReadHeader();
            string[] headers = [.. csv.Headers.Select(h => h.Trim().TrimStart('\uFEFF'))];
            if (headers.Length is < 2 or > MostColumns)
                throw new InvalidInputException(
                    "--from", name, FormattableString.Invariant(
                        $"a file with a header of 2 to {MostColumns} columns, separated by ; , | or tabs"));
            if (Array.FindIndex(headers, h => h.Length == 0) is var unnamed and >= 0)
                throw new InvalidInputException("--from", name, FormattableString.Invariant(
                    $"a file whose columns all have a name; column {unnamed + 1} has none"));
            if (headers.GroupBy(h => h).FirstOrDefault(g => g.Count() > 1) is { } twice)
                throw new InvalidInputException("--from", name, $"a file whose columns differ in name; '{twice.Key}' is there twice");
            List<string[]> rows = [];
            while (rows.Count < MostRows && csv.Read())
            {
                if (csv.FieldCount != headers.Length)
                    throw new InvalidInputException("--from", name, FormattableString.Invariant(
                        $"{headers.Length} cells in each line, as in the header; line {csv.LineNumber} has {csv.FieldCount}"));
                rows.Add([.. Enumerable.Range(0, headers.Length).Select(c => csv.GetString(c).Trim())]);
            }
            return rows.Count >= 2
                ? new(separator, headers, rows)
                : throw new InvalidInputException("--from", name, "a file with at least two rows under its header");
        }
        catch (CsvFormatException e)
        {
            throw new InvalidInputException("--from", name, $"a CSV file with a header; {e.Message}");
        }
    }

    // The one most frequent in the header.
    static char SeparatorOf(Stream file)
    {
        using var reader = new StreamReader(file, leaveOpen: true);
        var header = reader.ReadLine() ?? "";
        return Separators.MaxBy(s => header.Count(c => c == s));
    }
}
