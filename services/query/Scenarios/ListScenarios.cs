using System.ComponentModel;
using System.Globalization;
using Contracts.Scenarios;
using Npgsql;
using NpgsqlTypes;
using Query.Api;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Query.Scenarios;

static class ListScenarios
{
    const string List = "scenarios";
    static readonly string[] States = ["requested", "running", "completed", "failed", "cancelled"];

    public static void Map(IEndpointRouteBuilder scenarios) => scenarios.MapGet("/", async (
            HttpContext http,
            NpgsqlDataSource source,
            [Description("Only of this asset.")] string? asset,
            [Description("requested, running, completed, failed or cancelled; may be repeated.")] string[]? state,
            [Description("1 to 500, default 100.")] int? limit,
            [Description("nextCursor of the previous page.")] string? cursor,
            CancellationToken cancel) =>
        {
            var page = await Run(source, asset, state, limit, cursor, cancel);
            if (!Tags.NotModified(http, Tags.OfAll(page.Items.Select(GetScenario.Tag))))
                await http.Response.WriteAsJsonAsync(page, ApiJson.Options, cancel);
        })
        .Produces<Page<ScenarioView>>().Produces(StatusCodes.Status304NotModified)
        .WithName("listScenarios").WithSummary("Scenarios, newest first")
            .WithDescription("Returns 304 to If-None-Match if nothing has changed.");

    /// <exception cref="InvalidInputException">An unknown state or a wrong bound.</exception>
    public static async Task<Page<ScenarioView>> Run(
        NpgsqlDataSource source, string? asset, IEnumerable<string>? states, int? limit, string? cursor, CancellationToken cancel)
    {
        var size = Paging.Limit(limit);
        string[] wanted = [.. states ?? []];
        foreach (var state in wanted)
        {
            if (!States.Contains(state)) throw new InvalidInputException("state", state, string.Join(", ", States));
        }
        var (before, beforeId) = ParseCursor(cursor);
        await using var command = source.CreateCommand($"""
            select {SavedScenarios.Columns} from {ReadModels.Scenario} s
            where ($1::text is null or s.asset_id = $1) and (cardinality($2::text[]) = 0 or s.state = any($2))
                and ($3::timestamptz is null or (s.requested_at, s.scenario_id) < ($3, $4))
            order by s.requested_at desc, s.scenario_id desc limit $5
            """);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = string.IsNullOrEmpty(asset) ? DBNull.Value : asset, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = wanted },
            new() { Value = (object?)before?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            new() { Value = (object?)beforeId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = size + 1 },
        });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<ScenarioView> rows = [];
        while (await reader.ReadAsync(cancel)) rows.Add(SavedScenarios.Read(reader));
        return Paging.Of(
            rows, size, last => Cursor.Encode(List, Micros.From(last.RequestedAt).ToString(CultureInfo.InvariantCulture), last.Id));
    }

    static (DateTimeOffset? Time, string? Id) ParseCursor(string? cursor) => Cursor.Decode(List, 2, cursor) switch
    {
        null => (null, null),
        [var micros, var id] when long.TryParse(micros, CultureInfo.InvariantCulture, out var at) && Math.Abs(at) < 1L << 57 =>
            (Micros.ToTime(at), id),
        _ => throw new InvalidInputException("cursor", cursor, "the nextCursor of an earlier page of scenarios"),
    };
}
