using System.ComponentModel;
using System.Text.Json;
using Contracts.Messages;
using Npgsql;
using NpgsqlTypes;
using Query.Api;
using Query.Events;
using Query.Pasts;
using Query.Registry;
using ServiceDefaults;

namespace Query.Alarms;

/// <summary>Which alarms to list.</summary>
sealed record AlarmFilter(string? Asset, string[] States, string[] Severities, DateTimeOffset? Since)
{
    static readonly string[] KnownStates = ["active", "active-acknowledged", "cleared", "closed", "withdrawn"];

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

/// <summary>Lists alarms: as saved by twin-state, or as of some time, from their events.</summary>
sealed class ListAlarms(NpgsqlDataSource source, FindPast find, PastAlarms past, KnownAssets assets, TimeProvider time)
{
    const string List = "alarms";

    // As of some time, each look reads all events of the alarms' assets.
    const int MostLooks = 5;

    public static void Map(IEndpointRouteBuilder alarms) => alarms.MapGet("/", (
            ListAlarms list,
            [Description("Only of this asset.")] string? asset,
            [Description("active, active-acknowledged, cleared, closed or withdrawn; may be repeated.")] string[]? state,
            [Description("warning, alarm or critical; may be repeated.")] string[]? severity,
            [Description("Raised at or after this time.")] string? since,
            [Description("Alarms as of this time, in ISO 8601.")] string? validAt,
            [Description(KnownAt.Meaning)] string? knownAt,
            [Description("1 to 500, default 100.")] int? limit,
            [Description(AskedList.MeaningAt)] string? cursor,
            CancellationToken cancel) => list.Run(
                AlarmFilter.Of(asset, state, severity, Input.Time("since", since)), Input.Time("validAt", validAt), KnownAt.Parse(knownAt),
                limit, cursor, cancel))
        .ProducesProblem(StatusCodes.Status404NotFound)
        .WithName("listAlarms").WithSummary("Alarms, newest first")
        .WithDescription("With validAt or knownAt, each alarm has the state that it had then, as far as known then: alarms raised later "
            + "are left out. A page may then hold fewer than its limit and have a next one.");

    /// <exception cref="NotFoundException">No such asset, or it was not known then.</exception>
    /// <exception cref="InvalidInputException">A time in the future, or a position after the end of the log.</exception>
    public async Task<Page<AlarmView>> Run(
        AlarmFilter filter, DateTimeOffset? validAt, KnownAt? knownAt, int? limit, string? cursor, CancellationToken cancel)
    {
        if (filter.Since is { } since) Input.NotAfter("since", since, time.GetUtcNow(), Input.SamplesAhead);
        var size = Paging.Limit(limit);
        var only = assets.Only(filter.Asset);
        AskedList asked = new(List, filter.Asset, filter.States, filter.Severities, filter.Since?.UtcDateTime);
        var start = asked.Begin(2, cursor, validAt, knownAt);
        var before = asked.TimeAndId(start, cursor);
        if (await start.MomentOf(find, validAt, knownAt, cancel) is not { } moment)
            return Paging.Of(
                await Saved(filter, null, before, size + 1, cancel), size, last => asked.CursorAt(null, last.RaisedAt, last.Id));
        if (only is not null) NotYet.Check(only, moment);
        List<AlarmView> rows = [];
        // The saved alarms say which there are; their events say how they were.
        for (var look = 0; look < MostLooks; look++)
        {
            var saved = await Saved(filter with { States = [] }, moment.ValidAt, before, Paging.Most, cancel);
            var then = await past.All(saved.Select(a => a.AssetId).Distinct(), moment, cancel);
            foreach (var alarm in saved.Select(a => then.GetValueOrDefault(a.Id)).OfType<AlarmView>())
                if (filter.States.Length == 0 || filter.States.Contains(alarm.State)) rows.Add(alarm);
            if (only is not null && then.Count == 0 && start.After is null && validAt is not null)
                await find.CheckEmpty(only, validAt, "validAt", cancel);
            if (rows.Count > size || saved.Count < Paging.Most) return Paging.Of(rows, size, After);
            before = (saved[^1].RaisedAt, saved[^1].Id);
        }
        return new(rows, asked.CursorAt(moment, before.Time!.Value, before.Id!));

        string After(AlarmView last) => asked.CursorAt(moment, last.RaisedAt, last.Id);
    }

    async Task<List<AlarmView>> Saved(
        AlarmFilter filter, DateTimeOffset? upTo, (DateTimeOffset? Time, string? Id) before, int most, CancellationToken cancel)
    {
        await using var command = source.CreateCommand($"""
            select view from {ReadModels.Alarm}
            where ($1::text is null or asset_id = $1) and (cardinality($2::text[]) = 0 or state = any($2)) and (cardinality($3::text[]) = 0 or severity = any($3))
                and ($4::timestamptz is null or raised_at >= $4) and ($5::timestamptz is null or (raised_at, alarm_id) < ($5, $6))
                and ($8::timestamptz is null or raised_at <= $8) and ($9::text[] is null or asset_id = any($9))
            order by raised_at desc, alarm_id desc limit $7
            """);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = (object?)filter.Asset ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = filter.States },
            new() { Value = filter.Severities },
            new() { Value = (object?)filter.Since?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            new() { Value = (object?)before.Time?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            new() { Value = (object?)before.Id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = most },
            new() { Value = (object?)upTo?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            new() { Value = (object?)assets.Visible ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
        });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<AlarmView> rows = [];
        while (await reader.ReadAsync(cancel))
            rows.Add(JsonSerializer.Deserialize<AlarmView>(reader.GetString(0), JsonSerializerOptions.Web)!);
        return rows;
    }
}
