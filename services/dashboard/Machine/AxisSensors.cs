using TwinModel.Assets;
using TwinModel.Physics;
using TwinModel.Units;

namespace Dashboard.Machine;

/// <summary>A temperature measured somewhere along the axis.</summary>
/// <param name="SensorId">The sensor.</param>
/// <param name="PositionMetre">From the start of the axis.</param>
/// <param name="SetPointId">The sensor of its set point; null when there is none.</param>
/// <param name="IsMelt">True: of the material; false: of the wall.</param>
public sealed record AxisPoint(string SensorId, double PositionMetre, string? SetPointId, bool IsMelt);

/// <summary>The axis of a machine and its sensors, from the physics in its model. Pure.</summary>
/// <param name="LengthMetre">From its start to its end.</param>
/// <param name="Points">In the order of the axis; none without physics.</param>
/// <param name="Misread">What this dashboard does not understand of the model, which is newer; null when it understands all.</param>
public sealed record AxisSensors(double LengthMetre, IReadOnlyList<AxisPoint> Points, string? Misread = null)
{
    public static AxisSensors None { get; } = new(0, []);

    /// <summary>Sensors of the wall, in the order of the axis.</summary>
    public IReadOnlyList<AxisPoint> Wall => [.. Points.Where(p => !p.IsMelt)];

    internal static AxisSensors Of(Live.ReadableModel read) => read.Model is { } model ? Of(model) : None with { Misread = read.Misread };

    internal static AxisSensors Of(AssetModel model)
    {
        if (model.Physics is not { } physics) return None;
        List<AxisPoint> points = [];
        foreach (var signal in physics.Signals.Where(s => s is { Sensor: not null, IsProfile: false } && s.Unit.Quantity == "temperature"))
        {
            var sensor = model.Sensor(signal.Sensor!.Value)!.Id;
            var component = physics.Components.FirstOrDefault(c => c.Id == signal.From.Split('.')[0]);
            if (component is { Type: "heater-zone" } && Metre(component, "start") is { } start && Metre(component, "end") is { } end)
                points.Add(new(sensor, (start + end) / 2, SetPoint(model, physics, component), IsMelt: false));
            else if (component is { Type: "melt-channel" }) points.Add(new(sensor, physics.Axis.Length, null, IsMelt: true));
        }
        return points.Count(p => !p.IsMelt) < 2 ? None : new(physics.Axis.Length, [.. points.OrderBy(p => p.PositionMetre)]);
    }

    static double? Metre(ComponentSpec component, string parameter) =>
        component.Parameters.GetValueOrDefault(parameter) is { } value
            ? value.Unit.ConvertTo(Unit.OfCalculation("length"), value.Value)
            : null;

    static string? SetPoint(AssetModel model, PhysicsModel physics, ComponentSpec component) =>
        physics.Inputs.FirstOrDefault(i => i.Id == component.Connections.GetValueOrDefault("set-point"))?.Sensor is { } number
            ? model.Sensor(number)?.Id
            : null;
}
