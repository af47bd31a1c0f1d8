using Contracts.Events;
using Ingest.Payloads;
using TwinModel.Telemetry;

namespace Ingest.Imports;

/// <summary>One row of an imported file.</summary>
/// <param name="Number">Line of a text file, row of a Parquet file; from 1.</param>
/// <param name="Readings">Not yet checked against ranges and times.</param>
/// <param name="RejectedReadings">Cells of the row that are no readings.</param>
/// <param name="Rejections">Why; at most <see cref="Decoded.MostReasons"/>.</param>
/// <param name="Raw">The row, so that it can be read again, when something of it was rejected, else null.</param>
readonly record struct ImportRow(long Number, Reading[] Readings, int RejectedReadings, RejectionReason[] Rejections, byte[]? Raw)
{
    /// <summary>When the row is from; <see cref="TimeKind.Invalid"/> when it has no time that can be read.</summary>
    public ReadTime Time { get; init; }

    /// <summary>
    /// Rows of the same series are in the order of time if the file is: 0 in a wide file, the number of the sensor in a long one.
    /// </summary>
    public ushort Series { get; init; }

    /// <summary>Readings without a value, of cells that say so.</summary>
    public int Missing => Readings.Count(r => r.ValueOrNull is null);

    /// <summary>What the columns of the file are.</summary>
    public required ReadRowsColumns Columns { get; init; }

    public const int LongestLine = 1 << 20;
    public const int MostColumns = 4096;

    public static ImportRow Of(long number, Decoded row, ReadTime time, ReadRowsColumns columns, bool isLong, Func<byte[]> raw) =>
        // A time of the hour that comes twice may still be refused.
        new(number, [.. row.Readings], row.RejectedReadings, [.. row.Rejections],
            row.RejectedReadings > 0 || time.Kind == TimeKind.Twice ? raw() : null)
        {
            Time = time,
            Series = isLong && row.Readings.Count > 0 ? row.Readings[0].Sensor : (ushort)0,
            Columns = columns,
        };
}
