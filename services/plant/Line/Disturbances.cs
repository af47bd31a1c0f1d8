namespace Plant.Line;

/// <summary>Faults of the machine itself, from 0 (absent) to 1 (full), except for the factor on bearing wear.</summary>
sealed record Disturbances
{
    public static readonly Disturbances None = new();

    public double Heater4Failure { get; init; }
    public double Thermocouple2Drift { get; init; }
    public bool Thermocouple3Stuck { get; init; }
    public double DieBlockage { get; init; }
    public double BearingWearFactor { get; init; } = 1;
    public double FeedStarvation { get; init; }
}
