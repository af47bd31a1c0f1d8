using Contracts.Events;
using Contracts.Messages;
using Ingest.Imports;
using Ingest.Messages;
using Ingest.Payloads;
using Ingest.Recording;
using Marten;
using MassTransit;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Ingest;

/// <summary>Retries a rejected payload against the current models and records the outcome.</summary>
sealed class ReplayRejectionConsumer(
    RejectionLog rejections, AssetRegistry registry, RouteTopic routes, ReadSparkplug sparkplug, IRecorder recorder,
    TenantUse use, IDocumentStore store, TimeProvider time, IOptions<IngestSettings> settings)
    : IConsumer<ReplayRejection>
{
    public async Task Consume(ConsumeContext<ReplayRejection> context)
    {
        var command = context.Message;
        var rejection = await rejections.Find(command.Stream, command.RejectionId, context.CancellationToken)
            ?? throw new NotFoundException("rejection", command.RejectionId.ToString());
        await registry.Refresh(context.CancellationToken);
        var (now, decoded) = (time.GetUtcNow(), new Decoded());
        var asset = registry.Find(rejection.AssetId);
        if (ReadSparkplug.IsSparkplug(rejection.Source))
        {
            // Decoded with the births stored now, not those of the time of the rejection.
            asset = (await sparkplug.ForReplay(context.CancellationToken))
                .Decode(rejection.Source, rejection.Payload, Micros.From(rejection.RejectedAt), decoded)?.Asset;
        }
        else if (!Payload.IsImport(rejection.Source))
        {
            var route = routes.Find(rejection.Source);
            asset = route.Asset;
            DecodePayload.By(route, rejection.Source, rejection.Payload, rejection.RejectedAt, decoded);
        }
        else if (asset is not null)
        {
            await ImportFormats.Decode(rejection, asset.Model, decoded, context.CancellationToken);
        }
        var rejected = decoded.RejectedReadings;
        // A replay is an explicit request, so any sample time from 1970 up to now is accepted.
        if (asset is not null)
            rejected += ValidateReadings.Apply(
                decoded.Readings, asset.Model, new(0, Micros.From(now + settings.Value.FutureTolerance)), decoded.Rejections);
        rejected += use.Refuse(asset, decoded.Readings, decoded.Rejections);
        var outcome = asset is null || decoded.Readings.Count == 0
            ? default
            : await recorder.Record(
                asset, decoded.Readings, null, new(rejection.Source, rejection.Payload), null, context.CancellationToken, isReplay: true,
                context.SentBy());
        await using var session = store.LightweightSession();
        session.Stamp(context.SentBy());
        session.Events.Append(command.Stream, new RejectionReplayed(
            rejection.Id, outcome.Stored, outcome.Duplicates, rejected + outcome.Rejected,
            [.. decoded.Rejections.Concat(outcome.Reasons ?? []).Take(Rejections.MostReasons)], now));
        await session.SaveChangesAsync(context.CancellationToken);
    }
}
