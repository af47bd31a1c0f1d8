using System.ComponentModel;
using Microsoft.Net.Http.Headers;
using Query.Api;
using Query.Events;
using Query.Pasts;
using Query.Registry;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Telemetry;
using TwinModel.Twins;

namespace Query.Histories;

/// <summary>A question for history.</summary>
/// <param name="AssetId">The asset.</param>
/// <param name="SensorIds">One to twenty of its sensors.</param>
/// <param name="From">Sample times from here; null: one hour before <paramref name="To"/>.</param>
/// <param name="To">Up to but not including this time; null: now, or when what was known then was appended.</param>
/// <param name="Points">Number of equal buckets; null: the default, or those of <paramref name="Calendar"/>.</param>
/// <param name="KnownAt">Null: everything that is known now.</param>
/// <param name="Estimate">Adds the smoothed value to each point.</param>
/// <param name="Calendar">Buckets of a calendar instead of equal ones.</param>
sealed record HistoryQuestion(
    string AssetId, IReadOnlyCollection<string> SensorIds, DateTimeOffset? From, DateTimeOffset? To, int? Points, KnownAt? KnownAt,
    bool Estimate, Calendar? Calendar);

/// <summary>
/// Downsampled history; see <see cref="Downsample"/> for buckets and <see cref="HistorySource"/> for their source.
/// </summary>
sealed class GetHistory(
    KnownAssets registry, LogReader log, FindPosition find, FindPast past, ReadRaw raw, ReadRollups rollups, TimeProvider time)
{
    const int DefaultPoints = 1_000;
    const int MostPoints = 10_000;
    const int MostSensors = 20;
    const int MostPointsInAll = 100_000;
    static readonly TimeSpan DefaultSpan = TimeSpan.FromHours(1);
    static readonly TimeSpan LongestSpan = TimeSpan.FromDays(36_525);

    public static void Map(IEndpointRouteBuilder api) => api.MapGet("/twins/{id}/history", async (
            HttpContext http,
            string id,
            GetHistory history,
            [Description("Sensor id; up to 20 times.")] string[] sensor,
            [Description("Start of the range of sample times, inclusive, in ISO 8601; default: one hour before to.")] string? from,
            [Description("End of the range, exclusive; default: now, or the time of knownAt.")] string? to,
            [Description("Number of equal buckets, 2 to 10000, default 1000; points times sensors must be at most 100000.")] int? points,
            [Description(KnownAt.Meaning + " Later readings are not counted. Default: everything.")] string? knownAt,
            [Description("true adds an estimate of the true quantity to each point, given all points and the sensor's noise.")]
            bool? estimate,
            [Description("Calendar buckets instead of points: 1m, 5m, 15m, 30m, 1h, 6h, 12h, 1d, 1w (from Monday), 1mo or 1y; at most "
                + "10000.")] string? bucket,
            [Description("Time zone of the buckets, an IANA name such as Europe/Berlin; default UTC; only with bucket.")]
            string? timeZone,
            [Description("Also returns buckets without readings, with count 0: null leaves their mean empty, previous takes the last "
                    + "reading before (not after now), linear interpolates between the neighbours; only with bucket.")]
                string? fill,
            [Description("json (default) or csv; Accept: text/csv does the same.")] string? format,
            CancellationToken cancel) =>
        {
            var isCsv = format switch
            {
                null => AcceptsCsv(http),
                "csv" => true,
                "json" => false,
                _ => throw new InvalidInputException("format", format, "json, csv"),
            };
            var asked = new HistoryQuestion(
                id, sensor, Input.Time("from", from), Input.Time("to", to), points, KnownAt.Parse(knownAt), estimate == true,
                Calendar.Parse(bucket, timeZone, fill));
            var answer = await history.Run(asked, cancel);
            if (isCsv) await HistoryCsv.Write(http, answer, estimate == true, cancel);
            else await http.Response.WriteAsJsonAsync(answer, ApiJson.Options, cancel);
        })
        .RequireRateLimiting(ApiSetup.Expensive).WithTags("Twins")
        .Produces<HistoryAnswer>(contentType: "application/json", additionalContentTypes: "text/csv")
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .WithName("getHistory").WithSummary("Sensor history, downsampled so that no peak is lost")
        .WithDescription(
            "Splits [from, to) into equal buckets with count, minimum, maximum, mean, first and last, in the sensor's unit. Where stored "
                + "rollups are used, bucket edges are multiples of the rollup's width: buckets may be wider than requested "
                + "(bucketSeconds), and the first may start before from; only readings of [from, to) are counted. With knownAt, the log is "
                + "read reading by reading, because rollups hold only the current knowledge: at most 20 million readings (a setting) and "
                + "5 million events recorded since from (413). With estimate, each point has an estimated mean and standard deviation from "
                + "a Kalman smoother: a local level whose variance is fitted to the points, measured with the noise stated in the asset's "
                + "model. With bucket, bucket edges follow the calendar in timeZone: days have 23 to 25 hours, and the hour that repeats "
                + "when clocks are set back makes two buckets of up to 1h. Each bucket then has start and end, and cut if from or to cuts "
                + "it. With fill, buckets without readings have count 0 and a mean: the last reading before (previous; not in buckets "
                + "that start after now, or after knownAt), or a line between the neighbours' means, each placed at the middle of its "
                + "readings (linear); null where the answer has no such neighbour.");

    static bool AcceptsCsv(HttpContext http) =>
        MediaTypeHeaderValue.TryParseList(http.Request.Headers.Accept, out var accepted)
        && accepted.OrderByDescending(a => a.Quality ?? 1)
            .FirstOrDefault()?.MediaType.Equals("text/csv", StringComparison.OrdinalIgnoreCase) == true;

    /// <exception cref="NotFoundException">No such asset, or not yet at the time it asks for.</exception>
    /// <exception cref="InvalidInputException">A parameter is out of bounds.</exception>
    /// <exception cref="TooLargeException">More points than allowed in an answer, or more readings than may be read from the
    /// log.</exception>
    public async Task<HistoryAnswer> Run(HistoryQuestion asked, CancellationToken cancel)
    {
        var (assetId, sensorIds, from, to, points, knownAt, estimate, calendar) = asked;
        if (calendar is not null && points is not null) throw new InvalidInputException("points", points, "nothing together with bucket");
        if (calendar is not null && estimate) throw new InvalidInputException("estimate", "true", "false together with bucket");
        var asset = registry.Get(assetId);
        var now = time.GetUtcNow();
        var sensors = Sensors(asset.Model, sensorIds);
        var count = points ?? DefaultPoints;
        if (count is < 2 or > MostPoints) throw new InvalidInputException("points", points, $"2 to {MostPoints}");
        (long Position, DateTimeOffset Time)? known = knownAt is null ? null : await find.Run(knownAt, cancel);
        var (start, end) = Span(from, to, known?.Time ?? now);
        if (from is { } begun) Input.NotAfter("from", begun, now, Input.SamplesAhead);
        if (known?.Position < asset.FirstPosition)
            throw NotYet.Asset(asset, PastMoment.Of(known.Value, knownAt));
        if (calendar is not null) count = calendar.Split(start, end, MostPoints).Count;
        else if (end - start < count) throw new InvalidInputException("points", points, "at most one per microsecond");
        if (count * sensors.Count > MostPointsInAll)
        {
            var field = calendar is null ? "points" : "bucket";
            throw new TooLargeException($"{count} points times {sensors.Count} sensors", MostPointsInAll, "points", field);
        }

        var levels = sensors.ToDictionary(
            s => s.Number, s => known is null ? HistorySource.Choose(start, end, count, s.Interval, now) : null);
        // Finer rollups are used where a calendar edge lies within an hour.
        if (calendar is not null) levels = levels.ToDictionary(l => l.Key, l => l.Value is null ? l.Value : RollupLevel.Hour);
        var coarsest = levels.Values.Max();
        if (coarsest is not null) (start, end) = (Rollup.Start(RollupLevel.Second, start), HistorySource.Ceiling(RollupLevel.Second, end));
        Buckets edges = calendar is not null ? calendar.Split(start, end, MostPoints)
            : coarsest is { } widest ? EqualBuckets.Of(start, end, count, widest)
            : EqualBuckets.Of(start, end, count);
        var corrections = await log.CorrectionsOf(assetId, asset.Model, known?.Position ?? long.MaxValue, cancel);
        var histories = sensors.ToDictionary(s => s.Number, s => new Downsample(s, edges));
        foreach (var group in levels.GroupBy(l => l.Value))
        {
            var some = group.ToDictionary(l => l.Key, l => histories[l.Key]);
            if (group.Key is not { } level)
            {
                await raw.Run(asset, start, end, some, corrections, known, cancel);
                continue;
            }
            List<(RollupLevel Level, long From, long To)> parts = [.. edges.Cover(level)];
            await rollups.Run(asset, parts, some, corrections, cancel);
            foreach (var number in some.Keys) levels[number] = parts.Max(p => p.Level);
        }
        if (known is null && to < asset.RegisteredAt && histories.Values.All(h => h.Points().Count == 0))
            await past.CheckEmpty(asset, to, "to", cancel);
        return new(
            assetId, Micros.ToTime(start), Micros.ToTime(end), edges.Count,
            edges is EqualBuckets equal ? equal.Span / 1e6 / equal.Count : null,
            calendar?.Bucket, calendar?.Zone.Id, calendar?.Fill?.ToString().ToLowerInvariant(),
            [.. sensors.Select(s => new SensorHistory(s.Id, s.Unit.Symbol, HistorySource.Name(levels[s.Number]), PointsOf(s)))],
            known?.Position, known?.Time);

        IReadOnlyList<HistoryPoint> PointsOf(Sensor sensor)
        {
            if (calendar?.Fill is { } fill) return FillGaps.Of(histories[sensor.Number].Points(withEmpty: true), fill, known?.Time ?? now);
            var points = histories[sensor.Number].Points();
            return estimate ? EstimateLevel.Of(points, sensor.Noise) : points;
        }
    }

    static List<Sensor> Sensors(AssetModel model, IReadOnlyCollection<string> ids)
    {
        if (ids.Count is 0 or > MostSensors)
            throw new InvalidInputException(
                "sensor", ids.Count == 0 ? null : $"{ids.Count} sensors",
                $"1 to {MostSensors} of {string.Join(", ", model.Sensors.Select(s => s.Id))}");
        return [.. ids.Distinct()
            .Select(id => model.Sensor(id)
                ?? throw new InvalidInputException("sensor", id, string.Join(", ", model.Sensors.Select(s => s.Id))))];
    }

    static (long From, long To) Span(DateTimeOffset? from, DateTimeOffset? to, DateTimeOffset now)
    {
        if (from is { } first) Input.CheckYear("from", first);
        if (to is { } last) Input.CheckYear("to", last);
        var end = to ?? now;
        if (from is null && end < DateTimeOffset.UnixEpoch)
            throw new InvalidInputException("to", to, "a time after 1970 when from is left out");
        var start = from ?? end - DefaultSpan;
        var (low, high) = (Micros.From(start), Micros.From(end));
        if (low >= high) throw new InvalidInputException("from", from ?? start, "a time before to");
        if (end - start > LongestSpan) throw new InvalidInputException("from", from ?? start, "at most 100 years before to");
        return (low, high);
    }
}
