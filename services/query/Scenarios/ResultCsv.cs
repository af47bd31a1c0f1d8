using System.Globalization;
using System.Text;
using Query.Api;

namespace Query.Scenarios;

/// <summary>A result as CSV (RFC 4180).</summary>
static class ResultCsv
{
    public const string Header = "kind,id,unit,case,statistic,timeSeconds,positionMetre,value\r\n";

    public static async Task Write(Stream to, IEnumerable<ResultRow> rows, CancellationToken cancel)
    {
        await using var writer = new StreamWriter(to, new UTF8Encoding(false), 64 * 1024, leaveOpen: true);
        await writer.WriteAsync(Header.AsMemory(), cancel);
        foreach (var row in rows) await writer.WriteAsync(Line(row).AsMemory(), cancel);
        await writer.FlushAsync(cancel);
    }

    public static string Line(ResultRow r) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Csv.Text(r.Kind)},{Csv.Text(r.Id)},{Csv.Text(r.Unit)},{Csv.Text(r.Case)},{Csv.Text(r.Statistic)},"
            + $"{r.TimeSeconds:R},{r.PositionMetre:R},{r.Value:R}\r\n");
}
