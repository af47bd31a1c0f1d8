using System.Runtime.CompilerServices;
using Contracts.Scenarios;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Estimation;
using TwinModel.Telemetry;

namespace Simulation.Scenarios;

/// <summary>Reads what was known of a machine at the start of a run from the newest checkpoint of its estimate.</summary>
sealed class ReadEstimate(StoredCheckpoints checkpoints, LogReader log)
{
    // Parameters hardly change within an hour, and unmeasured inputs have time constants of hours. Checkpoints are minutes apart: without
    // one for this long, the machine was silent and may have been changed meanwhile.
    static readonly TimeSpan Oldest = TimeSpan.FromHours(1);

    // Compiling one takes many milliseconds. The registry holds each model once, so there is one per model hash.
    static readonly ConditionalWeakTable<AssetModel, EstimationSetup> Setups = [];

    /// <summary>Null when there is none, or none that is new enough.</summary>
    public async Task<Posterior?> Run(AssetModel model, ScenarioDefinition definition, CancellationToken cancel)
    {
        if (model.Estimation is null) return null;
        var (setup, oldest) = (Setups.GetValue(model, m => new(m)), definition.ValidAt - Oldest);
        var corrections = await log.CorrectionsOf(definition.AssetId, model, definition.KnownAt, cancel);
        var stored = await checkpoints.Newest(
            definition.AssetId, setup.Fingerprint, setup.TickOf(Micros.From(definition.ValidAt)), corrections, setup.TickMicros,
            definition.KnownAt, cancel);
        if (stored is null) return null;
        using var reader = new BinaryReader(new MemoryStream(stored.Checkpoint.State));
        var posterior = Estimator.Read(setup, reader).Posterior();
        // A checkpoint made when a silence ends holds the estimate from before it.
        return posterior?.At >= oldest ? posterior : null;
    }
}
