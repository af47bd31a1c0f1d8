using Plant.Line;

namespace Plant.Gateway;

/// <summary>Simulates the network path to the broker: seeded delays, duplicates and losses per frame.</summary>
sealed class PathFaults(int seed, double lateRate, double doubleRate, double lossRate)
{
    public static readonly IReadOnlyList<TimeSpan> OnTime = [TimeSpan.Zero];

    readonly Noise noise = new(seed);

    public long Late { get; private set; }
    public long Doubled { get; private set; }
    public long Lost { get; private set; }

    /// <summary>The delays after which the frame arrives; two delays mean that it arrives twice.</summary>
    public IReadOnlyList<TimeSpan> Arrivals()
    {
        var draw = noise.Uniform();
        if (draw < lateRate)
        {
            Late++;
            return [TimeSpan.FromSeconds(noise.Uniform(2, 8))];
        }
        if (draw < lateRate + doubleRate)
        {
            Doubled++;
            return [TimeSpan.Zero, TimeSpan.FromSeconds(noise.Uniform(0.05, 2))];
        }
        if (draw < lateRate + doubleRate + lossRate)
        {
            // The first transmission is lost; this is the sender's retransmission after its timeout.
            Lost++;
            return [TimeSpan.FromSeconds(noise.Uniform(1, 1.5))];
        }
        return OnTime;
    }
}
