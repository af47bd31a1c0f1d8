using System.Collections.Immutable;

namespace Plant.Line;

/// <summary>The true state of the line at one moment, before any sensor effects.</summary>
sealed record LineState
{
    public required double RunningSeconds { get; init; }
    public required string Phase { get; init; }
    public required ImmutableArray<double> BarrelCelsius { get; init; }
    public required ImmutableArray<double> ThermocoupleCelsius { get; init; }
    public required ImmutableArray<double> PolymerCelsius { get; init; }
    public required ImmutableArray<double> SetPointsCelsius { get; init; }
    public required double MeltTemperatureCelsius { get; init; }
    public required double MeltPressureBar { get; init; }
    public required double MeltFlowKilogramsPerHour { get; init; }
    public required double ScrewSpeedPerMinute { get; init; }
    public required double ScrewPositionMillimetres { get; init; }
    public required double MotorCurrentAmperes { get; init; }
    public required double MotorPowerKilowatts { get; init; }
    public required double HeaterPowerKilowatts { get; init; }
    public required double BearingWear { get; init; }
    public required double BearingVibrationMillimetresPerSecond { get; init; }
    public required double BearingReferenceVibrationMillimetresPerSecond { get; init; }
    public required double BearingTemperatureCelsius { get; init; }
    public required double DancerPositionMillimetres { get; init; }
    public required double HaulOffMetresPerMinute { get; init; }
    public required double FlightClearanceMillimetres { get; init; }
    public required double AmbientCelsius { get; init; }
    public required int MaterialBatch { get; init; }
    public required double MaterialGrade { get; init; }
}
