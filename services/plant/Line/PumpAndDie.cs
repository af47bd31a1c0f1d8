namespace Plant.Line;

/// <summary>
/// The screw as a pump with back flow and leakage over the flights, working against a die; the head stores a little melt.
/// </summary>
sealed class PumpAndDie
{
    const double DragPerTurn = 1.64e-5;
    const double BackFlowGeometry = 2.25e-10;
    const double LeakShareWhenNew = 0.1;
    const double DieFlowAtReference = 1.862e-5;
    const double DieReferencePascal = 8.2e6;
    const double DieReferenceCelsius = 238;
    const double DieReferenceShearRate = 550;
    const double DieExponent = 0.44;
    const double HeadCompliance = 5e-13;
    const double BlockageSeconds = 18;
    const double FullBlockageResistance = 2.6;
    const double ClearanceGrowthPerSecond = 1e-13;

    static readonly double DieReferenceViscosity = Polymer.Viscosity(DieReferenceCelsius, DieReferenceShearRate, grade: 1);

    double blockage;

    public double PressurePascal { get; private set; }

    /// <summary>Melt leaving through the die, m3/s.</summary>
    public double Flow { get; private set; }

    public double FlightClearance { get; private set; } = Geometry.FlightClearance;

    public void Step(double seconds, double turnsPerSecond, MeltChannel melt, MaterialFeed feed, double blockageSeverity)
    {
        blockage += (blockageSeverity - blockage) * (1 - Math.Exp(-seconds / BlockageSeconds));
        if (turnsPerSecond > 0) FlightClearance += ClearanceGrowthPerSecond * seconds;

        var shearRate = Math.PI * Geometry.Diameter * turnsPerSecond / Geometry.MeteringDepth;
        var worn = Math.Pow(FlightClearance / Geometry.FlightClearance, 3);
        var backFlow = BackFlowGeometry * (1 + LeakShareWhenNew * (worn - 1))
            / Polymer.Viscosity(melt.MeteringCelsius, shearRate, feed.Grade);
        var drag = DragPerTurn * turnsPerSecond * feed.Fill;
        var resistance = DieReferencePascal * (1 + FullBlockageResistance * blockage)
            * Polymer.Viscosity(melt.HeadCelsius, DieReferenceShearRate, feed.Grade) / DieReferenceViscosity;

        // Linearly implicit: the head pressure settles in about a tenth of a second, less than a step of up to 0.5 s.
        var throughDie = DieFlow(PressurePascal, resistance);
        var slope = backFlow + (PressurePascal > 0 ? throughDie / (DieExponent * PressurePascal) : 0);
        var net = drag - backFlow * PressurePascal - throughDie;
        PressurePascal = Math.Max(0, PressurePascal + seconds * net / (HeadCompliance + seconds * slope));
        Flow = DieFlow(PressurePascal, resistance);
    }

    static double DieFlow(double pascal, double resistance) => DieFlowAtReference * Math.Pow(pascal / resistance, 1 / DieExponent);
}
