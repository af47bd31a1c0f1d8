using System.ComponentModel.DataAnnotations;

namespace Plant;

/// <summary>Settings of section <c>Plant</c>.</summary>
sealed record PlantSettings
{
    [RegularExpression("^[a-z0-9][a-z0-9-]{0,62}$", ErrorMessage = "Plant:Asset must be a lower-case id of letters, digits and dashes.")]
    public string Asset { get; init; } = "extrusion-line";

    [RegularExpression("^(senml|sparkplug-b)$", ErrorMessage = "Plant:Payload must be senml or sparkplug-b.")]
    public string Payload { get; init; } = "senml";

    [Range(0.01, 3600)]
    public double PublishIntervalSeconds { get; init; } = 1;

    public int Seed { get; init; } = 1;

    public bool ColdStart { get; init; }

    /// <summary>Seconds of process time per second of wall time.</summary>
    [Range(0.01, 100_000)]
    public double SimulatedTimeFactor { get; init; } = 1;

    /// <summary>
    /// Time-lapse: the device clock starts this many days ago and runs with the process until it catches up with the present; from then on
    /// the process runs in real time. 0: the device clock shows the present, however fast the process runs.
    /// </summary>
    [Range(0, 360)]
    public double TimeLapseDays { get; init; }

    /// <summary>Seconds between two frames of a time-lapse.</summary>
    [Range(1, 3600)]
    public double TimeLapseSampleSeconds { get; init; } = 120;

    [Range(0, 0.3)]
    public double LateRate { get; init; } = 0.01;

    [Range(0, 0.3)]
    public double DoubleRate { get; init; } = 0.01;

    [Range(0, 0.3)]
    public double LossRate { get; init; } = 0.01;

    [Range(-86_400_000, 86_400_000)]
    public double ClockSkewMilliseconds { get; init; } = 40;

    [Range(-1000, 1000)]
    public double ClockDriftPpm { get; init; } = 5;

    [Range(10, 1_000_000)]
    public int BufferFrames { get; init; } = 20_000;
}
