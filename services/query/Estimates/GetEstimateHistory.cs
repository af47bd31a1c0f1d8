using System.ComponentModel;
using Contracts.Estimates;
using Npgsql;
using Query.Api;
using Query.Events;
using Query.Pasts;
using Query.Registry;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Units;

namespace Query.Estimates;

/// <summary>Estimated signals over time.</summary>
/// <param name="AssetId">Id of the asset.</param>
/// <param name="From">Start, inclusive.</param>
/// <param name="To">End, exclusive.</param>
/// <param name="BucketSeconds">Width of a bucket.</param>
/// <param name="Series">One per signal, in the order of the request.</param>
sealed record EstimateHistoryAnswer(
    string AssetId, DateTimeOffset From, DateTimeOffset To, double BucketSeconds, IReadOnlyList<EstimateSeries> Series);

/// <summary>One signal over time.</summary>
/// <param name="SignalId">Signal id of the asset model.</param>
/// <param name="Unit">Unit of all numbers; a standard deviation of temperatures is in K.</param>
/// <param name="Points">Buckets with estimates, oldest first.</param>
sealed record EstimateSeries(string SignalId, string Unit, IReadOnlyList<EstimatePoint> Points);

/// <summary>One bucket.</summary>
/// <param name="Start">Start of the bucket.</param>
/// <param name="Count">Ticks in the bucket.</param>
/// <param name="Mean">Mean of the ticks' means.</param>
/// <param name="StandardDeviation">Root of the mean of the ticks' variances.</param>
/// <param name="Min">Smallest mean of a tick.</param>
/// <param name="Max">Largest mean of a tick.</param>
readonly record struct EstimatePoint(
    DateTimeOffset Start, long Count, double Mean, double StandardDeviation, double Min, double Max);

