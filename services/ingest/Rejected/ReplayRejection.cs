using Contracts.Events;
using Contracts.Messages;
using Ingest.Messages;
using Ingest.Payloads;
using Ingest.Recording;
using Marten;
using MassTransit;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Ingest.Rejected;

/// <summary>Tries a rejected payload again, against the models as they are now, and writes down what came of it.</summary>
sealed class ReplayRejectionConsumer(
    RejectionLog rejections, RouteTopic routes, RecordReadings recorder, IDocumentStore store, TimeProvider time, IOptions<IngestSettings> settings)
    : IConsumer<ReplayRejection>
{
    public async Task Consume(ConsumeContext<ReplayRejection> context)
    {
        var command = context.Message;
        var rejection = await rejections.Find(command.Stream, command.RejectionId, context.CancellationToken)
            ?? throw new NotFoundException("rejection", command.RejectionId.ToString());
        var (now, decoded) = (time.GetUtcNow(), new Decoded());
        var route = routes.Find(rejection.Source);
        // What the window of time refused then was asked for by name now: any time up to now is taken.
        DecodePayload.By(route, rejection.Source, rejection.Payload, rejection.RejectedAt, decoded);
        var rejected = decoded.RejectedReadings;
        if (route.Asset is { } asset)
            rejected += ValidateReadings.Apply(decoded.Readings, asset.Model, new(0, Micros.From(now + settings.Value.FutureTolerance)), decoded.Rejections);
        var outcome = route.Asset is null || decoded.Readings.Count == 0
            ? default
            : await recorder.Record(route.Asset, decoded.Readings, null, new(rejection.Source, rejection.Payload), null, context.CancellationToken);
        await using var session = store.LightweightSession();
        session.Events.Append(command.Stream, new RejectionReplayed(
            rejection.Id, outcome.Stored, outcome.Duplicates, rejected + outcome.Rejected, [.. decoded.Rejections.Take(Rejections.MostReasons)], now));
        await session.SaveChangesAsync(context.CancellationToken);
    }
}
