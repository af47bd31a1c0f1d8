using System.Globalization;
using System.Text;
using Query.Api;

namespace Query.Histories;

/// <summary>
/// History as CSV (RFC 4180): one line per sensor and bucket; additional columns for calendar buckets and estimates.
/// </summary>
static class HistoryCsv
{
    const string Header = "sensor,unit,start,";
    const string CalendarHeader = "end,cut,";
    const string ValuesHeader = "count,min,max,mean,first,firstAt,last,lastAt";
    const string EstimateHeader = ",estimate,estimateStandardDeviation";
    const int FlushAfter = 64 * 1024;

    public static async Task Write(HttpContext http, HistoryAnswer history, bool estimate, CancellationToken cancel)
    {
        http.Response.ContentType = "text/csv; charset=utf-8; header=present";
        var text = new StringBuilder(Header, FlushAfter + 256).Append(history.Bucket is null ? "" : CalendarHeader).Append(ValuesHeader)
            .Append(estimate ? EstimateHeader : "").Append("\r\n");
        foreach (var series in history.Series)
        {
            foreach (var point in series.Points)
            {
                AppendLine(text, series, point, estimate);
                if (text.Length < FlushAfter) continue;
                await http.Response.WriteAsync(text.ToString(), cancel);
                text.Clear();
            }
        }
        await http.Response.WriteAsync(text.ToString(), cancel);
    }

    static void AppendLine(StringBuilder to, SensorHistory series, HistoryPoint point, bool estimate)
    {
        to.Append(CultureInfo.InvariantCulture, $"{Csv.Text(series.SensorId)},{Csv.Text(series.Unit)},{Time(point.Start)},");
        if (point.Cut is { } cut) to.Append(CultureInfo.InvariantCulture, $"{Time(point.End)},{(cut ? "true" : "false")},");
        to.Append(
            CultureInfo.InvariantCulture,
            $"{point.Count},{point.Min:R},{point.Max:R},{point.Mean:R},{point.First:R},{Time(point.FirstAt)},{point.Last:R},"
                + $"{Time(point.LastAt)}");
        if (estimate) to.Append(CultureInfo.InvariantCulture, $",{point.Estimate:R},{point.EstimateStandardDeviation:R}");
        to.Append("\r\n");
    }

    static string? Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);
}
