namespace TwinModel.ConditionMonitoring;

/// <summary>Geometry of a rolling bearing, which determines its defect frequencies (outer ring at rest, no slip).</summary>
/// <param name="Elements">Number of balls or rollers, 3 or more.</param>
/// <param name="ElementDiameterMillimetre">Element diameter d, mm.</param>
/// <param name="PitchDiameterMillimetre">Pitch diameter D, mm, greater than d.</param>
/// <param name="ContactAngleDegrees">Contact angle in degrees: 0 for radial bearings, 90 for thrust bearings.</param>
public sealed record BearingGeometry(
    int Elements, double ElementDiameterMillimetre, double PitchDiameterMillimetre, double ContactAngleDegrees = 0)
{
    /// <summary>Defect frequencies at a shaft speed in r/min.</summary>
    public DefectFrequencies At(double speedRpm)
    {
        Require.AtLeast(3, Elements);
        Require.Positive(ElementDiameterMillimetre);
        Require.Positive(speedRpm);
        if (!(PitchDiameterMillimetre > ElementDiameterMillimetre))
            throw Require.Outside(PitchDiameterMillimetre, "greater than the element's diameter", nameof(PitchDiameterMillimetre));
        if (!(ContactAngleDegrees is >= 0 and <= 90)) throw Require.Outside(ContactAngleDegrees, "0 to 90", nameof(ContactAngleDegrees));
        var (shaft, ratio) = (
            speedRpm / 60, ElementDiameterMillimetre / PitchDiameterMillimetre * Math.Cos(ContactAngleDegrees * Math.PI / 180));
        return new(
            Elements / 2.0 * shaft * (1 - ratio), Elements / 2.0 * shaft * (1 + ratio),
            PitchDiameterMillimetre / (2 * ElementDiameterMillimetre) * shaft * (1 - ratio * ratio), shaft / 2 * (1 - ratio));
    }
}

/// <summary>Defect frequencies, Hz.</summary>
/// <param name="OuterRing">BPFO.</param>
/// <param name="InnerRing">BPFI.</param>
/// <param name="Element">BSF; a defect of an element strikes both rings, so twice this frequency appears too.</param>
/// <param name="Cage">FTF.</param>
public readonly record struct DefectFrequencies(double OuterRing, double InnerRing, double Element, double Cage)
{
    /// <summary>Amplitudes of an envelope spectrum at these frequencies and their harmonics.</summary>
    public DefectFrequencies AmplitudesIn(Spectrum envelope) =>
        new(envelope.Harmonics(OuterRing), envelope.Harmonics(InnerRing), envelope.Harmonics(Element), envelope.Harmonics(Cage));
}
