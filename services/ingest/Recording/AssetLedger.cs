using ServiceDefaults;
using TwinModel.Telemetry;

namespace Ingest.Recording;

/// <summary>
/// One writer's view of an asset's part of the log: versions of its streams, its newest readings and rejections and, once late readings
/// require it, the sample time ranges of events. All of it can be reloaded from the log.
/// </summary>
sealed class AssetLedger(string assetId, RegisteredAsset? asset, DateOnly today, KnownReadings known)
{
    // 24 bytes each; five million events in an asset's streams would take 120 MB, so the oldest streams are evicted first.
    const int MostRanges = 500_000;
    readonly Dictionary<string, List<(long Version, long First, long Last)>> ranges = [];
    readonly HashSet<string> digests = [];
    readonly Queue<string> digestOrder = [];

    public string AssetId => assetId;

    /// <summary>Whose the asset is; null: of those who have no tenant.</summary>
    public string? Tenant => asset?.Tenant;

    public DateOnly Today => today;

    public KnownReadings Known => known;

    /// <summary>Today's rejections.</summary>
    public RejectedToday Rejections { get; private set; } = new(0, 0, 0, 0);

    /// <summary>Version of today's telemetry stream.</summary>
    public long Version { get; private set; }

    /// <summary>Version of today's stream of rejections.</summary>
    public long RejectedVersion { get; private set; }

    /// <summary>Records that this writer appended rejections to today's stream.</summary>
    public void Rejected(int count) => RejectedVersion += count;

    /// <summary>Records an event appended to today's stream.</summary>
    public void Appended(long version, byte[] batch)
    {
        Version = version;
        if (!ranges.TryGetValue(Streams.Telemetry(assetId, today), out var known)) return;
        var (first, last) = TelemetryCodec.SampleRange(batch);
        known.Add((version, first, last));
    }

    public static async Task<AssetLedger> Load(
        string assetId, RegisteredAsset? asset, LogReader log, RejectionLog rejections, DateTimeOffset now, TimeSpan futureTolerance,
        CancellationToken cancel)
    {
        // No event recorded before 'since' can hold a sample time at or after 'complete', because ingest refuses times in the future.
        var since = now - futureTolerance - TimeSpan.FromSeconds(60);
        var complete = since + futureTolerance + TimeSpan.FromSeconds(5);
        var today = Streams.DayOf(now);
        var ledger = new AssetLedger(assetId, asset, today, new KnownReadings(Micros.From(complete)));
        // Read the versions first: if another writer appends while the rest is being read, the next append fails.
        var (stream, rejected) = (Streams.Telemetry(assetId, today), Streams.Rejected(assetId, today));
        var versions = await log.Versions([stream, rejected], cancel);
        ledger.RejectedVersion = versions.GetValueOrDefault(rejected);
        if (asset is not null)
        {
            ledger.Version = versions.GetValueOrDefault(stream);
            List<Reading> readings = [];
            foreach (var day in new[] { stream, Streams.Telemetry(assetId, today.AddDays(-1)) })
            {
                await foreach (var batch in log.NewestFirst(day, cancel))
                {
                    if (batch.RecordedAt < since) break;
                    TelemetryCodec.Decode(batch.Batch, readings);
                }
            }
            foreach (var reading in readings) ledger.Known.Add(reading);
        }
        if (ledger.RejectedVersion > 0) ledger.Rejections = await rejections.Today(rejected, cancel);
        foreach (var digest in await rejections.RecentDigests(assetId, today, cancel)) ledger.TakeDigest(digest);
        return ledger;
    }

    /// <summary>Remembers a rejection's digest; true if it is new.</summary>
    public bool TakeDigest(string digest)
    {
        if (!digests.Add(digest)) return false;
        digestOrder.Enqueue(digest);
        if (digestOrder.Count > RejectionLog.MostDigests) digests.Remove(digestOrder.Dequeue());
        return true;
    }

    /// <summary>Reads from the log what it holds for these readings; used for readings older than the memory reaches.</summary>
    public async Task<Dictionary<(ushort, long),
        double>> LookUp(IReadOnlyList<Reading> late, LogReader log, DateTimeOffset now, CancellationToken cancel)
    {
        Dictionary<(ushort, long), double> found = [];
        if (asset is null || late.Count == 0) return found;
        var (from, to) = (late.Min(r => r.SampledAt), late.Max(r => r.SampledAt));
        // A reading is recorded on its day or later, or a day earlier if the device's clock is ahead.
        var oldest = Micros.ToTime(from).AddDays(-1);
        if (oldest < asset.RegisteredAt) oldest = asset.RegisteredAt.AddDays(-1);
        List<Reading> readings = [];
        foreach (var stream in Streams.TelemetryBetween(assetId, oldest, now))
        {
            var versions = (await RangesOf(stream, log, cancel)).Where(r => r.First <= to && r.Last >= from).Select(r => r.Version)
                .ToArray();
            foreach (var page in versions.Chunk(500))
            {
                readings.Clear();
                await foreach (var batch in log.Some(stream, page, cancel)) TelemetryCodec.Decode(batch.Batch, readings);
                foreach (var reading in readings)
                {
                    if (reading.SampledAt >= from && reading.SampledAt <= to) found[(reading.Sensor, reading.SampledAt)] = reading.Value;
                }
            }
        }
        return found;
    }

    async Task<List<(long Version, long First, long Last)>> RangesOf(string stream, LogReader log, CancellationToken cancel)
    {
        // Once read, a list stays complete: an append by another writer makes this ledger's next append fail, after which the ledger is
        // reloaded.
        if (ranges.TryGetValue(stream, out var known)) return known;
        known = [];
        await foreach (var range in log.Ranges(stream, 0, cancel)) known.Add(range);
        ranges[stream] = known;
        while (ranges.Values.Sum(r => r.Count) > MostRanges && ranges.Count > 1)
            ranges.Remove(ranges.Keys.Where(k => k != stream).Min(StringComparer.Ordinal)!);
        return known;
    }
}
