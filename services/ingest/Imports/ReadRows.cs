using Contracts.Events;
using Ingest.Payloads;
using TwinModel.Telemetry;

namespace Ingest.Imports;

/// <summary>One row of an imported file.</summary>
/// <param name="Number">Line of a text file, row of a Parquet file; from 1.</param>
/// <param name="Readings">Not yet checked against ranges and times.</param>
/// <param name="RejectedReadings">Cells of the row that are no readings.</param>
/// <param name="Rejections">Why; at most <see cref="Decoded.MostReasons"/>.</param>
/// <param name="Raw">The row as text when something of it was rejected, else null.</param>
readonly record struct ImportRow(long Number, Reading[] Readings, int RejectedReadings, RejectionReason[] Rejections, string? Raw)
{
    public const int LongestLine = 1 << 20;
    public const int MostColumns = 4096;

    public static ImportRow Of(long number, Decoded row, Func<string> raw) =>
        new(number, [.. row.Readings], row.RejectedReadings, [.. row.Rejections], row.RejectedReadings > 0 ? raw() : null);
}
