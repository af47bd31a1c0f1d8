using System.Globalization;
using System.Runtime.CompilerServices;
using Npgsql;
using Query.Pasts;
using ServiceDefaults;
using ServiceDefaults.Seals;
using TwinModel.Telemetry;

namespace Query.Lineages;

/// <summary>A reading and the event that holds it.</summary>
/// <param name="Reading">The reading as it counts.</param>
/// <param name="Position">Log position of the event that recorded it.</param>
/// <param name="CorrectedAt">Log position of the event that corrected it; null if none did.</param>
readonly record struct FoundReading(Reading Reading, long Position, long? CorrectedAt);

/// <summary>An event of readings, not decoded: its place and the range of its sample times, microseconds.</summary>
readonly record struct EventRange(string Stream, long Version, long Position, long First, long Last);

/// <summary>
/// Finds the event that holds a reading. Events are searched by the range of their sample times, near the time of sampling first: there is
/// one reading of a sensor with a sample time, so where that is found nothing else has to be read.
/// </summary>
sealed class FindReading(NpgsqlDataSource source, LogReader log)
{
    // Of 18 bytes each; more than a week of an event a second.
    const int MostEvents = 1_000_000;

    static readonly TimeSpan StepBack = TimeSpan.FromDays(1);

    /// <summary>The newest reading of a sensor sampled up to a time, as the log held it; null if there is none.</summary>
    /// <exception cref="TooLargeException">Too many events would have to be searched.</exception>
    public async Task<FoundReading?> Run(PastAsset asset, ushort sensor, DateTimeOffset upTo, CancellationToken cancel)
    {
        var search = new Search(this, log, asset, sensor, Micros.From(upTo));
        var (near, late) = (upTo - Streams.ClocksApart, upTo + 2 * Streams.ClocksApart);
        if (await search.IsFound(near, late, cancel)) return search.Best;
        if (await search.IsFound(late, asset.KnownAtTime.AddDays(1), cancel)) return search.Best;
        // The rest of that day, then whole days.
        for (var (begin, end) = (StartOf(near), near); end > asset.RegisteredAt - StepBack; (begin, end) = (begin - StepBack, begin))
            if (search.KnowsBetterThan(end) || await search.IsFound(begin, end, cancel)) break;
        return search.Best;
    }

    static DateTimeOffset StartOf(DateTimeOffset day) => new(day.UtcDateTime.Date, TimeSpan.Zero);

    sealed class Search(FindReading find, LogReader log, PastAsset asset, ushort sensor, long upTo)
    {
        readonly List<Reading> decoded = [];
        int looked;

        public FoundReading? Best { get; private set; }

        /// <summary>True if no event recorded up to a time can hold a newer reading.</summary>
        public bool KnowsBetterThan(DateTimeOffset recordedUpTo) =>
            Best is { } best && best.Reading.SampledAt >= Micros.From(recordedUpTo + Streams.ClocksApart);

        /// <summary>Searches what was recorded in a time; true if the reading at exactly the asked time is found.</summary>
        public async Task<bool> IsFound(DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
        {
            List<EventRange> candidates = [];
            var first = from > asset.RegisteredAt ? from : asset.RegisteredAt - StepBack;
            foreach (var stream in Streams.TelemetryBetween(asset.Id, first, to))
            {
                await foreach (var range in find.Ranges(stream, from, to, asset.KnownAt, cancel))
                {
                    if (++looked > MostEvents)
                        throw new TooLargeException(
                            $"The search for a reading of {asset.Id}", MostEvents, "events; give the time at which it was sampled", "at");
                    if (range.First <= upTo && range.Last > (Best?.Reading.SampledAt ?? long.MinValue)) candidates.Add(range);
                }
            }
            foreach (var range in candidates.OrderByDescending(r => Math.Min(r.Last, upTo)).ThenByDescending(r => r.Position))
            {
                if (Best is { } best && best.Reading.SampledAt >= Math.Min(range.Last, upTo)) break;
                await Decode(range, cancel);
            }
            return Best?.Reading.SampledAt == upTo;
        }

        async Task Decode(EventRange range, CancellationToken cancel)
        {
            await foreach (var batch in log.Some(range.Stream, [range.Version], cancel))
            {
                decoded.Clear();
                TelemetryCodec.Decode(batch.Batch, decoded, sensor);
                asset.Corrections.Apply(decoded);
                foreach (var reading in decoded)
                    if (reading.SampledAt <= upTo && reading.SampledAt > (Best?.Reading.SampledAt ?? long.MinValue))
                        Best = new(reading, batch.Position, asset.Corrections.PositionOf(sensor, reading.SampledAt));
            }
        }
    }

    async IAsyncEnumerable<EventRange> Ranges(
        string stream, DateTimeOffset from, DateTimeOffset to, long knownAt,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        var newest = (await log.Versions([stream], cancel)).GetValueOrDefault(stream);
        if (newest == 0) yield break;
        var day = new DateTimeOffset(
            DateOnly.ParseExact(stream[^10..], "yyyy-MM-dd", CultureInfo.InvariantCulture), TimeOnly.MinValue, TimeSpan.Zero);
        var after = from <= day ? 0 : await LastBefore(stream, from, newest, "last_recorded_at", cancel);
        var last = to >= day + StepBack ? newest : await LastBefore(stream, to, newest, "first_recorded_at", cancel);
        await foreach (var range in log.Ranges(stream, after, last, knownAt, cancel))
            yield return new(stream, range.Version, range.Position, range.First, range.Last);
    }

    // The log has no index on time, but within a stream times rise with versions: bisection. Of archived events the time of their block
    // will do, its last for a beginning and its first for an end: some more are looked at.
    async Task<long> LastBefore(string stream, DateTimeOffset time, long newest, string timeOfBlock, CancellationToken cancel)
    {
        var (low, high) = (0L, newest);
        while (low < high)
        {
            var middle = low + (high - low + 1) / 2;
            await using var command = source.CreateCommand(
                "select timestamp from events.mt_events where stream_id = $1 and version = $2 "
                    + $"union all select {timeOfBlock} from {Archive.Table} where stream_id = $1 "
                    + "and $2 between first_version and last_version");
            command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = stream }, new() { Value = middle } });
            if (await command.ExecuteScalarAsync(cancel) is DateTime at && at >= time.UtcDateTime) high = middle - 1;
            else low = middle;
        }
        return low;
    }
}
