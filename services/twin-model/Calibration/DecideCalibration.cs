using Contracts.Calibrations;
using Contracts.Decisions;
using Contracts.Events;

namespace TwinModel.Calibration;

/// <summary>
/// Which events follow from a decision about a calibration, or why none. Pure; the same decision twice has no second effect.
/// </summary>
public static class DecideCalibration
{
    /// <summary>Adopts a calibration.</summary>
    /// <param name="known">The asset's calibrations.</param>
    /// <param name="assetId">The asset.</param>
    /// <param name="id">The calibration.</param>
    /// <param name="modelHash">The model that the asset has now.</param>
    /// <param name="inForce">The parameters in force; null: the model's own.</param>
    /// <param name="by">Who decides.</param>
    /// <param name="comment">Why.</param>
    /// <param name="now">The time.</param>
    public static (IReadOnlyList<object> Events, Refusal? Refusal) Adopt(
        AssetCalibrations known, string assetId, string id, string modelHash, ParameterSet? inForce, string by, string? comment,
        DateTimeOffset now)
    {
        if (known.Find(id) is not { } view) return ([], new("not-found", "", id));
        if (known.InForce == id) return ([], null);
        if (view.Result is null) return ([], new("not-possible", "", $"The calibration is {view.State}: there is nothing to adopt."));
        if (view.Result.Parameters.All(p => !p.IsIdentified))
            return ([], new("not-possible", "", "The calibration has identified no parameter: there is nothing to adopt."));
        if (view.ModelHash != modelHash)
            return ([], new("not-possible", "", "The asset has another model since; calibrate it again."));
        return ([new CalibrationAdopted(id, assetId, FoldCalibration.Parameters(view, inForce), known.InForce, by, comment, now)], null);
    }

    /// <summary>Goes back to what was in force before.</summary>
    /// <param name="known">The asset's calibrations.</param>
    /// <param name="assetId">The asset.</param>
    /// <param name="id">The calibration in force.</param>
    /// <param name="parametersOf">Parameters of an earlier adoption.</param>
    /// <param name="by">Who decides.</param>
    /// <param name="comment">Why.</param>
    /// <param name="now">The time.</param>
    public static (IReadOnlyList<object> Events, Refusal? Refusal) RollBack(
        AssetCalibrations known, string assetId, string id, Func<string, ParameterSet?> parametersOf, string by, string? comment,
        DateTimeOffset now)
    {
        if (known.Find(id) is not { } view) return ([], new("not-found", "", id));
        if (known.InForce != id)
        {
            return view.State == "rolled-back" ? ([], null) : ([], new("not-possible", "", known.InForce is { } other
                ? $"The calibration is not in force; '{other}' is."
                : "The calibration is not in force; the asset has the values of its model."));
        }
        var restored = view.Adoption!.OtherId;
        var parameters = restored is null ? null : parametersOf(restored);
        return ([new CalibrationRolledBack(id, assetId, restored, parameters, by, comment, now)], null);
    }
}
