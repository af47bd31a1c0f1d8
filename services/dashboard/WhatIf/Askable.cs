using TwinModel.Assets;
using TwinModel.Physics;
using TwinModel.Units;

namespace Dashboard.WhatIf;

/// <summary>Something a scenario may change, as named in the asset's model.</summary>
/// <param name="Id">Id for the API: input, target or <c>component.parameter</c>.</param>
/// <param name="Name">Display name.</param>
/// <param name="Unit">Unit of values to set.</param>
/// <param name="Group">Heading in lists.</param>
/// <param name="Range">Allowed values; null: any reachable value.</param>
/// <param name="Calibrated">Range in which the model was compared with the machine; null: not stated.</param>
/// <param name="Usual">Default value; null: not stated.</param>
/// <param name="IsParameter">True for a parameter of the model, which cannot be ramped.</param>
public sealed record Askable(
    string Id, string Name, string Unit, string Group, Interval? Range, Interval? Calibrated, double? Usual, bool IsParameter)
{
    /// <summary>False for temperatures: their zero is arbitrary, so percentages are meaningless.</summary>
    public bool HasShares => Unit != "degC";

    /// <summary>Unit of a difference.</summary>
    public string DifferenceUnit => Unit == "degC" ? "K" : Unit;

    /// <summary>Everything a scenario of this model may change, in the order people look for it. Pure.</summary>
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

    // Only parameters that the model states: defaults of the component's type are rarely worth trying.
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
