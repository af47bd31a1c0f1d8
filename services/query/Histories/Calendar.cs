using ServiceDefaults;
using TwinModel.Telemetry;

namespace Query.Histories;

/// <summary>
/// Splits time at calendar edges in a time zone's local time. Days have 23, 24 or 25 hours. Buckets of up to an hour never last longer than
/// their width: where clocks are set back a new one begins, so the repeated hour gives two buckets. Longer buckets hold both passes. A
/// bucket begins at the first instant at which local time reaches its start, or the first later time if clocks skip the start. Pure.
/// </summary>
/// <param name="Bucket">Name of the bucket width.</param>
/// <param name="Zone">Time zone.</param>
/// <param name="Fill">How to show buckets without readings; null omits them.</param>
sealed record Calendar(string Bucket, TimeZoneInfo Zone, Fill? Fill)
{
    const long Minute = 60 * Micros.PerSecond, Hour = 60 * Minute, Day = 24 * Hour;

    // No zone has ever been further from UTC.
    const long WidestOffset = 16 * Hour;

    // Monday, 5 January 1970: ISO weeks begin on Mondays. Days, hours and minutes divide a week evenly.
    const long Monday = 4 * Day;

    // Name, width in local time and, for varying widths, months.
    static readonly (string Name, long Width, int Months)[] Units =
    [
        ("1m", Minute, 0), ("5m", 5 * Minute, 0), ("15m", 15 * Minute, 0), ("30m", 30 * Minute, 0), ("1h", Hour, 0), ("6h", 6 * Hour, 0),
        ("12h", 12 * Hour, 0),
        ("1d", Day, 0), ("1w", 7 * Day, 0), ("1mo", 0, 1), ("1y", 0, 12),
    ];

    readonly (string Name, long Width, int Months) unit = Units.Single(u => u.Name == Bucket);

    /// <summary>Parses the parameters; null without a bucket.</summary>
    /// <param name="bucket">Name of the width, or null.</param>
    /// <param name="timeZone">IANA name, or null for UTC.</param>
    /// <param name="fill">How to show empty buckets, or null.</param>
    /// <param name="timeZoneField">Name of the time zone's field, for errors.</param>
    /// <exception cref="InvalidInputException">A value is unknown, or is given without a bucket.</exception>
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

    // .NET opens a file with that name, so only names that look like IANA zones may reach it; localtime, posix/ and right/ lie in the same
    // directory. The id is compared because .NET's cache, unlike the file system, ignores case.
    static TimeZoneInfo ZoneOf(string name, string field) =>
        name.Length is > 0 and < 64 && char.IsAsciiLetterUpper(name[0])
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '-' or '+')
        && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) && zone.Id == name
            ? zone
            : throw new InvalidInputException(field, name, "an IANA time zone, e.g. Europe/Berlin or UTC");

    /// <summary>Splits [from, to), which may cut the first and the last bucket.</summary>
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

    /// <summary>The first edge, in local time, after a local time.</summary>
    long After(long local)
    {
        if (unit.Width > 0) return local + unit.Width - ((local - Monday) % unit.Width + unit.Width) % unit.Width;
        var date = Micros.ToTime(local);
        var months = ((date.Year * 12 + date.Month - 1) / unit.Months + 1) * unit.Months;
        return Micros.From(new(months / 12, months % 12 + 1, 1, 0, 0, 0, TimeSpan.Zero));
    }

    /// <summary>The first instant at which clocks show this local time or a later one.</summary>
    long First(long local)
    {
        var (low, high) = (local - WidestOffset, local + WidestOffset);
        var (before, after) = (Offset(low), Offset(high));
        if (before == after) return local - before;
        var change = Change(low, high);
        return local - before < change ? local - before : Math.Max(change, local - after);
    }

    /// <summary>
    /// The first instant with the UTC offset in force at <paramref name="high"/>; the offset at <paramref name="low"/> differs.
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
