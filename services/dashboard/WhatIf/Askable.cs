using TwinModel.Assets;
using TwinModel.Physics;
using TwinModel.Units;

namespace Dashboard.WhatIf;

/// <summary>Something that a scenario may change, as the asset's model names it.</summary>
/// <param name="Id">As the API takes it: input, target or <c>component.parameter</c>.</param>
/// <param name="Name">For people.</param>
/// <param name="Unit">Of values that are set.</param>
/// <param name="Group">Heading in lists.</param>
/// <param name="Range">Allowed values; null: any that can be reached.</param>
/// <param name="Calibrated">Where the model was compared with the machine; null: not said.</param>
/// <param name="Usual">What it is when nothing else is known; null: not said.</param>
/// <param name="IsParameter">Of the model: cannot be moved in a ramp.</param>
public sealed record Askable(
    string Id, string Name, string Unit, string Group, Interval? Range, Interval? Calibrated, double? Usual, bool IsParameter)
{
    /// <summary>A share of a temperature means nothing: its zero is an agreement.</summary>
    public bool HasShares => Unit != "degC";

    /// <summary>Unit of a difference.</summary>
    public string DifferenceUnit => Unit == "degC" ? "K" : Unit;

    /// <summary>Everything a scenario of this model may change, in the order in which people look for it. Pure.</summary>
    public static IReadOnlyList<Askable> Of(AssetModel model) => model.Physics is not { } physics ? [] :
    [
        .. physics.Targets.Select(
            t => (Target: t, Signal: physics.Signals.First(s => s.Id == t.Signal), Input: physics.Inputs.First(i => i.Id == t.Input)))
                .Select(
            x => new Askable(
                x.Target.Id, x.Target.Id.Replace('-', ' '), x.Signal.Unit.Symbol, $"Reached by {x.Input.Name}", null, null, null, false)),
        .. physics.Inputs.Select(
            i => new Askable(
                i.Id, i.Name, i.Unit.Symbol, "Set on the machine, or by its surroundings", i.Range, i.Calibrated, i.Default, false)),
        .. physics.Components.SelectMany(c => Parameters(c, model)),
    ];

    // Those whose value the model states: what is left to the component's type is seldom what somebody wants to try.
    static IEnumerable<Askable> Parameters(ComponentSpec component, AssetModel model) =>
        from type in ComponentLibrary.Find(component.Type)!.Parameters
        where !type.IsLayout && component.Parameters.ContainsKey(type.Name)
        let given = component.Parameters[type.Name]
        select new Askable(
            $"{component.Id}.{type.Name}",
            $"{Words(type.Name)} of the "
                + $"{model.Components.FirstOrDefault(c => c.Id == component.Id)?.Name.ToLowerInvariant() ?? Words(component.Id)}",
            given.Unit.Symbol, "Material and parameters of the model",
            given.Bounds ?? (given.Value > 0 ? new(given.Value / 2, given.Value * 2) : null), null, given.Value, true);

    static string Words(string id) => id.Replace('-', ' ');
}
