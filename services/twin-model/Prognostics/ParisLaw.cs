namespace TwinModel.Prognostics;

/// <summary>
/// Crack growth by Paris and Erdogan (1963, doi:10.1115/1.3656900): <c>da/dN = C (dK)^m</c>, <c>dK = Y dS sqrt(pi a)</c>.
/// </summary>
/// <param name="Coefficient">C; with lengths in m and stresses in MPa: m/cycle per (MPa sqrt(m))^m. Greater than 0.</param>
/// <param name="Exponent">m, 2-5 for metals; at m = 2 the closed form has its own branch.</param>
/// <param name="Geometry">Y, about 1.</param>
/// <param name="StressRangeMegapascal">dS in MPa, greater than 0.</param>
public sealed record ParisLaw(double Coefficient, double Exponent, double Geometry, double StressRangeMegapascal)
{
    /// <summary>Number of cycles in which a crack grows from one length to another, in metres.</summary>
    public double Cycles(double fromMetre, double toMetre)
    {
        Require.Positive(fromMetre);
        if (!(toMetre >= fromMetre)) throw Require.Outside(toMetre, "at least the current length of the crack", nameof(toMetre));
        var growth = Require.Positive(Coefficient)
            * Math.Pow(Require.Positive(Geometry) * Require.Positive(StressRangeMegapascal) * Math.Sqrt(Math.PI), Exponent);
        var e = 1 - Exponent / 2;
        return Math.Abs(e) < 1e-12
            ? Math.Log(toMetre / fromMetre) / growth
            : (Math.Pow(toMetre, e) - Math.Pow(fromMetre, e)) / (e * growth);
    }
}
