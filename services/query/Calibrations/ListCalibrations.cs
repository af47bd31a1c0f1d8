using System.ComponentModel;
using System.Globalization;
using Contracts.Calibrations;
using Npgsql;
using NpgsqlTypes;
using Query.Api;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Query.Calibrations;

/// <summary>Lists calibrations.</summary>
sealed class ListCalibrations(NpgsqlDataSource source)
{
    const string List = "calibrations";

    // Rows have no results, so that a page may hold more of them than one of decisions.
    const int Most = 1000;
    static readonly string[] States = ["requested", "proposed", "failed", "adopted", "rolled-back"];

    public static void Map(IEndpointRouteBuilder calibrations) => calibrations
        .MapGet("", (
            ListCalibrations list,
            [Description("Only of this asset.")] string? asset,
            [Description("requested, proposed, failed, adopted or rolled-back; may be repeated.")] string[]? state,
            [Description("1 to 1000, default 100.")] int? limit,
            [Description("nextCursor of the previous page.")] string? cursor,
            CancellationToken cancel) => list.Run(asset, state ?? [], limit, cursor, cancel))
        .WithName("listCalibrations").WithSummary("Calibrations, newest first")
        .WithDescription("Without their results; ask for one of them to see what it found.");

    /// <exception cref="InvalidInputException">An unknown state or a wrong bound.</exception>
    public async Task<Page<CalibrationView>> Run(
        string? asset, IReadOnlyCollection<string> states, int? limit, string? cursor, CancellationToken cancel)
    {
        foreach (var state in states)
        {
            if (!States.Contains(state)) throw new InvalidInputException("state", state, string.Join(", ", States));
        }
        var size = Paging.Limit(limit, Most);
        var (before, beforeId) = ParseCursor(cursor);
        await using var command = source.CreateCommand($"""
            select c.view - 'result'::text, {SavedCalibrations.IsInForce} from {SavedCalibrations.Tables}
            where ($1::text is null or c.asset_id = $1) and (cardinality($2::text[]) = 0 or c.state = any($2))
                and ($3::timestamptz is null or (c.requested_at, c.calibration_id) < ($3, $4))
            order by c.requested_at desc, c.calibration_id desc limit $5
            """);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = string.IsNullOrEmpty(asset) ? DBNull.Value : asset, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = states.ToArray() },
            new() { Value = (object?)before?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            new() { Value = (object?)beforeId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = size + 1 },
        });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<CalibrationView> rows = [];
        while (await reader.ReadAsync(cancel)) rows.Add(SavedCalibrations.Read(reader));
        return Paging.Of(
            rows, size, last => Cursor.Encode(List, Micros.From(last.RequestedAt).ToString(CultureInfo.InvariantCulture), last.Id));
    }

    static (DateTimeOffset? Time, string? Id) ParseCursor(string? cursor) => Cursor.Decode(List, 2, cursor) switch
    {
        null => (null, null),
        [var micros, var id] when long.TryParse(micros, CultureInfo.InvariantCulture, out var at) && Math.Abs(at) < 1L << 57 =>
            (Micros.ToTime(at), id),
        _ => throw new InvalidInputException("cursor", cursor, "the nextCursor of an earlier page of calibrations"),
    };
}
