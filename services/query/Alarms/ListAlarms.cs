using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using Contracts.Messages;
using Npgsql;
using NpgsqlTypes;
using Query.Api;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Query.Alarms;

/// <summary>Which alarms to list.</summary>
sealed record AlarmFilter(string? Asset, string[] States, string[] Severities, DateTimeOffset? Since)
{
    static readonly string[] KnownStates = ["active", "active-acknowledged", "cleared", "closed"];

    /// <exception cref="InvalidInputException">Unknown state or severity.</exception>
    public static AlarmFilter Of(string? asset, IEnumerable<string>? states, IEnumerable<string>? severities, DateTimeOffset? since)
    {
        string[] wantedStates = [.. states ?? []];
        string[] wantedSeverities = [.. severities ?? []];
        foreach (var state in wantedStates)
        {
            if (!KnownStates.Contains(state)) throw new InvalidInputException("state", state, string.Join(", ", KnownStates));
        }
        foreach (var severity in wantedSeverities) Input.Severity(severity);
        return new(string.IsNullOrEmpty(asset) ? null : asset, wantedStates, wantedSeverities, since);
    }
}

static class ListAlarms
{
    const string List = "alarms";

    public static void Map(IEndpointRouteBuilder alarms) => alarms.MapGet("/", (
            NpgsqlDataSource source,
            [Description("Only of this asset.")] string? asset,
            [Description("active, active-acknowledged, cleared or closed; may be repeated.")] string[]? state,
            [Description("warning, alarm or critical; may be repeated.")] string[]? severity,
            [Description("Raised at or after this time.")] string? since,
            [Description("1 to 500, default 100.")] int? limit,
            [Description("nextCursor of the previous page.")] string? cursor,
            CancellationToken cancel) => Run(
                source, AlarmFilter.Of(asset, state, severity, Input.Time("since", since)), limit, cursor, cancel))
        .WithName("listAlarms").WithSummary("Alarms, newest first");

    public static async Task<Page<AlarmView>> Run(
        NpgsqlDataSource source, AlarmFilter filter, int? limit, string? cursor, CancellationToken cancel)
    {
        var size = Paging.Limit(limit);
        var (before, beforeId) = ParseCursor(cursor);
        await using var command = source.CreateCommand($"""
            select view from {ReadModels.Alarm}
            where ($1::text is null or asset_id = $1) and (cardinality($2::text[]) = 0 or state = any($2)) and (cardinality($3::text[]) = 0 or severity = any($3))
                and ($4::timestamptz is null or raised_at >= $4) and ($5::timestamptz is null or (raised_at, alarm_id) < ($5, $6))
            order by raised_at desc, alarm_id desc limit $7
            """);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = (object?)filter.Asset ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = filter.States },
            new() { Value = filter.Severities },
            new() { Value = (object?)filter.Since?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            new() { Value = (object?)before?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            new() { Value = (object?)beforeId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = size + 1 },
        });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<AlarmView> rows = [];
        while (await reader.ReadAsync(cancel))
            rows.Add(JsonSerializer.Deserialize<AlarmView>(reader.GetString(0), JsonSerializerOptions.Web)!);
        return Paging.Of(
            rows, size, last => Cursor.Encode(List, Micros.From(last.RaisedAt).ToString(CultureInfo.InvariantCulture), last.Id));
    }

    static (DateTimeOffset? Time, string? Id) ParseCursor(string? cursor) => Cursor.Decode(List, 2, cursor) switch
    {
        null => (null, null),
        [var micros, var id] when long.TryParse(micros, CultureInfo.InvariantCulture, out var at) && Math.Abs(at) < 1L << 57 =>
            (Micros.ToTime(at), id),
        _ => throw new InvalidInputException("cursor", cursor, "the nextCursor of an earlier page of alarms"),
    };
}
