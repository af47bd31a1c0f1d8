namespace Plant.Sensors;

/// <summary>Faults of the instruments; the numbers are probabilities per frame.</summary>
sealed record SensorDisturbances
{
    public static readonly SensorDisturbances None = new();

    public double Dropout { get; init; }
    public double Spike { get; init; }
    public double Impossible { get; init; }

    /// <summary>The sensor with this id repeats its last value.</summary>
    public string? Stuck { get; init; }
}
