using System.Globalization;
using Contracts.Scenarios;
using TwinModel.Assets;
using TwinModel.Estimation;

namespace TwinModel.Scenarios;

/// <summary>Says what a scenario started from.</summary>
static class DescribeStart
{
    public static EstimatedStart? Of(Posterior? estimate, ScenarioSetup setup) => estimate is null ? null : new(
        estimate.At, ShowEstimate.Name(estimate.Sync.State), estimate.Sync.Since, estimate.Sync.Sensor,
        [.. estimate.Innovations.Where(i => i.Deviation is not null).Select(i => Residual(i, setup))], [.. setup.Learned!.Values()]);

    /// <summary>Why the start may be wrong; null when there is no reason to say so.</summary>
    public static string? Warning(RecordedInputs inputs, AssetModel model, DateTimeOffset validAt)
    {
        if (model.Estimation is null) return null;
        if (inputs.Estimate is not { } estimate)
        {
            if (inputs.Parameters is { } set)
            {
                return $"There is no estimate of this machine at {Text(validAt)} with the parameters of calibration "
                    + $"'{set.CalibrationId}' yet; they are used as they were found, with the model's unmeasured inputs.";
            }
            return $"There is no estimate of this machine at {Text(validAt)}; parameters and unmeasured inputs are those of the model.";
        }
        var (state, since, sensor, _) = estimate.Sync;
        if (state is not (SyncState.Drifting or SyncState.Lost)) return null;
        var worst = sensor is null ? "" : $", most at sensor '{sensor}'";
        return state == SyncState.Lost
            ? $"The physics has not followed this machine since {Text(since!.Value)}{worst}; what was learned from it may be wrong."
            : $"Sensors and physics have differed by more than chance allows since {Text(since!.Value)}{worst}.";
    }

    static StartResidual Residual(Innovation innovation, ScenarioSetup setup)
    {
        var unit = setup.Scalars.First(s => s.Signal.Id == innovation.Signal).Signal.Unit;
        return new(innovation.Sensor, innovation.Signal, unit.DifferenceSymbol, innovation.Difference!.Value,
            innovation.Deviation!.Value);
    }

    static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
