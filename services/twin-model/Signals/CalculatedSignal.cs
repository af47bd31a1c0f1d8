using TwinModel.Units;

namespace TwinModel.Signals;

/// <summary>A signal that is calculated, tick by tick, from sensors and other signals.</summary>
/// <param name="Id">kebab-case, unique among sensors and signals of the model.</param>
/// <param name="Name">Display name.</param>
/// <param name="Unit">Unit of its values.</param>
/// <param name="Expression">As written in the model.</param>
/// <param name="Calculation">The same, checked.</param>
public sealed record CalculatedSignal(string Id, string Name, Unit Unit, string Expression, Calculation Calculation);

/// <summary>An expression whose names and units are checked. It calculates in SI units, temperatures in K.</summary>
public abstract record Calculation
{
    /// <summary>This and everything it is made of.</summary>
    public IEnumerable<Calculation> Parts() => [this, .. this switch
    {
        Negative negative => negative.Of.Parts(),
        Combination pair => [.. pair.Left.Parts(), .. pair.Right.Parts()],
        Window window => window.Of.Parts(),
        Departure departure => departure.Of,
        DepartureShare share => share.In.Parts(),
        _ => [],
    }];
}

/// <summary>A constant.</summary>
/// <param name="Value">In SI units.</param>
public sealed record Constant(double Value) : Calculation;

/// <summary>The mean of a sensor's good readings in a tick.</summary>
/// <param name="Number">Number of the sensor.</param>
/// <param name="Unit">Its unit.</param>
public sealed record Measured(ushort Number, Unit Unit) : Calculation;

/// <summary>A signal of the physics at the end of a tick.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Unit">Its unit.</param>
public sealed record Estimated(string Id, Unit Unit) : Calculation;

/// <summary>Another calculated signal.</summary>
/// <param name="Number">Its place in the model.</param>
/// <param name="Unit">Its unit.</param>
public sealed record Calculated(int Number, Unit Unit) : Calculation;

/// <summary>The negative of another.</summary>
/// <param name="Of">The other.</param>
public sealed record Negative(Calculation Of) : Calculation;

/// <summary>Two, combined.</summary>
/// <param name="Operator">One of <c>+ - * /</c>.</param>
/// <param name="Left">Left side.</param>
/// <param name="Right">Right side.</param>
public sealed record Combination(char Operator, Calculation Left, Calculation Right) : Calculation;

/// <summary>A function over the last ticks. A calculation that occurs twice in a model has two windows.</summary>
/// <param name="Function">The function.</param>
/// <param name="Of">What it is applied to.</param>
/// <param name="Ticks">Length of the window.</param>
public sealed record Window(WindowFunction Function, Calculation Of, int Ticks) : Calculation;

/// <summary>How far sensors have departed from what they showed while it was learned what is normal (<see
/// cref="Detection.NormalOperation"/>); no value until then.</summary>
/// <param name="Of">The sensors.</param>
/// <param name="Learn">Number of ticks to learn from.</param>
/// <param name="Weight">Of the newest tick in the average that is compared.</param>
public sealed record Departure(IReadOnlyList<Measured> Of, int Learn, double Weight) : Calculation;

/// <summary>The part that the sensors of a quantity have in a departure, from 0 to 1.</summary>
/// <param name="In">The departure; it is the same object for all of its shares.</param>
/// <param name="Quantity">The quantity.</param>
public sealed record DepartureShare(Departure In, string Quantity) : Calculation;
