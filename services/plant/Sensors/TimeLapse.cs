namespace Plant.Sensors;

/// <summary>Replays a past period many times faster than real time until it reaches the present.</summary>
sealed class TimeLapse(DateTimeOffset began, TimeSpan back, double factor, TimeSpan every)
{
    // A machine too slow for the factor falls behind, but its gateway still responds between batches.
    const int MostAtOnce = 100;

    /// <summary>Device time of the newest frame.</summary>
    public DateTimeOffset Sampled { get; private set; } = began - back;

    public bool IsOver(DateTimeOffset now) => Sampled + every > now;

    /// <summary>Device times at which frames are due.</summary>
    public IEnumerable<DateTimeOffset> Due(DateTimeOffset now)
    {
        var wanted = began - back + factor * (now - began);
        for (var i = 0; i < MostAtOnce && Sampled + every <= (wanted < now ? wanted : now); i++) yield return Sampled += every;
    }
}
