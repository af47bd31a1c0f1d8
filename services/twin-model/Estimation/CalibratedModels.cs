using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Contracts.Calibrations;
using TwinModel.Assets;
using TwinModel.Physics;
using TwinModel.Units;

namespace TwinModel.Estimation;

/// <summary>Models of single machines: the asset model with parameters that were learned from one of its assets.</summary>
public static class CalibratedModels
{
    static readonly ConditionalWeakTable<AssetModel, ConcurrentDictionary<string, AssetModel>> Known = [];
    static readonly ConditionalWeakTable<ParameterSet, string> Hashes = [];

    // As many changes the declared discrepancy is worth: one window has a few, and what it shows of them depends on chance.
    const double DeclaredChanges = 24;

    /// <summary>
    /// The model with these parameters, each lognormal with the median and the deviation that were learned. The model itself when the set
    /// is null, or belongs to another revision of it. The same set gives the same instance, so that its physics is compiled once.
    /// </summary>
    public static AssetModel Of(AssetModel model, ParameterSet? set)
    {
        if (set is null || set.ModelHash != model.Hash || model.Physics is null) return model;
        var hash = Hashes.GetValue(
            set, s => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(s)))));
        return Known.GetValue(model, _ => new()).GetOrAdd(hash, _ => Calibrated(model, set, hash));
    }

    /// <summary>What a calibration says of a machine that has no estimate yet. Inputs without a sensor keep their defaults.</summary>
    /// <param name="set">Parameters of the model.</param>
    /// <param name="model">The asset model.</param>
    /// <param name="at">The time asked for.</param>
    public static Posterior Posterior(ParameterSet set, AssetModel model, DateTimeOffset at) => new(
        at, new(SyncState.Unknown, null, null), [],
        [.. set.Values.Select(v => new LearnedMean(v.Id, "parameter", Math.Log(InCalculation(model.Physics!, v))))],
        [.. set.Values.Select((row, i) => set.Values.Select((column, j) =>
            set.Correlation[i][j] * row.LogDeviation * column.LogDeviation).ToArray())]);

    static AssetModel Calibrated(AssetModel model, ParameterSet set, string hash)
    {
        var physics = model.Physics!;
        var values = set.Values.ToDictionary(v => v.Id);
        // Mean and relative deviation of the lognormal distribution.
        (double Value, double Deviation) Moments(ParameterEstimate v) => (
            v.Value * Math.Exp(v.LogDeviation * v.LogDeviation / 2), Math.Sqrt(Math.Exp(v.LogDeviation * v.LogDeviation) - 1));
        ComponentSpec Component(ComponentSpec spec)
        {
            var own = values.Values.Where(v => v.Id.StartsWith($"{spec.Id}.", StringComparison.Ordinal)).ToList();
            if (own.Count == 0) return spec;
            var parameters = spec.Parameters.ToDictionary();
            foreach (var value in own)
            {
                var name = value.Id[(spec.Id.Length + 1)..];
                var (unit, bounds) = (physics.UnitOf(value.Id), spec.Parameters.GetValueOrDefault(name)?.Bounds);
                var (mean, deviation) = Moments(value);
                parameters[name] = new(mean, unit, $"calibration {set.CalibrationId}", deviation, bounds);
            }
            return spec with { Parameters = parameters };
        }
        return model with
        {
            Physics = physics with { Components = [.. physics.Components.Select(Component)] },
            Estimation = model.Estimation is not { } estimation ? null : estimation with
            {
                Parameters = [.. estimation.Parameters.Select(p => p with
                {
                    RelativeDeviation = values.TryGetValue(p.Parameter, out var v) ? Moments(v).Deviation : p.RelativeDeviation,
                    DoublesIn = p.UntilCalibrated ? null : p.DoublesIn,
                })],
                Sensors = [.. estimation.Sensors.Select(s =>
                    set.Errors?.FirstOrDefault(e => e.SignalId == s.Signal) is { } error ? Learned(s, error) : s)],
            },
            CalibrationHash = hash,
        };
    }

    // Mean of the declared variance and that of the residuals, by the number of changes behind each (the conjugate estimate of a variance).
    static CorrectingSensor Learned(CorrectingSensor sensor, HeldOutError error)
    {
        var declared = sensor.Discrepancy ?? sensor.Deviation;
        return sensor with
        {
            Discrepancy = Math.Sqrt((DeclaredChanges * declared * declared + error.Changes * error.RootMeanSquare * error.RootMeanSquare)
                / (DeclaredChanges + error.Changes)),
        };
    }

    static double InCalculation(PhysicsModel physics, ParameterEstimate value)
    {
        var unit = physics.UnitOf(value.Id);
        return unit.ConvertTo(Unit.OfCalculation(unit.Quantity), value.Value);
    }
}
