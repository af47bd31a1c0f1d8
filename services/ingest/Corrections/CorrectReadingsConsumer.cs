using Contracts.Events;
using Contracts.Messages;
using Ingest.Recording;
using Marten;
using MassTransit;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Ingest.Corrections;

/// <summary>
/// Records what people say about readings, if there are such readings. The readings themselves stay as they are: a device that sends them
/// again sends duplicates.
/// </summary>
sealed class CorrectReadingsConsumer(
    LogReader log, AssetRegistry registry, IDocumentStore store, AnnounceReadings announce, TimeProvider time)
    : IConsumer<CorrectReadings>, IConsumer<RetractReadings>, IConsumer<WithdrawCorrection>
{
    const int MostAttempts = 10;
    const int MostEventsAtOnce = 500;

    public Task Consume(ConsumeContext<CorrectReadings> context)
    {
        var (asset, correction) = (context.Message.AssetId, context.Message.Correction);
        return Record(asset, correction.CorrectionId, async _ =>
        {
            var asked = correction.Readings.Select(r => Micros.From(r.SampledAt)).Order().ToList();
            var recorded = await Sampled(asset, correction.SensorId, asked[0], asked[^1], context.CancellationToken);
            var missing = asked.Where(at => !recorded.Contains(at)).ToList();
            return missing.Count == 0 ? correction : throw new RuleViolationException(
                $"{asset} has no reading of {correction.SensorId} that was sampled at {Micros.ToTime(missing[0]):O}; "
                    + $"{missing.Count} of the {asked.Count} readings do not exist, so there is nothing to correct.");
        }, context);
    }

    public Task Consume(ConsumeContext<RetractReadings> context)
    {
        var (asset, retraction) = (context.Message.AssetId, context.Message.Retraction);
        return Record(asset, retraction.CorrectionId, async _ =>
        {
            var recorded = await Sampled(
                asset, retraction.SensorId, Micros.From(retraction.From), Micros.From(retraction.To) - 1, context.CancellationToken);
            return recorded.Count > 0 ? retraction with { Readings = recorded.Count } : throw new RuleViolationException(
                $"{asset} has no reading of {retraction.SensorId} that was sampled from {retraction.From:O} to {retraction.To:O}, so there "
                    + "is nothing to retract.");
        }, context);
    }

    public Task Consume(ConsumeContext<WithdrawCorrection> context)
    {
        var (asset, withdrawal) = (context.Message.AssetId, context.Message.Withdrawal);
        return Record(asset, null, known => Task.FromResult<object?>(
            known.Exists(c => c.CorrectionId == withdrawal.CorrectionId && c.Data is CorrectionWithdrawn) ? null
                : known.Exists(c => c.CorrectionId == withdrawal.CorrectionId) ? withdrawal
                : throw new RuleViolationException($"{asset} has no correction {withdrawal.CorrectionId}.")), context);
    }

    // Two replicas may append at the same time; the one that comes second looks again.
    async Task Record(
        string assetId, string? correctionId, Func<List<LoggedCorrection>, Task<object?>> decide, ConsumeContext context)
    {
        var cancel = context.CancellationToken;
        for (var attempt = 1; ; attempt++)
        {
            var known = (await log.CorrectionsOf([assetId], cancel: cancel)).GetValueOrDefault(assetId, []);
            if (known.Exists(c => c.CorrectionId == correctionId) || await decide(known) is not { } decided) return;
            var (stream, version) = (Streams.Correction(assetId), known.Count == 0 ? 0 : known[^1].Version);
            try
            {
                await using var session = store.LightweightSession();
                session.Stamp(context.SentBy());
                var e = session.Events.BuildEvent(decided);
                session.Events.Append(stream, version + 1, e);
                await session.SaveChangesAsync(cancel);
                announce.Announce([new(assetId, stream, e.Version, e.Sequence, e.Timestamp, null, null)]);
                return;
            }
            catch (Exception e) when (StoreFaults.IsConflict(e) && attempt < MostAttempts)
            {
            }
        }
    }

    /// <summary>Sample times of a sensor's recorded readings between two sample times, inclusive.</summary>
    async Task<HashSet<long>> Sampled(string assetId, string sensorId, long first, long last, CancellationToken cancel)
    {
        if (registry.Find(assetId) is null) await registry.Refresh(cancel);
        var asset = registry.Get(assetId);
        var sensor = asset.Model.Sensor(sensorId)?.Number
            ?? throw new RuleViolationException($"{assetId} has no sensor {sensorId} any more.");
        // A reading is recorded when it is sampled or later, apart from clock differences; imports may be older than the registration.
        var oldest = Micros.ToTime(first) - Streams.ClocksApart;
        if (oldest < asset.RegisteredAt) oldest = asset.RegisteredAt;
        HashSet<long> found = [];
        List<Reading> readings = [];
        foreach (var stream in Streams.TelemetryBetween(assetId, oldest, time.GetUtcNow().AddDays(1)))
        {
            List<long> versions = [];
            await foreach (var range in log.Ranges(stream, 0, cancel))
                if (range.First <= last && range.Last >= first) versions.Add(range.Version);
            foreach (var some in versions.Chunk(MostEventsAtOnce))
            {
                readings.Clear();
                await foreach (var batch in log.Some(stream, some, cancel)) TelemetryCodec.Decode(batch.Batch, readings, sensor);
                found.UnionWith(readings.Select(r => r.SampledAt).Where(at => at >= first && at <= last));
            }
        }
        return found;
    }
}