/// <summary>Reads the history of estimated signals, which twin-state derives again when readings come late.</summary>
sealed class GetEstimateHistory(
    NpgsqlDataSource source, KnownAssets registry, FindPast past, FoldEstimate fold, TimeProvider time)
{
    const int DefaultPoints = 1_000;
    const int MostPoints = 10_000;
    const int MostSignals = 20;
    static readonly TimeSpan DefaultSpan = TimeSpan.FromHours(1);

    // Every tick is read: 270 000 of the extruder.
    static readonly TimeSpan LongestOfTicks = TimeSpan.FromDays(31);

    // Every tick is computed again.
    static readonly TimeSpan LongestAsKnown = TimeSpan.FromDays(1);
    static readonly TimeSpan LongestSpan = TimeSpan.FromDays(3660);

    public static void Map(IEndpointRouteBuilder twins) => twins
        .MapGet("/{id}/estimate/history", (
            string id,
            GetEstimateHistory history,
            [Description("Signal id of the asset model; up to 20 times.")] string[] signal,
            [Description("Start of the range, inclusive, in ISO 8601; default: one hour before to.")] string? from,
            [Description("End of the range, exclusive; at most 3660 days after from; default: now.")] string? to,
            [Description("Number of equal buckets, 2 to 10000, default 1000.")] int? points,
            [Description(KnownAt.Meaning)] string? knownAt,
            CancellationToken cancel) => history.Run(
                id, signal, Input.Time("from", from), Input.Time("to", to), points, KnownAt.Parse(knownAt), cancel))
        .ProducesProblem(StatusCodes.Status429TooManyRequests)
        .RequireRateLimiting(ApiSetup.Expensive)
        .WithName("getEstimateHistory").WithSummary("Estimated signals over time, with their standard deviations")
        .WithDescription("Splits [from, to) into equal buckets. Readings that come late change the estimates of their time. Single ticks "
            + "are kept for 31 days before the newest; a range that is longer, or begins earlier, is of whole hours of UTC, each in the "
            + "bucket that holds its middle. With knownAt, every tick is computed again from what the log held then, with the model and "
            + "calibration in force then, of at most one day (429 when one is being computed).");

    /// <exception cref="NotFoundException">No such asset, or its model has no estimates.</exception>
    /// <exception cref="InvalidInputException">A parameter is out of bounds.</exception>
    public async Task<EstimateHistoryAnswer> Run(
        string assetId, IReadOnlyList<string> signalIds, DateTimeOffset? from, DateTimeOffset? to, int? points, KnownAt? knownAt,
        CancellationToken cancel)
    {
        var asset = registry.Get(assetId);
        var known = knownAt is null ? null : await past.Run(assetId, null, knownAt, cancel);
        var model = known?.Model ?? asset.Model;
        if (!model.HasEstimate) throw GetEstimate.HasNone(assetId, model);
        var signals = Signals(model, signalIds);
        var count = points ?? DefaultPoints;
        if (count is < 2 or > MostPoints) throw new InvalidInputException("points", points, $"2 to {MostPoints}");
        var now = time.GetUtcNow();
        if (from is { } first)
        {
            Input.CheckYear("from", first);
            Input.NotAfter("from", first, now, Input.SamplesAhead);
        }
        if (to is { } last) Input.CheckYear("to", last);
        var end = to ?? known?.ValidAt ?? now;
        var start = from ?? end - DefaultSpan;
        if (start >= end) throw new InvalidInputException("from", start, "a time before to");
        if (end - start > LongestSpan) throw new InvalidInputException("from", start, "at most 3660 days before to");
        if (known is not null)
        {
            if (end - start > LongestAsKnown) throw new InvalidInputException("from", start, "with knownAt, at most 1 day before to");
            var ticks = await fold.Each(known with { Moment = known.Moment with { ValidAt = end } }, start, cancel);
            return AsKnown(ticks, assetId, start, end, count, signals);
        }
        var found = signals.ToDictionary(s => s.Id, _ => new List<EstimatePoint>());
        var rows = await SourceOf(assetId, start, end, cancel);
        foreach (var hash in await Models(rows, assetId, start, end, cancel))
        {
            // A registration with another model may have other signals, in another order.
            if (registry.FindModel(hash) is { } then) await Read(rows, assetId, then, signals, start, end, count, found, cancel);
        }
        if (to < asset.RegisteredAt && found.Values.All(p => p.Count == 0))
            await past.CheckEmpty(asset, to, "to", cancel);
        return new(
            assetId, start, end, (end - start).TotalSeconds / count,
            [.. signals.Select(s => new EstimateSeries(s.Id, s.Unit.Symbol, [.. found[s.Id].OrderBy(p => p.Start)]))]);
    }

    static EstimateHistoryAnswer AsKnown(
        IReadOnlyList<EstimateView> ticks, string assetId, DateTimeOffset start, DateTimeOffset end, int count, List<SignalSpec> signals)
    {
        var width = (end - start) / count;
        return new(assetId, start, end, width.TotalSeconds, [.. signals.Select(s => new EstimateSeries(s.Id, s.Unit.Symbol,
            [.. from tick in ticks
                where tick.At <= end
                from signal in tick.Signals
                where signal.Id == s.Id
                // Of the time before its end.
                group signal by (int)Math.Ceiling((tick.At - start) / width) - 1 into bucket
                orderby bucket.Key
                select new EstimatePoint(
                    start + width * bucket.Key, bucket.Count(), bucket.Average(v => v.Mean),
                    Math.Sqrt(bucket.Average(v => v.StandardDeviation * v.StandardDeviation)), bucket.Min(v => v.Mean),
                    bucket.Max(v => v.Mean))]))]);
    }

    // Rows of ticks, each of the time before its end, or of hours, each counted where its middle lies.
    sealed record Rows(string Table, string Bucket, string Within, Func<int, string> Columns);

    // A calculated signal may have no value.
    static readonly Rows Ticks = new(
        ReadModels.EstimateHistory, "ceil(extract(epoch from at - $2) / $4)::int - 1", "at > $2 and at <= $3", p => $"""
        count(nullif(means[{p}], 'NaN')), avg(nullif(means[{p}], 'NaN')),
        sqrt(avg(deviations[{p}]::float8 * deviations[{p}]) filter (where means[{p}] <> 'NaN')),
        min(nullif(means[{p}], 'NaN')), max(nullif(means[{p}], 'NaN'))
        """);

    static readonly Rows Hours = new(
        ReadModels.EstimateHour, "floor(extract(epoch from start + interval '30 minutes' - $2) / $4)::int",
        "start >= $2 - interval '30 minutes' and start < $3 - interval '30 minutes'", p => $"""
        coalesce(sum(ticks[{p}]), 0), sum(means[{p}]::float8 * ticks[{p}]) / nullif(sum(ticks[{p}]), 0),
        sqrt(sum(variances[{p}]::float8 * ticks[{p}]) / nullif(sum(ticks[{p}]), 0)), min(minima[{p}]), max(maxima[{p}])
        """);

    async Task<Rows> SourceOf(string assetId, DateTimeOffset start, DateTimeOffset end, CancellationToken cancel)
    {
        if (end - start > LongestOfTicks) return Hours;
        await using var command = source.CreateCommand($"""
            select exists (select 1 from {ReadModels.EstimateHour} where asset_id = $1 and start >= $2 and start < $3 and start
                < (select min(at) from {ReadModels.EstimateHistory} where asset_id = $1) - interval '1 hour')
            """);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = assetId }, new() { Value = start.UtcDateTime }, new() { Value = end.UtcDateTime },
        });
        return (bool)(await command.ExecuteScalarAsync(cancel))! ? Hours : Ticks;
    }

    async Task Read(
        Rows rows, string assetId, AssetModel past, List<SignalSpec> wanted, DateTimeOffset start, DateTimeOffset end, int count,
        Dictionary<string, List<EstimatePoint>> found, CancellationToken cancel)
    {
        var order = past.EstimatedSignals.ToList();
        var places = wanted.Select(s => order.FindIndex(o => o.Id == s.Id) + 1).ToList();
        await using var command = source.CreateCommand($"""
            select {rows.Bucket} as bucket{string.Concat(places.Select(p => $", {rows.Columns(p)}"))}
            from {rows.Table} where asset_id = $1 and {rows.Within} and model = $5 group by bucket order by bucket
            """);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = assetId },
            new() { Value = start.UtcDateTime },
            new() { Value = end.UtcDateTime },
            new() { Value = (end - start).TotalSeconds / count },
            new() { Value = past.Hash },
        });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var at = start + (end - start) / count * reader.GetInt32(0);
            for (var i = 0; i < wanted.Count; i++)
            {
                var first = 1 + 5 * i;
                if (places[i] == 0 || reader.GetInt64(first) is not (> 0 and var ticks)) continue;
                // An older model may have it in another unit.
                var (was, now) = (order[places[i] - 1].Unit, wanted[i].Unit);
                if (was.Symbol != now.Symbol && (was.Quantity != now.Quantity || was.Quantity == FindUnit.Composed)) continue;
                double In(double value) => was.ConvertTo(now, value);
                found[wanted[i].Id].Add(new(
                    at, ticks, In(reader.GetDouble(first + 1)), reader.GetDouble(first + 2) * was.Factor / now.Factor,
                    In(reader.GetFloat(first + 3)), In(reader.GetFloat(first + 4))));
            }
        }
    }

    async Task<List<string>> Models(Rows rows, string assetId, DateTimeOffset start, DateTimeOffset end, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            $"select distinct model from {rows.Table} where asset_id = $1 and {rows.Within}");
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = assetId }, new() { Value = start.UtcDateTime }, new() { Value = end.UtcDateTime },
        });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<string> hashes = [];
        while (await reader.ReadAsync(cancel)) hashes.Add(reader.GetString(0));
        return hashes;
    }

    static List<SignalSpec> Signals(AssetModel model, IReadOnlyList<string> ids)
    {
        var allowed = model.EstimatedSignals.ToList();
        var names = string.Join(", ", allowed.Select(s => s.Id));
        if (ids.Count is 0 or > MostSignals)
            throw new InvalidInputException("signal", ids.Count == 0 ? null : $"{ids.Count} signals", $"1 to {MostSignals} of {names}");
        return [.. ids.Distinct().Select(id => allowed.Find(s => s.Id == id) ?? throw new InvalidInputException("signal", id, names))];
    }
}
