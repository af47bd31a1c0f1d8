namespace Plant.Line;

/// <summary>The hopper: batches of slightly different material, surging and starvation.</summary>
sealed class MaterialFeed(Noise noise)
{
    const double MeanBatchSeconds = 45 * 60;
    const double HopperMixingSeconds = 180;
    const double SurgePeriodSeconds = 47;

    double batchLeftSeconds = MeanBatchSeconds;
    double nextGrade = 1;
    double nextBulkDensity = 1;
    double bulkDensity = 1;
    double starvation;
    double surgePhase;
    double surgeAmplitude = 0.004;
    double feedNoise;

    public int Batch { get; private set; } = 1;

    /// <summary>Viscosity of the current mix relative to the nominal grade.</summary>
    public double Grade { get; private set; } = 1;

    /// <summary>Fraction of the screw's drag capacity filled by the feed.</summary>
    public double Fill => Math.Max(0,
        (1 - 0.65 * starvation) * bulkDensity * (1 + feedNoise + (1 + 12 * starvation) * surgeAmplitude * Math.Sin(surgePhase)));

    public void Step(double seconds, double starvationSeverity)
    {
        batchLeftSeconds -= seconds;
        if (batchLeftSeconds <= 0) StartBatch();
        var mix = 1 - Math.Exp(-seconds / HopperMixingSeconds);
        Grade += (nextGrade - Grade) * mix;
        bulkDensity += (nextBulkDensity - bulkDensity) * mix;
        starvation += (starvationSeverity - starvation) * (1 - Math.Exp(-seconds / 15));
        surgePhase = (surgePhase + 2 * Math.PI * seconds / SurgePeriodSeconds * noise.Uniform(0.8, 1.2)) % (2 * Math.PI);
        surgeAmplitude = Math.Clamp(surgeAmplitude + 0.00005 * Math.Sqrt(seconds) * noise.Gaussian(), 0.001, 0.008);
        feedNoise = noise.Wander(feedNoise, 0.002, 12, seconds);
    }

    /// <summary>A batch of a given grade comes now; the batches that were to come still do. Random numbers are not touched, so that two
    /// lines of one seed stay alike.</summary>
    public void Bring(double grade)
    {
        Batch++;
        nextGrade = grade;
    }

    void StartBatch()
    {
        Batch++;
        batchLeftSeconds = MeanBatchSeconds * noise.Uniform(0.6, 1.4);
        nextGrade = Math.Clamp(1 + 0.025 * noise.Gaussian(), 0.92, 1.08);
        nextBulkDensity = Math.Clamp(1 + 0.005 * noise.Gaussian(), 0.985, 1.015);
    }
}
