namespace Plant.Sensors;

/// <summary>The gateway's own clock, with a constant offset, a drift in parts per million and occasional jumps.</summary>
sealed class DeviceClock(DateTimeOffset start, double offsetMilliseconds, double driftPpm)
{
    public TimeSpan Jump { get; set; }

    /// <summary>Device time in microseconds since the Unix epoch.</summary>
    public long Micros(DateTimeOffset now)
    {
        var drift = (now - start).TotalMicroseconds * driftPpm * 1e-6;
        var trueMicros = (now.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
        return trueMicros + (long)(offsetMilliseconds * 1000 + drift) + Jump.Ticks / TimeSpan.TicksPerMicrosecond;
    }
}
