using System.ComponentModel;
using Contracts.Scenarios;
using Npgsql;
using NpgsqlTypes;
using Query.Api;
using Query.Events;
using Query.Pasts;
using Query.Registry;
using ServiceDefaults;
using TwinModel.Scenarios;

namespace Query.Scenarios;

/// <summary>Lists scenarios as they are, or as of some time.</summary>
sealed class ListScenarios(NpgsqlDataSource source, FindPast find, PastEvents events, KnownAssets assets)
{
    const string List = "scenarios";
    static readonly string[] States = ["requested", "running", "completed", "failed", "cancelled"];

    public static void Map(IEndpointRouteBuilder scenarios) => scenarios.MapGet("/", async (
            HttpContext http,
            ListScenarios list,
            [Description("Only of this asset.")] string? asset,
            [Description("requested, running, completed, failed or cancelled; may be repeated.")] string[]? state,
            [Description("Scenarios as of this time, in ISO 8601: those that there were, each as it was.")] string? validAt,
            [Description(KnownAt.Meaning)] string? knownAt,
            [Description("1 to 500, default 100.")] int? limit,
            [Description(AskedList.MeaningAt)] string? cursor,
            CancellationToken cancel) =>
        {
            var page = await list.Run(asset, state, Input.Time("validAt", validAt), KnownAt.Parse(knownAt), limit, cursor, cancel);
            if (!Tags.NotModified(http, Tags.OfAll(page.Items.Select(GetScenario.Tag))))
                await http.Response.WriteAsJsonAsync(page, ApiJson.Options, cancel);
        })
        .Produces<Page<ScenarioView>>().Produces(StatusCodes.Status304NotModified)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .WithName("listScenarios").WithSummary("Scenarios, newest first")
            .WithDescription("Returns 304 to If-None-Match if nothing has changed. With validAt or knownAt, the scenarios that there were "
                + "then, as they were; a page may hold fewer than its limit and have a next one.");

    /// <exception cref="NotFoundException">No such asset, or it was not known then.</exception>
    /// <exception cref="InvalidInputException">An unknown state, a wrong bound, a time in the future, or a position after the end of the
    /// log.</exception>
    public async Task<Page<ScenarioView>> Run(
        string? asset, IEnumerable<string>? states, DateTimeOffset? validAt, KnownAt? knownAt, int? limit, string? cursor,
        CancellationToken cancel)
    {
        var size = Paging.Limit(limit);
        string[] wanted = [.. states ?? []];
        foreach (var state in wanted)
        {
            if (!States.Contains(state)) throw new InvalidInputException("state", state, string.Join(", ", States));
        }
        var only = assets.Only(asset);
        AskedList asked = new(List, asset, wanted);
        var start = asked.Begin(2, cursor, validAt, knownAt);
        var begin = asked.TimeAndId(start, cursor);
        var moment = await start.MomentOf(find, validAt, knownAt, cancel);
        if (moment is not { } past)
            return Paging.Of(await Read(asset, wanted, begin, size + 1, cancel), size, After);
        var position = await find.RecordedBy(past, cancel);
        if (only is not null) NotYet.Check(only, past, position, validAt);
        return await PastPages.Fill<ScenarioView>(
            size, (last, most) => Read(asset, [], last is null ? begin : (last.RequestedAt, last.Id), most, cancel), Then, After);

        string After(ScenarioView last) => asked.CursorAt(moment, last.RequestedAt, last.Id);

        async Task<IEnumerable<ScenarioView>> Then(List<ScenarioView> scenarios)
        {
            var known = await events.OfStreams(scenarios.Select(s => Streams.Scenario(s.Id)), position, cancel);
            return scenarios
                .Select(s => known.GetValueOrDefault(Streams.Scenario(s.Id), []).Aggregate((ScenarioView?)null, FoldScenario.Apply))
                .OfType<ScenarioView>().Where(s => wanted.Length == 0 || wanted.Contains(s.State));
        }
    }

    async Task<List<ScenarioView>> Read(
        string? asset, string[] states, (DateTimeOffset? Time, string? Id) before, int most, CancellationToken cancel)
    {
        await using var command = source.CreateCommand($"""
            select {SavedScenarios.Columns} from {ReadModels.Scenario} s
            where ($1::text is null or s.asset_id = $1) and (cardinality($2::text[]) = 0 or s.state = any($2))
                and ($3::timestamptz is null or (s.requested_at, s.scenario_id) < ($3, $4)) and ($6::text[] is null or s.asset_id = any($6))
            order by s.requested_at desc, s.scenario_id desc limit $5
            """);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = string.IsNullOrEmpty(asset) ? DBNull.Value : asset, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = states },
            new() { Value = (object?)before.Time?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            new() { Value = (object?)before.Id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = most },
            new() { Value = (object?)assets.Visible ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
        });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<ScenarioView> rows = [];
        while (await reader.ReadAsync(cancel)) rows.Add(SavedScenarios.Read(reader));
        return rows;
    }
}
