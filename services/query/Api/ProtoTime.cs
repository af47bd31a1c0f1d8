using Google.Protobuf.WellKnownTypes;
using ServiceDefaults;

namespace Query.Api;

static class ProtoTime
{
    /// <summary>The time as a protobuf message; null stays null (absent).</summary>
    public static Timestamp? ToProto(this DateTimeOffset? time) => time is { } at ? at.ToProto() : null;

    public static Timestamp ToProto(this DateTimeOffset time)
    {
        var ticks = time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;
        var (seconds, rest) = Math.DivRem(ticks, TimeSpan.TicksPerSecond);
        if (rest < 0) (seconds, rest) = (seconds - 1, rest + TimeSpan.TicksPerSecond);
        return new() { Seconds = seconds, Nanos = (int)rest * 100 };
    }

    /// <summary>Converts a protobuf time; gRPC callers may send times outside the calendar.</summary>
    /// <exception cref="InvalidInputException">Outside the years 1 to 9999.</exception>
    public static DateTimeOffset ToTime(this Timestamp at, string name) =>
        at.Seconds is >= -62135596800 and <= 253402300799 && at.Nanos is >= 0 and < 1_000_000_000
            ? DateTimeOffset.FromUnixTimeSeconds(at.Seconds).AddTicks(at.Nanos / 100)
            : throw new InvalidInputException(name, $"{at.Seconds} s", "a time in the years 1 to 9999");
}
