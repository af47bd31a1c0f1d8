using Contracts.Events;
using Ingest.Payloads;
using TwinModel.Telemetry;

namespace Ingest.Imports;

/// <summary>One row of an imported file.</summary>
/// <param name="Number">Line of a text file or row of a Parquet file; starts at 1.</param>
/// <param name="Readings">Not yet checked against ranges and the time window.</param>
/// <param name="RejectedReadings">Number of cells that could not be read.</param>
/// <param name="Rejections">The reasons; at most <see cref="Decoded.MostReasons"/>.</param>
/// <param name="Raw">The row in a form that can be read again if part of it was rejected; otherwise null.</param>
readonly record struct ImportRow(long Number, Reading[] Readings, int RejectedReadings, RejectionReason[] Rejections, byte[]? Raw)
{
    /// <summary>Time of the row; <see cref="TimeKind.Invalid"/> if it has no readable time.</summary>
    public ReadTime Time { get; init; }

    /// <summary>
    /// Rows of one series are in chronological order if the file is: 0 in a wide file, the sensor number in a long one.
    /// </summary>
    public ushort Series { get; init; }

    /// <summary>Number of readings without a value, from cells marked as missing.</summary>
    public int Missing => Readings.Count(r => r.ValueOrNull is null);

    /// <summary>The columns of the file.</summary>
    public required ReadRowsColumns Columns { get; init; }

    public const int LongestLine = 1 << 20;
    public const int MostColumns = 4096;

    public static ImportRow Of(long number, Decoded row, ReadTime time, ReadRowsColumns columns, bool isLong, Func<byte[]> raw) =>
        // A row in the repeated hour at the end of daylight saving may still be rejected, so its bytes are kept.
        new(number, [.. row.Readings], row.RejectedReadings, [.. row.Rejections],
            row.RejectedReadings > 0 || time.Kind == TimeKind.Twice ? raw() : null)
        {
            Time = time,
            Series = isLong && row.Readings.Count > 0 ? row.Readings[0].Sensor : (ushort)0,
            Columns = columns,
        };
}
