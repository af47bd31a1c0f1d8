namespace Benchmarks.Load;

/// <summary>
/// One part of the system as a queue with several servers (its cores): work arrives at random, takes its mean service time and waits while
/// all cores are busy (Erlang C formula).
/// </summary>
/// <param name="Part">Name of the part.</param>
/// <param name="IdleCores">Cores used without any messages.</param>
/// <param name="SecondsPerMessage">Processor time per message, seconds.</param>
sealed record QueueModel(string Part, double IdleCores, double SecondsPerMessage)
{
    /// <summary>Fits busy cores as a linear function of messages per second (least squares); neither coefficient is negative.</summary>
    public static QueueModel Fit(string part, IReadOnlyList<(double Rate, double Cores)> points)
    {
        var (rate, cores) = (points.Average(p => p.Rate), points.Average(p => p.Cores));
        var slope = Math.Max(0, points.Sum(p => (p.Rate - rate) * (p.Cores - cores)) / points.Sum(p => (p.Rate - rate) * (p.Rate - rate)));
        return new(part, Math.Max(0, cores - slope * rate), slope);
    }

    /// <summary>Number of busy cores.</summary>
    public double Busy(double rate) => IdleCores + rate * SecondsPerMessage;

    /// <summary>The smallest whole number of cores of which at most the given fraction is busy.</summary>
    public int Cores(double rate, double mostBusy) => Math.Max(1, (int)Math.Ceiling(Busy(rate) / mostBusy));

    /// <summary>Mean time in seconds that a message waits for a core; infinite if there are too few.</summary>
    public double MeanWait(double rate, int cores)
    {
        var offered = Busy(rate);
        if (offered >= cores) return double.PositiveInfinity;
        // Erlang B by recursion, then Erlang C: the probability that all cores are busy.
        var blocked = 1.0;
        for (var n = 1; n <= cores; n++) blocked = offered * blocked / (n + offered * blocked);
        var waits = blocked / (1 - offered / cores * (1 - blocked));
        return waits * SecondsPerMessage / (cores - offered);
    }
}
