using Contracts.Calibrations;
using Contracts.Decisions;
using Contracts.Messages;
using MassTransit;
using ServiceDefaults;
using TwinModel.Calibration;

namespace Simulation.Calibrations;

/// <summary>Gives an asset the parameters of a calibration.</summary>
sealed class AdoptCalibrationConsumer(CalibrationStore store, AssetRegistry registry, TimeProvider time) : IConsumer<AdoptCalibration>
{
    public async Task Consume(ConsumeContext<AdoptCalibration> context)
    {
        var m = context.Message;
        await registry.Refresh(context.CancellationToken);
        var model = registry.Get(m.AssetId).Model;
        await context.RespondAsync(await store.Answer(m.AssetId, m.CalibrationId, known => DecideCalibration.Adopt(
            known, m.AssetId, m.CalibrationId, model.Hash, registry.ParametersOf(m.AssetId)?.Parameters, m.By, m.Comment, time.GetUtcNow()),
            context.CancellationToken, context.SentBy()));
    }
}

/// <summary>Gives an asset the parameters that it had before the calibration in force.</summary>
sealed class RollBackCalibrationConsumer(CalibrationStore store, AssetRegistry registry, TimeProvider time) : IConsumer<RollBackCalibration>
{
    public async Task Consume(ConsumeContext<RollBackCalibration> context)
    {
        var m = context.Message;
        await registry.Refresh(context.CancellationToken);
        await context.RespondAsync(await store.Answer(m.AssetId, m.CalibrationId, known => DecideCalibration.RollBack(
            known, m.AssetId, m.CalibrationId, id => registry.FindParameters(m.AssetId, id), m.By, m.Comment, time.GetUtcNow()),
            context.CancellationToken, context.SentBy()));
    }
}

static class DecideOnCalibrations
{
    /// <summary>The calibration after a decision, or why it was refused.</summary>
    public static async Task<CalibrationAnswered> Answer(
        this CalibrationStore store, string assetId, string id,
        Func<AssetCalibrations, (IReadOnlyList<object> Events, Refusal? Refusal)> decide, CancellationToken cancel,
        Caller caller)
    {
        Refusal? refusal = null;
        var known = await store.Change(assetId, k =>
        {
            var (events, why) = decide(k);
            refusal = why;
            return events;
        }, cancel, caller);
        return refusal is not null ? new(null, refusal) : new(known.Find(id)! with { IsInForce = known.InForce == id }, null);
    }
}
