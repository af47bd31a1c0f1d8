namespace TwinModel.Lifetimes;

/// <summary>
/// Rating life of rolling bearings, ISO 281. Fatigue alone rarely determines when a bearing fails, but the ratio of two loads does
/// determine how much faster it ages.
/// </summary>
public static class Iso281
{
    /// <summary>Life exponent of roller bearings.</summary>
    public const double RollerExponent = 10.0 / 3;

    /// <summary>Life exponent of ball bearings.</summary>
    public const double BallExponent = 3;

    /// <summary>L10 in million revolutions: <c>(C / P)^p</c>.</summary>
    public static double RatingLifeMegarevolutions(double dynamicRatingNewton, double loadNewton, double exponent) =>
        Math.Pow(Require.Positive(dynamicRatingNewton) / Require.Positive(loadNewton), Require.Positive(exponent));

    /// <summary>L10h in hours at a speed in r/min.</summary>
    public static double RatingLifeHours(double dynamicRatingNewton, double loadNewton, double exponent, double speedRpm) =>
        RatingLifeMegarevolutions(dynamicRatingNewton, loadNewton, exponent) * 1e6 / 60 / Require.Positive(speedRpm);

    /// <summary>
    /// Days of ageing per day relative to a reference load: <c>(N / N0) (P / P0)^p</c>; the life is the reference life divided by this.
    /// </summary>
    public static double AgeingRate(
        double speedRpm, double loadNewton, double referenceSpeedRpm, double referenceLoadNewton, double exponent) =>
        Require.Positive(speedRpm) / Require.Positive(referenceSpeedRpm)
            * Math.Pow(Require.Positive(loadNewton) / Require.Positive(referenceLoadNewton), Require.Positive(exponent));

    /// <summary>Thrust, N, of a head pressure, Pa, on a screw of the given diameter, m.</summary>
    public static double Thrust(double headPressurePascal, double screwDiameterMetre) =>
        Require.NotNegative(headPressurePascal) * Math.PI / 4 * Require.Positive(screwDiameterMetre) * screwDiameterMetre;
}
