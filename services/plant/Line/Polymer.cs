namespace Plant.Line;

/// <summary>A polyethylene: enthalpy, melting and a Cross viscosity with an Arrhenius shift. SI units, temperatures in degC.</summary>
static class Polymer
{
    public const double MeltDensity = 760;
    public const double MeltHeatCapacity = 2550;
    public const double MeltingEndCelsius = 135;

    const double SolidHeatCapacity = 2250;
    const double MeltingStartCelsius = 123;
    const double MeltingRangeKelvin = MeltingEndCelsius - MeltingStartCelsius;
    const double ReferenceCelsius = 25;
    const double SolidEnthalpy = SolidHeatCapacity * (MeltingStartCelsius - ReferenceCelsius);
    const double MeltingEnthalpy = 220e3;

    const double ZeroShearViscosity = 9.0e3;
    const double CriticalStress = 1.47e4;
    const double ShearThinning = 0.59;
    const double ActivationKelvin = 4500;
    const double ViscosityReferenceKelvin = 453.15;

    public static double EnthalpyAt(double celsius) => celsius switch
    {
        <= MeltingStartCelsius => SolidHeatCapacity * (celsius - ReferenceCelsius),
        <= MeltingEndCelsius => SolidEnthalpy + MeltingEnthalpy * (celsius - MeltingStartCelsius) / MeltingRangeKelvin,
        _ => SolidEnthalpy + MeltingEnthalpy + MeltHeatCapacity * (celsius - MeltingEndCelsius),
    };

    public static double CelsiusAt(double enthalpy) => (enthalpy - SolidEnthalpy) switch
    {
        <= 0 => ReferenceCelsius + enthalpy / SolidHeatCapacity,
        <= MeltingEnthalpy and var melting => MeltingStartCelsius + melting / MeltingEnthalpy * MeltingRangeKelvin,
        var beyond => MeltingEndCelsius + (beyond - MeltingEnthalpy) / MeltHeatCapacity,
    };

    public static double MeltFraction(double enthalpy) => Math.Clamp((enthalpy - SolidEnthalpy) / MeltingEnthalpy, 0, 1);

    /// <summary>Viscosity in Pa s. Grade 1 is the nominal material; other batches are thinner (below 1) or thicker.</summary>
    public static double Viscosity(double celsius, double shearRate, double grade)
    {
        // Below this temperature the material is a solid bed, whose drag is friction rather than viscosity.
        var kelvin = Math.Max(celsius, MeltingStartCelsius) + 273.15;
        var zeroShear = grade * ZeroShearViscosity * Math.Exp(ActivationKelvin * (1 / kelvin - 1 / ViscosityReferenceKelvin));
        return zeroShear / (1 + Math.Pow(zeroShear * Math.Max(shearRate, 0.1) / CriticalStress, ShearThinning));
    }
}
