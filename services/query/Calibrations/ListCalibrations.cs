using System.ComponentModel;
using Contracts.Calibrations;
using Npgsql;
using NpgsqlTypes;
using Query.Api;
using Query.Events;
using Query.Pasts;
using Query.Registry;
using ServiceDefaults;
using TwinModel.Calibration;

namespace Query.Calibrations;

/// <summary>Lists calibrations as they are, or as of some time.</summary>
sealed class ListCalibrations(NpgsqlDataSource source, FindPast find, PastEvents events, KnownAssets assets)
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
            [Description("Calibrations as of this time, in ISO 8601: those that there were, each as it was.")] string? validAt,
            [Description(KnownAt.Meaning)] string? knownAt,
            [Description("1 to 1000, default 100.")] int? limit,
            [Description(AskedList.MeaningAt)] string? cursor,
            CancellationToken cancel) => list.Run(
                asset, state ?? [], Input.Time("validAt", validAt), KnownAt.Parse(knownAt), limit, cursor, cancel))
        .ProducesProblem(StatusCodes.Status404NotFound)
        .WithName("listCalibrations").WithSummary("Calibrations, newest first")
        .WithDescription("Without their results; ask for one of them to see what it found. With validAt or knownAt, those that there were "
            + "then, as they were; a page may hold fewer than its limit and have a next one.");

    /// <exception cref="NotFoundException">No such asset, or it was not known then.</exception>
    /// <exception cref="InvalidInputException">An unknown state, a wrong bound, a time in the future, or a position after the end of the
    /// log.</exception>
    public async Task<Page<CalibrationView>> Run(
        string? asset, IReadOnlyCollection<string> states, DateTimeOffset? validAt, KnownAt? knownAt, int? limit, string? cursor,
        CancellationToken cancel)
    {
        foreach (var state in states)
        {
            if (!States.Contains(state)) throw new InvalidInputException("state", state, string.Join(", ", States));
        }
        var size = Paging.Limit(limit, Most);
        var only = assets.Only(asset);
        AskedList asked = new(List, asset, states);
        var start = asked.Begin(2, cursor, validAt, knownAt);
        var begin = asked.TimeAndId(start, cursor);
        var moment = await start.MomentOf(find, validAt, knownAt, cancel);
        if (moment is not { } past)
            return Paging.Of(await Read(asset, [.. states], begin, size + 1, cancel), size, After);
        var position = await find.RecordedBy(past, cancel);
        if (only is not null) NotYet.Check(only, past, position, validAt);
        return await PastPages.Fill<CalibrationView>(
            size, (last, most) => Read(asset, [], last is null ? begin : (last.RequestedAt, last.Id), most, cancel), Then, After);

        string After(CalibrationView last) => asked.CursorAt(moment, last.RequestedAt, last.Id);

        async Task<IEnumerable<CalibrationView>> Then(List<CalibrationView> calibrations)
        {
            var known = (await events.OfStreams(
                    calibrations.Select(c => Streams.Calibration(c.Definition.AssetId)).Distinct(), position, cancel))
                .ToDictionary(s => s.Key, s => s.Value.Aggregate(AssetCalibrations.None, FoldCalibration.Apply));
            return
                from now in calibrations
                let asset = known.GetValueOrDefault(Streams.Calibration(now.Definition.AssetId))
                let then = asset?.Find(now.Id)
                where then is not null && (states.Count == 0 || states.Contains(then.State))
                select then with { Result = null, IsInForce = asset.InForce == now.Id };
        }
    }

    async Task<List<CalibrationView>> Read(
        string? asset, string[] states, (DateTimeOffset? Time, string? Id) before, int most, CancellationToken cancel)
    {
        await using var command = source.CreateCommand($"""
            select c.view - 'result'::text, {SavedCalibrations.IsInForce} from {SavedCalibrations.Tables}
            where ($1::text is null or c.asset_id = $1) and (cardinality($2::text[]) = 0 or c.state = any($2))
                and ($3::timestamptz is null or (c.requested_at, c.calibration_id) < ($3, $4))
                and ($6::text[] is null or c.asset_id = any($6))
            order by c.requested_at desc, c.calibration_id desc limit $5
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
        List<CalibrationView> rows = [];
        while (await reader.ReadAsync(cancel)) rows.Add(SavedCalibrations.Read(reader));
        return rows;
    }
}
