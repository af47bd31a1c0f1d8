using Contracts.Estimates;
using TwinModel.Assets;

namespace TwinModel.Estimation;

/// <summary>Builds the API view of an estimate.</summary>
public static class ShowEstimate
{
    /// <summary>Builds the view.</summary>
    /// <param name="assetId">The asset.</param>
    /// <param name="setup">What made the estimate.</param>
    /// <param name="estimate">The estimate.</param>
    /// <param name="position">Highest log position of an event included.</param>
    /// <param name="hash"><see cref="EstimateTwin.Hash"/>.</param>
    public static EstimateView Of(string assetId, EstimationSetup setup, TwinEstimate estimate, long position, string hash)
    {
        var axis = setup.Compiled.Axis;
        double[] centres = [.. Enumerable.Range(0, axis.Cells).Select(axis.Centre)];
        return new(
            assetId, setup.Model.Id, position, setup.TickSeconds, estimate.At,
            setup.HasPhysics ? Of(setup.Model, estimate.Sync) : null,
            [.. estimate.Signals.Where(s => double.IsFinite(s.Value.Mean)).Select(s => Of(setup, s))],
            [.. estimate.Profiles.Select(p => new EstimatedProfile(
                p.Id, NameOf(setup, p.Id), p.Unit, centres, [.. p.Values.Select(v => v.Mean)],
                [.. p.Values.Select(v => v.StandardDeviation)]))],
            [.. estimate.Learned.Select((l, i) => Of(setup.Wanderers[i], l, setup))],
            [.. estimate.Innovations.Select((o, i) => new SensorResidual(
                o.Sensor, o.Signal, setup.Observed[i].Place.Signal.Unit.Symbol, o.Measured, o.Predicted, o.Deviation,
                o.LeftOut.ToString().ToLowerInvariant()))],
            estimate.Nis, estimate.DegreesOfFreedom, hash);
    }

    /// <summary>The part that is shown with the live twin.</summary>
    public static EstimateSummary SummaryOf(EstimateView view) => new(view.At, view.Sync, view.Signals);

    /// <summary>How APIs write a state.</summary>
    public static string Name(SyncState state) => state switch
    {
        SyncState.InSync => "in-sync",
        SyncState.Drifting => "drifting",
        SyncState.Lost => "lost",
        _ => "unknown",
    };

    static SyncView Of(AssetModel model, Sync sync) => new(
        Name(sync.State), sync.Since, sync.Sensor, sync.Cause is { } cause ? Of(model, cause) : null);

    static CauseView Of(AssetModel model, Cause cause) => new(
        cause.Kind.ToString().ToLowerInvariant(), cause.Sensor, TextOf(model, cause),
        [.. cause.Evidence.Select(d => new DeviationView(d.Sensor, d.Score))]);

    static string TextOf(AssetModel model, Cause cause)
    {
        string Name(string sensor) => model.Sensors.First(s => s.Id == sensor).Name;
        var (first, others) = (cause.Evidence[0], cause.Evidence.Skip(1).Select(d => Name(d.Sensor)).ToList());
        var side = first.Score > 0 ? "more" : "less";
        return cause.Kind switch
        {
            CauseKind.Sensor when first.Score == 0 => $"The sensor of {Name(first.Sensor)} always shows the same value.",
            CauseKind.Sensor when others.Count > 0 =>
                $"The sensor of {Name(first.Sensor)} seems to show {side} than there is: {string.Join(", ", others)} does not go along "
                    + "with it.",
            CauseKind.Sensor => $"The sensor of {Name(first.Sensor)} seems to show {side} than there is: no other deviates.",
            CauseKind.Actuator =>
                $"What controls {Name(first.Sensor)} seems to have failed: {Name(first.Sensor)} and {string.Join(", ", others)} both show "
                    + $"{side} than predicted.",
            _ => "The process or its material seems to have changed: more or less than predicted is shown by "
                + $"{string.Join(", ", cause.Evidence.Select(d => $"{Name(d.Sensor)} ({(d.Score > 0 ? "more" : "less")})"))}.",
        };
    }

    static EstimatedSignal Of(EstimationSetup setup, SignalEstimate signal)
    {
        if (setup.Model.Calculated.FirstOrDefault(c => c.Id == signal.Id) is { } calculated)
        {
            return new(
                signal.Id, calculated.Name, signal.Unit, signal.Value.Mean, signal.Value.StandardDeviation, null, calculated.Expression);
        }
        var declared = setup.Compiled.Signals.First(s => s.Signal.Id == signal.Id).Signal;
        return new(
            signal.Id, declared.Name, signal.Unit, signal.Value.Mean, signal.Value.StandardDeviation,
            declared.Sensor is { } sensor ? setup.Model.Sensor(sensor)!.Id : null);
    }

    static string NameOf(EstimationSetup setup, string signal) => setup.Compiled.Signals.First(s => s.Signal.Id == signal).Signal.Name;

    static LearnedValue Of(Wanderer wanderer, LearnedEstimate learned, EstimationSetup setup) => new(
        learned.Kind, learned.Id, wanderer.Kind == WandererKind.Bias && learned.Unit == "degC" ? "K" : learned.Unit,
        learned.Value.Mean, learned.Value.StandardDeviation,
        wanderer.Kind switch
        {
            WandererKind.Parameter => wanderer.Report(Math.Log(setup.Compiled.Parameters[wanderer.Number])),
            WandererKind.Input => wanderer.Report(setup.Compiled.Inputs[wanderer.Number]),
            _ => 0,
        },
        learned.IsIdentified);
}
