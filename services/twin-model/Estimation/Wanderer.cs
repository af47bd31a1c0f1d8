using TwinModel.Assets;
using TwinModel.Physics;
using TwinModel.Units;

namespace TwinModel.Estimation;

/// <summary>What a <see cref="Wanderer"/> is.</summary>
enum WandererKind
{
    /// <summary>Natural logarithm of a parameter in the unit of calculation.</summary>
    Parameter,

    /// <summary>An input in the unit of calculation.</summary>
    Input,

    /// <summary>Systematic error of a sensor in the signal's unit.</summary>
    Bias,
}

/// <summary>Something unknown that changes slowly and is learned: a parameter, an input or a sensor's bias.</summary>
/// <param name="Id">Parameter <c>component.name</c>, input or signal.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Number">Number of the parameter or input; -1 for a bias.</param>
/// <param name="Unit">Unit in which it is reported.</param>
/// <param name="Mean">Mean of the prior.</param>
/// <param name="Deviation">Standard deviation of the prior.</param>
/// <param name="Allowed">Values a member may have.</param>
/// <param name="VariancePerSecond">Of a random walk; 0 for a wanderer that returns to its mean.</param>
/// <param name="MemorySeconds">Time constant of the autocorrelation; infinite for a random walk.</param>
sealed record Wanderer(
    string Id, WandererKind Kind, int Number, Unit Unit, double Mean, double Deviation, Interval Allowed, double VariancePerSecond,
    double MemorySeconds)
{
    /// <summary>parameter, input or bias.</summary>
    public string KindName => Kind.ToString().ToLowerInvariant();

    /// <summary>Share of the distance from the mean that is left after a time, and the variance that is added.</summary>
    public (double Keep, double Variance) Over(double seconds)
    {
        if (double.IsInfinity(MemorySeconds)) return (1, VariancePerSecond * seconds);
        var keep = Math.Exp(-seconds / MemorySeconds);
        return (keep, Deviation * Deviation * (1 - keep * keep));
    }

    /// <summary>Converts to the unit in which it is reported.</summary>
    public double Report(double value) => Kind switch
    {
        WandererKind.Parameter => Unit.OfCalculation(Unit.Quantity).ConvertTo(Unit, Math.Exp(value)),
        WandererKind.Input => Unit.OfCalculation(Unit.Quantity).ConvertTo(Unit, value),
        _ => value,
    };

    public static Wanderer Of(WanderingParameter learned, CompiledModel compiled)
    {
        var number = compiled.Equations.Parameters.ToList().IndexOf(learned.Parameter);
        var (component, name) = (learned.Parameter.Split('.')[0], learned.Parameter.Split('.')[1]);
        var spec = compiled.Model.Components.First(c => c.Id == component);
        var given = spec.Parameters.GetValueOrDefault(name);
        var unit = compiled.Model.UnitOf(learned.Parameter);
        var calculation = Unit.OfCalculation(unit.Quantity);
        var nominal = compiled.Parameters[number];
        // As in scenarios: the nominal value is the mean of the lognormal prior.
        var variance = Math.Log(1 + learned.RelativeDeviation * learned.RelativeDeviation);
        var allowed = given?.Bounds is { } b && b.Min > 0
            ? new Interval(Math.Log(unit.ConvertTo(calculation, b.Min)), Math.Log(unit.ConvertTo(calculation, b.Max)))
            : new(Math.Log(nominal / 2), Math.Log(nominal * 2));
        return new(learned.Parameter, WandererKind.Parameter, number, unit, Math.Log(nominal) - variance / 2, Math.Sqrt(variance), allowed,
            learned.DoublesIn is { } time ? Math.Log(2) * Math.Log(2) / time.TotalSeconds : 0, double.PositiveInfinity);
    }

    public static Wanderer Of(WanderingInput learned, PhysicsModel physics)
    {
        var number = physics.Inputs.ToList().FindIndex(i => i.Id == learned.Input);
        var input = physics.Inputs[number];
        var calculation = Unit.OfCalculation(input.Unit.Quantity);
        double Calculated(double value) => input.Unit.ConvertTo(calculation, value);
        return new(learned.Input, WandererKind.Input, number, input.Unit, Calculated(input.Default),
            Calculated(input.Default + learned.Deviation) - Calculated(input.Default),
            new(Calculated(input.Range.Min), Calculated(input.Range.Max)), 0, learned.ChangesIn.TotalSeconds);
    }

    public static Wanderer Of(CorrectingSensor sensor, Unit unit) =>
        new(sensor.Signal, WandererKind.Bias, -1, unit, 0, sensor.Bias!.Deviation,
            new(double.NegativeInfinity, double.PositiveInfinity), 0, sensor.Bias.ChangesIn.TotalSeconds);
}
