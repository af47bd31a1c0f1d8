using TwinModel.Assets;
using TwinModel.Physics;
using TwinModel.Units;

namespace Dashboard.Machine;

/// <summary>A temperature sensor on the axis.</summary>
/// <param name="SensorId">Sensor id.</param>
/// <param name="PositionMetre">Distance from the start of the axis, m.</param>
/// <param name="SetPointId">Id of the set-point sensor; null if there is none.</param>
/// <param name="IsMelt">True: material; false: wall.</param>
public sealed record AxisPoint(string SensorId, double PositionMetre, string? SetPointId, bool IsMelt);

/// <summary>A machine's axis and its sensors, from the physics in its model. Pure.</summary>
/// <param name="LengthMetre">Length of the axis, m.</param>
/// <param name="Points">Sensors in axis order; empty without physics.</param>
/// <param name="Misread">What this dashboard does not understand in a newer model; null if it understands everything.</param>
public sealed record AxisSensors(double LengthMetre, IReadOnlyList<AxisPoint> Points, string? Misread = null)
{
    public static AxisSensors None { get; } = new(0, []);

    /// <summary>Wall sensors in axis order.</summary>
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
