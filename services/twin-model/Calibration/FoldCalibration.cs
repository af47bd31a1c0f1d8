using Contracts.Calibrations;
using Contracts.Events;

namespace TwinModel.Calibration;

/// <summary>The calibrations of one asset as their events tell them. Pure.</summary>
/// <param name="InForce">The calibration whose parameters the asset has; null: the model's own values.</param>
/// <param name="Views">Calibrations by id.</param>
public sealed record AssetCalibrations(string? InForce, IReadOnlyDictionary<string, CalibrationView> Views)
{
    /// <summary>Those of an asset that has none.</summary>
    public static AssetCalibrations None { get; } = new(null, new Dictionary<string, CalibrationView>());

    /// <summary>The calibration with this id; null when there is none.</summary>
    public CalibrationView? Find(string id) => Views.GetValueOrDefault(id);
}

/// <summary>What events make of calibrations, and which events follow from a request. Pure.</summary>
public static class FoldCalibration
{
    /// <summary>The state after an event.</summary>
    public static AssetCalibrations Apply(AssetCalibrations known, object e) => e switch
    {
        CalibrationRequested r => known.With(new CalibrationView(
            r.CalibrationId, r.ModelId, r.ModelHash, r.Definition, "requested", false, r.RequestedBy, r.RequestedAt, null, null, null, null,
            null, null)),
        CalibrationProposed p when known.Find(p.CalibrationId) is { } view => known.With(view with
        {
            State = "proposed",
            FinishedAt = p.ProposedAt,
            Result = p.Result,
        }),
        CalibrationFailed f when known.Find(f.CalibrationId) is { } view => known.With(view with
        {
            State = "failed",
            FinishedAt = f.FailedAt,
            Cause = f.Cause,
            Reason = f.Reason,
        }),
        CalibrationAdopted a when known.Find(a.CalibrationId) is { } view => known.With(view with
        {
            State = "adopted",
            Adoption = new(a.AdoptedBy, a.Comment, a.AdoptedAt, a.ReplacedId),
        }) with
        {
            InForce = a.CalibrationId,
        },
        CalibrationRolledBack b when known.Find(b.CalibrationId) is { } view => known.With(view with
        {
            State = "rolled-back",
            RollBack = new(b.RolledBackBy, b.Comment, b.RolledBackAt, b.RestoredId),
        }) with
        {
            InForce = b.RestoredId,
        },
        _ => known,
    };

    static AssetCalibrations With(this AssetCalibrations known, CalibrationView view) =>
        known with { Views = new Dictionary<string, CalibrationView>(known.Views) { [view.Id] = view } };

    /// <summary>The parameters of an asset after the adoption: what was identified, and what is in force of the others.</summary>
    /// <param name="proposed">A calibration with a result.</param>
    /// <param name="inForce">The parameters in force; null: the model's own.</param>
    public static ParameterSet Parameters(CalibrationView proposed, ParameterSet? inForce)
    {
        var found = proposed.Result!.Parameters.Where(p => p.IsIdentified).ToList();
        List<(ParameterEstimate Value, int Place, double[][]? Of)> values = [
            .. found.Select((p, i) => (new ParameterEstimate(p.Id, p.Unit, p.After, LogDeviation(p.Deviation)), i, (double[][]?)
                [.. proposed.Result.Correlation])),
        ];
        if (inForce?.ModelHash == proposed.ModelHash)
        {
            values.AddRange(inForce.Values.Select((v, i) => (v, i, (double[][]?)[.. inForce.Correlation]))
                .Where(v => found.TrueForAll(f => f.Id != v.v.Id)));
        }
        // What was learned in different windows is taken as independent.
        var learned = found.Count;
        var changes = proposed.Result.Spans.Count(s => s.IsHeldOut && s.Kind == "step");
        var errors = proposed.Result.Signals.Where(s => s.HoldOutAfter is not null)
            .Select(s => new HeldOutError(s.SignalId, s.HoldOutAfter!.Value, changes)).ToList();
        return new(proposed.Id, proposed.ModelHash, [.. values.Select(v => v.Value)],
            [.. values.Select((a, i) => values.Select((b, j) => i < learned == j < learned ? a.Of![a.Place][b.Place] : 0).ToArray())],
            changes == 0 || errors.Count == 0 ? null : errors);
    }

    static double LogDeviation(double relative) => Math.Sqrt(Math.Log(1 + relative * relative));
}
