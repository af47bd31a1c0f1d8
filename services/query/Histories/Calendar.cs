using ServiceDefaults;
using TwinModel.Telemetry;

namespace Query.Histories;

/// <summary>
/// Splits time at the edges of a calendar, as the clocks of a time zone show them. A day has 23, 24 or 25 hours. Buckets of up to an hour
/// are never longer than that: where clocks are set back a new one begins, so that the hour that comes twice is two buckets. Longer buckets
/// hold both passes. A bucket begins at the first instant at which clocks show its start or, where they skip it, a later time. Pure.
/// </summary>
/// <param name="Bucket">Name of the width.</param>
/// <param name="Zone">Whose clocks.</param>
/// <param name="Fill">How buckets without readings are shown; null leaves them out.</param>
sealed record Calendar(string Bucket, TimeZoneInfo Zone, Fill? Fill)
{
    const long Minute = 60 * Micros.PerSecond, Hour = 60 * Minute, Day = 24 * Hour;

    // No zone has been further from UTC.
    const long WidestOffset = 16 * Hour;

    // Monday, 5 January 1970: ISO weeks begin on Mondays. Days, hours and minutes fit in between.
    const long Monday = 4 * Day;

    // Name, width on the clock and, where that differs from one to the next, months.
    static readonly (string Name, long Width, int Months)[] Units =
    [
        ("1m", Minute, 0), ("5m", 5 * Minute, 0), ("15m", 15 * Minute, 0), ("30m", 30 * Minute, 0), ("1h", Hour, 0), ("6h", 6 * Hour, 0),
        ("12h", 12 * Hour, 0),
        ("1d", Day, 0), ("1w", 7 * Day, 0), ("1mo", 0, 1), ("1y", 0, 12),
    ];

    readonly (string Name, long Width, int Months) unit = Units.Single(u => u.Name == Bucket);

    /// <summary>What was asked for; null without a bucket.</summary>
    /// <param name="bucket">Width, or null.</param>
    /// <param name="timeZone">IANA name, or null for UTC.</param>
    /// <param name="fill">How empty buckets are shown, or null.</param>
    /// <param name="timeZoneField">What the caller calls the zone.</param>
    /// <exception cref="InvalidInputException">A value is unknown, or means nothing without a bucket.</exception>
    public static Calendar? Parse(string? bucket, string? timeZone, string? fill, string timeZoneField = "timeZone")
    {
        if (bucket is null)
        {
            if (timeZone is not null) throw new InvalidInputException(timeZoneField, timeZone, "only together with bucket");
            if (fill is not null) throw new InvalidInputException("fill", fill, "only together with bucket");
            return null;
        }
        if (!Units.Any(u => u.Name == bucket))
            throw new InvalidInputException("bucket", bucket, string.Join(", ", Units.Select(u => u.Name)));
        return new(bucket, ZoneOf(timeZone ?? "UTC", timeZoneField), fill switch
        {
            null => null,
            "null" => Histories.Fill.Null,
            "previous" => Histories.Fill.Previous,
            "linear" => Histories.Fill.Linear,
            _ => throw new InvalidInputException("fill", fill, "null, previous, linear"),
        });
    }

    // .NET opens a file of that name: only what looks like an IANA name may reach it. Beside the zones lie localtime, posix/ and right/. A
    // zone that was asked for before is found whatever the case of its letters, another one is not.
    static TimeZoneInfo ZoneOf(string name, string field) =>
        name.Length is > 0 and < 64 && char.IsAsciiLetterUpper(name[0])
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '-' or '+')
        && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) && zone.Id == name
            ? zone
            : throw new InvalidInputException(field, name, "an IANA time zone, e.g. Europe/Berlin or UTC");

    /// <summary>Splits [from, to); the first and the last bucket may be cut by it.</summary>
    /// <exception cref="InvalidInputException">More buckets than <paramref name="most"/>.</exception>
    public CalendarBuckets Split(long from, long to, int most)
    {
        List<long> edges = [from];
        var next = Next(from);
        for (; next < to; next = Next(next))
        {
            if (edges.Count == most) throw new InvalidInputException("bucket", Bucket, $"at most {most} buckets between from and to");
            edges.Add(next);
        }
        return new([.. edges, to], Next(from - 1) != from, next != to);
    }

    /// <summary>The first edge after an instant.</summary>
    long Next(long at)
    {
        var offset = Offset(at);
        if (unit.Width is > 0 and <= Hour)
        {
            var next = After(at + offset) - offset;
            var later = Offset(next - 1);
            if (later == offset) return next;
            var change = Change(at, next - 1);
            var isSameBucket = later > offset && After(change + later) == After(at + offset);
            return isSameBucket ? After(change + later) - later : change;
        }
        var (local, first) = (at + offset, at);
        while (first <= at)
        {
            local = After(local);
            first = First(local);
        }
        return first;
    }

    /// <summary>The first edge on the clock after a time on the clock.</summary>
    long After(long local)
    {
        if (unit.Width > 0) return local + unit.Width - ((local - Monday) % unit.Width + unit.Width) % unit.Width;
        var date = Micros.ToTime(local);
        var months = ((date.Year * 12 + date.Month - 1) / unit.Months + 1) * unit.Months;
        return Micros.From(new(months / 12, months % 12 + 1, 1, 0, 0, 0, TimeSpan.Zero));
    }

    /// <summary>The first instant at which clocks show this time or a later one.</summary>
    long First(long local)
    {
        var (low, high) = (local - WidestOffset, local + WidestOffset);
        var (before, after) = (Offset(low), Offset(high));
        if (before == after) return local - before;
        var change = Change(low, high);
        return local - before < change ? local - before : Math.Max(change, local - after);
    }

    /// <summary>
    /// The first instant of the offset that holds at <paramref name="high"/>; at <paramref name="low"/> it is another one.
    /// </summary>
    long Change(long low, long high)
    {
        var before = Offset(low);
        while (high - low > 1)
        {
            var middle = low + (high - low) / 2;
            if (Offset(middle) == before) low = middle;
            else high = middle;
        }
        return high;
    }

    long Offset(long micros) => Zone.GetUtcOffset(Micros.ToTime(micros)).Ticks / TimeSpan.TicksPerMicrosecond;
}
