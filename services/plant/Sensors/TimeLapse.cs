namespace Plant.Sensors;

/// <summary>A past that is lived through many times as fast as it was, until the present is reached.</summary>
sealed class TimeLapse(DateTimeOffset began, TimeSpan back, double factor, TimeSpan every)
{
    // A machine that is too slow for the factor falls behind, and its gateway still answers in between.
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
