using Contracts.Query.V1;
using TwinModel.Assets;

namespace Dashboard.Machine;

/// <summary>What is estimated and calculated of a machine, and when that begins, from its model. Pure.</summary>
/// <param name="Signals">Signals that are one number, without values; empty when there are none.</param>
/// <param name="Inputs">Sensors that must have been heard before the first estimate.</param>
/// <param name="Tick">Time between two estimates.</param>
public sealed record Estimation(IReadOnlyList<EstimatedSignal> Signals, IReadOnlyList<string> Inputs, TimeSpan Tick)
{
    public static Estimation None { get; } = new([], [], TimeSpan.Zero);

    /// <summary>Whether the model says how the machine works.</summary>
    public bool HasPhysics { get; init; }

    internal static Estimation Of(Live.ReadableModel read) => read.Model is { } model ? Of(model) : None;

    internal static Estimation Of(AssetModel model)
    {
        if (!model.HasEstimate) return model.Physics is null ? None : None with { HasPhysics = true };
        return new(
            [.. model.EstimatedSignals.Select(s => new EstimatedSignal
            {
                Id = s.Id,
                Name = s.Name,
                Unit = s.Unit.Symbol,
                SensorId = SensorId(model.Physics?.Signals.FirstOrDefault(p => p.Id == s.Id)?.Sensor),
                Expression = model.Calculated.FirstOrDefault(c => c.Id == s.Id)?.Expression ?? "",
            })],
            [.. (model.Estimation is null ? [] : model.Physics!.Inputs).Where(i => i.Sensor is not null).Select(i => SensorId(i.Sensor))],
            model.Tick)
        {
            HasPhysics = model.Physics is not null,
        };

        string SensorId(ushort? number) => number is { } n ? model.Sensor(n)!.Id : "";
    }

    /// <summary>What a machine without an estimate waits for.</summary>
    public string WaitsFor(Twin twin)
    {
        var missing = Inputs.Select(id => twin.Sensors.FirstOrDefault(s => s.Id == id)).OfType<SensorState>()
            .Where(s => s.SampledAt is null).Select(s => s.Name).ToList();
        return missing.Count == 0
            ? "There is no estimate yet. All inputs of the physics are known; "
                + $"the first estimate needs {2 * Tick.TotalSeconds:0} s of readings."
            : $"There is no estimate yet. The physics waits for the first reading of {string.Join(", ", missing)}.";
    }
}
