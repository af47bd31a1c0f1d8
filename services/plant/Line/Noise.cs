namespace Plant.Line;

/// <summary>Seeded random numbers; the same seed gives the same plant.</summary>
sealed class Noise(int seed)
{
    readonly Random random = new(seed);

    public double Uniform() => random.NextDouble();

    public double Uniform(double from, double to) => from + (to - from) * random.NextDouble();

    public int Below(int limit) => random.Next(limit);

    public bool Chance(double probability) => random.NextDouble() < probability;

    public double Gaussian() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>One step of a mean-reverting walk around zero with the given spread and memory.</summary>
    public double Wander(double value, double spread, double memorySeconds, double seconds)
    {
        var keep = Math.Exp(-seconds / memorySeconds);
        return value * keep + spread * Math.Sqrt(1 - keep * keep) * Gaussian();
    }
}
