namespace TwinModel.Telemetry;

/// <summary>Trust in a reading; the numbers are those of <c>pollux.telemetry.v1.Quality</c>.</summary>
public enum Quality : byte
{
    /// <summary>Within the plausible range, and the device calls it good.</summary>
    Good = 1,

    /// <summary>Physically possible but implausible, or the device doubts it. Shown, but ignored by limit alarms.</summary>
    Uncertain = 2,

    /// <summary>The device says that the reading is bad or its sensor is offline.</summary>
    Bad = 3,
}

/// <summary>
/// One reading of one sensor. Its identity is (asset, sensor, sample time): the same identity with the same value is a duplicate.
/// </summary>
/// <param name="Sensor">The sensor's number in the asset model.</param>
/// <param name="SampledAt">Time by the device's clock, in microseconds since the Unix epoch, UTC.</param>
/// <param name="Value">In the sensor's unit; finite, or NaN when the device reported that it has no value, then always with <see
/// cref="Quality.Bad"/>.</param>
/// <param name="Quality">Trust in the value.</param>
public readonly record struct Reading(ushort Sensor, long SampledAt, double Value, Quality Quality = Quality.Good)
{
    /// <summary>A reading in which the device reports that it has no value. Always the same bits, as a reading's identity
    /// requires.</summary>
    public static Reading WithoutValue(ushort sensor, long sampledAt) => new(sensor, sampledAt, double.NaN, Quality.Bad);

    /// <summary>The value, or null when there is none.</summary>
    public double? ValueOrNull => double.IsNaN(Value) ? null : Value;
}

/// <summary>Conversions between <see cref="DateTimeOffset"/> and microseconds since the Unix epoch.</summary>
public static class Micros
{
    public const long PerSecond = 1_000_000;

    public static long From(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset ToTime(long micros) =>
        new(DateTimeOffset.UnixEpoch.Ticks + micros * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);
}
