namespace Plant.Line;

/// <summary>Induction motor and gearbox: electrical power and current from the power at the screw.</summary>
static class Drive
{
    const double MotorEfficiency = 0.90;
    const double GearWattsPerTurn = 3;
    const double ChurningWattsPerTurnSquared = 0.03;
    const double PhaseFactorVolts = 1.7320508 * 400;
    const double MagnetisingAmperes = 8;

    public static double PowerWatts(double shaftWatts, double speedPerMinute) =>
        (shaftWatts + GearWattsPerTurn * speedPerMinute + ChurningWattsPerTurnSquared * speedPerMinute * speedPerMinute) / MotorEfficiency;

    public static double CurrentAmperes(double powerWatts, double speedPerMinute) => speedPerMinute <= 0
        ? 0
        : Math.Sqrt(powerWatts / PhaseFactorVolts * (powerWatts / PhaseFactorVolts) + MagnetisingAmperes * MagnetisingAmperes);
}
