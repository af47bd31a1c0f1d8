using System.ComponentModel;
using System.Text.Json;
using Contracts.Decisions;
using Npgsql;
using NpgsqlTypes;
using Query.Api;
using Query.Events;
using Query.Pasts;
using Query.Registry;
using ServiceDefaults;
using TwinModel.Decisions;

namespace Query.Decisions;

/// <summary>Lists decisions as they are, or as of some time.</summary>
sealed class ListDecisions(NpgsqlDataSource source, KnownAssets assets, FindPast find, PastEvents events)
{
    const string List = "decisions";
    const int MostInHindsight = 10_000;
    static readonly string[] States = ["recommended", "taken", "closed"];

    public static void Map(IEndpointRouteBuilder decisions)
    {
        decisions.MapGet("", (
                ListDecisions list,
                [Description("Only of this asset.")] string? asset,
                [Description("Only for this part.")] string? component,
                [Description("recommended, taken or closed; may be repeated.")] string[]? state,
                [Description("Decisions as of this time, in ISO 8601: those that there were, each as it was.")] string? validAt,
            [Description(KnownAt.Meaning)] string? knownAt,
                [Description("1 to 500, default 100.")] int? limit,
                [Description(AskedList.MeaningAt)] string? cursor,
                CancellationToken cancel) => list.Run(
                    asset, component, state ?? [], Input.Time("validAt", validAt), KnownAt.Parse(knownAt), limit, cursor, cancel))
            .ProducesProblem(StatusCodes.Status404NotFound)
            .WithName("listDecisions").WithSummary("Decisions, newest first")
            .WithDescription("With validAt or knownAt, the decisions that there were then, as they were; a page may hold fewer than its "
                + "limit and have a next one.");
        decisions.MapGet("/hindsight", (
                ListDecisions list, [Description("Only of this asset.")] string? asset,
                [Description("Only for this part.")] string? component, CancellationToken cancel) =>
                list.Hindsight(asset, component, cancel))
            .ProducesProblem(StatusCodes.Status404NotFound)
            .WithName("getHindsight").WithSummary("Was the advice right? Stated risks compared with outcomes, and regret")
            .WithDescription(
                "Covers decisions whose outcome is recorded. Regret prices all options by the rules of the answer, with the actual day of "
                    + "failure; repair time and secondary damage are at their means. It is known where the part failed; how much longer a "
                    + "replaced part would have lasted is unknown, so there it is known only if no option would have run it longer.");
    }

    /// <exception cref="NotFoundException">No such asset, or it was not known then.</exception>
    /// <exception cref="InvalidInputException">An unknown state, a wrong bound, a time in the future, or a position after the end of the
    /// log.</exception>
    public async Task<Page<DecisionView>> Run(
        string? asset, string? component, IReadOnlyCollection<string> states, DateTimeOffset? validAt, KnownAt? knownAt, int? limit,
        string? cursor, CancellationToken cancel)
    {
        foreach (var state in states)
        {
            if (!States.Contains(state)) throw new InvalidInputException("state", state, string.Join(", ", States));
        }
        var size = Paging.Limit(limit);
        var only = assets.Only(asset);
        AskedList asked = new(List, asset, component, states);
        var start = asked.Begin(2, cursor, validAt, knownAt);
        var begin = asked.TimeAndId(start, cursor);
        var moment = await start.MomentOf(find, validAt, knownAt, cancel);
        if (moment is not { } past)
        {
            var rows = await Read(asset, component, [.. states], begin, size + 1, cancel);
            if (rows.Count == 0) CheckComponent(component);
            return Paging.Of(rows, size, After);
        }
        var position = await find.RecordedBy(past, cancel);
        if (only is not null) NotYet.Check(only, past, position, validAt);
        return await PastPages.Fill<DecisionView>(
            size, (last, most) => Read(asset, component, [], last is null ? begin : (last.RecommendedAt, last.Id), most, cancel), Then,
            After);

        string After(DecisionView last) => asked.CursorAt(moment, last.RecommendedAt, last.Id);

        async Task<IEnumerable<DecisionView>> Then(List<DecisionView> decisions)
        {
            var known = await events.OfStreams(decisions.Select(d => Streams.Decision(d.Id)), position, cancel);
            return decisions
                .Select(d => known.GetValueOrDefault(Streams.Decision(d.Id), []).Aggregate((DecisionView?)null, FoldDecision.Apply))
                .OfType<DecisionView>().Where(d => states.Count == 0 || states.Contains(d.State));
        }
    }

    /// <exception cref="NotFoundException">No such asset.</exception>
    public async Task<HindsightReport> Hindsight(string? asset, string? component, CancellationToken cancel)
    {
        assets.Only(asset);
        var decisions = await Read(asset, component, [], (null, null), MostInHindsight, cancel);
        if (decisions.Count == 0) CheckComponent(component);
        return TwinModel.Decisions.Hindsight.Of(
            decisions, d => assets.FindModel(d.ModelHash)?.Degradations.FirstOrDefault(p => p.Component == d.Component)?.Life);
    }

    // Asked when nothing was found: a model may have lost a part of which there are decisions.
    void CheckComponent(string? component)
    {
        if (string.IsNullOrEmpty(component) || assets.All.Any(a => a.Model.Components.Any(c => c.Id == component))) return;
        throw new NotFoundException("component", component)
        {
            Offending = new("component", ShownText.Of(component), "the id of a component of a registered asset"),
        };
    }

    async Task<List<DecisionView>> Read(
        string? asset, string? component, string[] states, (DateTimeOffset? Time, string? Id) before, int most, CancellationToken cancel)
    {
        await using var command = source.CreateCommand($"""
            select view from {ReadModels.Decision}
            where ($1::text is null or asset_id = $1) and ($2::text is null or component = $2) and (cardinality($3::text[]) = 0 or state = any($3))
                and ($4::timestamptz is null or (recommended_at, decision_id) < ($4, $5)) and ($7::text[] is null or asset_id = any($7))
            order by recommended_at desc, decision_id desc limit $6
            """);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = string.IsNullOrEmpty(asset) ? DBNull.Value : asset, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = string.IsNullOrEmpty(component) ? DBNull.Value : component, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = states },
            new() { Value = (object?)before.Time?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            new() { Value = (object?)before.Id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = most },
            new() { Value = (object?)assets.Visible ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
        });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<DecisionView> rows = [];
        while (await reader.ReadAsync(cancel))
            rows.Add(JsonSerializer.Deserialize<DecisionView>(reader.GetString(0), JsonSerializerOptions.Web)!);
        return rows;
    }
}
