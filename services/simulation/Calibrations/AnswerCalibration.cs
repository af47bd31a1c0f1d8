using System.Runtime.CompilerServices;
using Contracts.Calibrations;
using Contracts.Events;
using Contracts.Messages;
using MassTransit;
using ServiceDefaults;
using Simulation.Scenarios;
using TwinModel.Assets;
using TwinModel.Calibration;
using TwinModel.Estimation;
using TwinModel.Telemetry;

namespace Simulation.Calibrations;

/// <summary>Reads the window of a calibration from the log, finds the answer and records it.</summary>
sealed partial class AnswerCalibration(
    CalibrationStore store, FindModel models, FindTelemetry telemetry, ReadParameters parameters, LogReader log, TimeProvider time,
    ILogger<AnswerCalibration> logger)
{
    // Compiling one takes many milliseconds. The registry holds each model once, so there is one per model hash.
    static readonly ConditionalWeakTable<AssetModel, EstimationSetup> Setups = [];

    // One calibration uses all processors.
    readonly SemaphoreSlim free = new(1);

    /// <summary>Answers a calibration that has no answer yet.</summary>
    public async Task Run(CalibrationView calibration, CancellationToken cancel)
    {
        await free.WaitAsync(cancel);
        try
        {
            var (id, assetId, started) = (calibration.Id, calibration.Definition.AssetId, time.GetTimestamp());
            object answer;
            try
            {
                var result = await Result(calibration, cancel);
                answer = new CalibrationProposed(id, assetId, result, time.GetUtcNow());
            }
            catch (CalibrationFailedException e)
            {
                answer = new CalibrationFailed(id, assetId, e.Cause, e.Message, time.GetUtcNow());
            }
            catch (Exception e) when (!Errors.Meaning(e).Retry && e is not (NotFoundException or OperationCanceledException))
            {
                // Whoever waits must not wait for ever.
                LogFailed(e, id, assetId);
                answer = new CalibrationFailed(
                    id, assetId, "internal", $"The calibration ended with an error ({e.GetType().Name}).", time.GetUtcNow());
            }
            await store.Change(assetId, known => known.Find(id)?.State == "requested" ? [answer] : [], cancel);
            Measures.CalibrationDuration.Record(time.GetElapsedTime(started).TotalSeconds);
        }
        finally
        {
            free.Release();
        }
    }

    async Task<CalibrationResult> Result(CalibrationView calibration, CancellationToken cancel)
    {
        var definition = calibration.Definition;
        using var activity = Measures.Traces.StartActivity("calibrate");
        activity?.SetTag("pollux.asset", definition.AssetId).SetTag("pollux.calibration", calibration.Id);
        var model = await models.Run(definition.AssetId, calibration.ModelHash, cancel);
        if (model.Estimation is null) throw new CalibrationFailedException("invalid", "The asset's model has no section 'estimation'.");
        var setup = Setups.GetValue(model, m => new(m));
        var inForce = await parameters.Run(model, definition.AssetId, definition.KnownAt, cancel);
        var window = await Read(setup, definition, cancel);
        return await Task.Run(() => new CalibrateModel(setup, window, inForce).Run(definition.Parameters, cancel), cancel);
    }

    async Task<WindowReadings> Read(EstimationSetup setup, CalibrationDefinition definition, CancellationToken cancel)
    {
        var window = new WindowReadings(setup, Micros.From(definition.From), Micros.From(definition.To));
        var (recordedFrom, streams) = await telemetry.Since(definition.AssetId, Micros.ToTime(window.First), cancel);
        var corrections = await log.CorrectionsOf(definition.AssetId, setup.Model, definition.KnownAt, cancel);
        List<Reading> decoded = [];
        await foreach (var batch in log.UpTo(streams, definition.KnownAt, recordedFrom, corrections, cancel))
        {
            var range = TelemetryCodec.SampleRange(batch.Batch);
            if (range.Last < window.First || range.First >= window.To) continue;
            decoded.Clear();
            TelemetryCodec.Decode(batch.Batch, decoded);
            foreach (var reading in decoded) window.Add(reading);
        }
        return window;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Calibration {CalibrationId} of {AssetId} failed")]
    partial void LogFailed(Exception exception, string calibrationId, string assetId);
}

/// <summary>Records a request and tells the caller; then works on it. A message delivered again goes on where the process died.</summary>
sealed class RequestCalibrationConsumer(CalibrationStore store, AnswerCalibration answer) : IConsumer<RequestCalibration>
{
    public async Task Consume(ConsumeContext<RequestCalibration> context)
    {
        var m = context.Message;
        var known = await store.Change(m.Definition.AssetId, k => k.Find(m.CalibrationId) is not null ? [] :
            [new CalibrationRequested(
                m.CalibrationId, m.Definition.AssetId, m.ModelId, m.ModelHash, m.Definition, m.RequestedBy, m.RequestedAt)],
            context.CancellationToken, context.SentBy());
        var calibration = known.Find(m.CalibrationId)!;
        // Absent when the request comes from a restore.
        if (context.ResponseAddress is not null) await context.RespondAsync(new CalibrationAnswered(calibration, null));
        if (calibration.State == "requested") await answer.Run(calibration, context.CancellationToken);
    }
}
