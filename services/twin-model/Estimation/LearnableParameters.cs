using TwinModel.Assets;
using TwinModel.Physics;
using TwinModel.Units;

namespace TwinModel.Estimation;

/// <summary>A parameter that an asset model lets be learned, as the model has it.</summary>
/// <param name="Id">Parameter <c>component.name</c>.</param>
/// <param name="Unit">The unit in which the model gives it; that of calculation when the model leaves it to the component.</param>
/// <param name="Value">Value in that unit.</param>
/// <param name="RelativeDeviation">Relative standard deviation of its prior.</param>
public sealed record LearnableParameter(string Id, string Unit, double Value, double RelativeDeviation);

/// <summary>The parameters that an asset model lets be learned.</summary>
public static class LearnableParameters
{
    /// <summary>In the order of the section <c>estimation</c>; empty without one.</summary>
    public static IReadOnlyList<LearnableParameter> Of(AssetModel model) =>
        [.. (model.Estimation?.Parameters ?? []).Select(learned => Of(learned, model.Physics!))];

    static LearnableParameter Of(WanderingParameter learned, PhysicsModel physics)
    {
        var (component, name) = (learned.Parameter.Split('.')[0], learned.Parameter.Split('.')[1]);
        var spec = physics.Components.First(c => c.Id == component);
        if (spec.Parameters.GetValueOrDefault(name) is { } given)
            return new(learned.Parameter, given.Unit.Symbol, given.Value, learned.RelativeDeviation);
        var type = ComponentLibrary.Find(spec.Type)!.Parameters.First(p => p.Name == name);
        return new(learned.Parameter, Unit.OfCalculation(type.Quantity).Symbol, type.Default!.Value, learned.RelativeDeviation);
    }
}
