using TwinModel.Physics;
using TwinModel.Units;

namespace TwinModel.Scenarios;

/// <summary>Something that an intervention may change.</summary>
/// <param name="Name">Input id, target id, or <c>component.parameter</c>.</param>
/// <param name="Unit">Default unit.</param>
/// <param name="Range">Allowed values in that unit; null: any value that can be reached.</param>
/// <param name="Input">Index of the input that is changed or solved for; -1 for a parameter.</param>
/// <param name="Solve">The signal that has to reach the value; null when the input itself is given.</param>
/// <param name="Parameter">Name of the parameter; null for an input.</param>
sealed record ScenarioTarget(string Name, Unit Unit, Interval? Range, int Input, PhysicsSignal? Solve, string? Parameter)
{
    public static IEnumerable<string> Names(PhysicsModel physics) =>
        physics.Targets.Select(t => t.Id).Concat(physics.Inputs.Select(i => i.Id))
            .Concat(physics.Components.SelectMany(c => Free(c).Select(p => $"{c.Id}.{p.Name}")));

    public static ScenarioTarget? Find(PhysicsModel physics, string name)
    {
        for (var i = 0; i < physics.Inputs.Count; i++)
        {
            var input = physics.Inputs[i];
            if (input.Id == name) return new(name, input.Unit, input.Range, i, null, null);
            if (physics.Targets.FirstOrDefault(t => t.Id == name && t.Input == input.Id) is { } target)
            {
                var signal = physics.Signals.First(s => s.Id == target.Signal);
                return new(name, signal.Unit, null, i, signal, null);
            }
        }
        foreach (var component in physics.Components)
        {
            foreach (var parameter in Free(component).Where(p => name == $"{component.Id}.{p.Name}"))
            {
                var given = component.Parameters.GetValueOrDefault(parameter.Name);
                var unit = given?.Unit ?? Unit.OfCalculation(parameter.Quantity);
                var value = given?.Value ?? parameter.Default ?? 0;
                return new(name, unit, given?.Bounds ?? (value > 0 ? new(value / 2, value * 2) : null), -1, null, name);
            }
        }
        return null;
    }

    static IEnumerable<ParameterType> Free(ComponentSpec component) =>
        ComponentLibrary.Find(component.Type)!.Parameters.Where(p => !p.IsLayout);

    /// <summary>The unit of a value; null when not allowed. Temperature offsets are in K.</summary>
    public Unit? UnitOf(string symbol, string kind) =>
        symbol.Length == 0 ? kind == "offset" && Unit.Quantity == "temperature" ? Difference : Unit
        : kind == "offset" && Unit.Quantity == "temperature" ? symbol is "K" or "degC" ? Difference : null
        : Unit.Of(Unit.Quantity, symbol);

    public IEnumerable<string> Units(string kind) =>
        kind == "offset" && Unit.Quantity == "temperature" ? ["K"] : Unit.AllSymbolsOf(Unit.Quantity);

    // Temperature offsets have no zero point.
    static Unit Difference { get; } = TwinModel.Units.Unit.Of("temperature-difference", "K")!;

    /// <summary>A value in the unit of calculation: a factor, an offset or the value itself.</summary>
    public double Calculated(string kind, double value, string symbol)
    {
        if (kind == "scale") return value;
        var unit = UnitOf(symbol, kind)!;
        return kind == "offset" ? value * unit.Factor : unit.ConvertTo(TwinModel.Units.Unit.OfCalculation(Unit.Quantity), value);
    }
}
