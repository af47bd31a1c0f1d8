using Contracts.Scenarios;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Estimation;
using TwinModel.Scenarios;
using TwinModel.Telemetry;

namespace Simulation.Scenarios;

/// <summary>
/// Reads an asset's recorded inputs around a run, its learned parameters and the estimate of the machine at its start, as known at the
/// scenario's log position. Read-only: a scenario never touches the live twin.
/// </summary>
sealed class ReadInputs(LogReader log, ReadEstimate estimate, ReadParameters parameters, FindTelemetry telemetry)
{
    public async Task<RecordedInputs> Run(AssetModel model, ScenarioDefinition definition, CancellationToken cancel)
    {
        var recorded = await Recorded(model, definition, cancel);
        var set = await parameters.Run(model, definition.AssetId, definition.KnownAt, cancel);
        if (set is not null) recorded = recorded.With(set);
        var posterior = await estimate.Run(CalibratedModels.Of(model, set), definition, cancel);
        return posterior is null ? recorded : recorded.With(posterior);
    }

    async Task<RecordedInputs> Recorded(AssetModel model, ScenarioDefinition definition, CancellationToken cancel)
    {
        var sensors = (model.Physics?.Inputs ?? []).Select(i => i.Sensor).OfType<ushort>().Distinct().ToArray();
        if (sensors.Length == 0) return RecordedInputs.None;
        var start = Micros.From(definition.ValidAt);
        var first = start - (long)(RecordInputs.WarmUpSeconds * Micros.PerSecond);
        var last = start + (long)(definition.HorizonSeconds * Micros.PerSecond);
        var (recordedFrom, streams) = await telemetry.Since(definition.AssetId, Micros.ToTime(first), cancel);
        var corrections = await log.CorrectionsOf(definition.AssetId, model, definition.KnownAt, cancel);
        List<Reading> found = [], decoded = [];
        await foreach (var batch in log.UpTo(streams, definition.KnownAt, recordedFrom, corrections, cancel))
        {
            var range = TelemetryCodec.SampleRange(batch.Batch);
            if (range.Last < first || range.First > last) continue;
            foreach (var sensor in sensors)
            {
                decoded.Clear();
                TelemetryCodec.Decode(batch.Batch, decoded, sensor);
                found.AddRange(decoded.Where(r => r.SampledAt >= first && r.SampledAt <= last));
            }
        }
        return RecordInputs.From(model, found, start, definition.HorizonSeconds);
    }
}
