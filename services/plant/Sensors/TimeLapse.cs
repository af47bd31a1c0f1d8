namespace Plant.Sensors;

/// <summary>Replays a past period many times faster than real time until it reaches the present.</summary>
sealed class TimeLapse(DateTimeOffset began, TimeSpan back, double factor, TimeSpan every)
{
    // A machine too slow for the factor falls behind, but its gateway still responds between batches.
    const int MostAtOnce = 100;

    DateTimeOffset asked = began;
    DateTimeOffset wanted = began - back;

    /// <summary>Device time of the newest frame.</summary>
    public DateTimeOffset Sampled { get; private set; } = began - back;

    /// <summary>The device clock waits at this time until it is moved on; so a plant does not outrun the twin that follows it.</summary>
    public DateTimeOffset Until { get; set; } = DateTimeOffset.MaxValue;

    public bool IsOver(DateTimeOffset now) => Sampled + every > now;

    /// <summary>Device times at which frames are due.</summary>
    public IEnumerable<DateTimeOffset> Due(DateTimeOffset now)
    {
        // Time spent waiting is not made up for.
        wanted = new[] { wanted + factor * (now - asked), Until, now }.Min();
        asked = now;
        for (var i = 0; i < MostAtOnce && Sampled + every <= wanted; i++) yield return Sampled += every;
    }
}
