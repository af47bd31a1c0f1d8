namespace Ingest.Payloads;

/// <summary>How a time that was read maps to UTC.</summary>
enum TimeKind
{
    Invalid,
    Known,

    /// <summary>In the hour that daylight saving skips.</summary>
    Missing,

    /// <summary>In the hour that is repeated when daylight saving ends; the microseconds are those of the first pass.</summary>
    Twice,
}

/// <summary>A time read from a payload or a row.</summary>
/// <param name="Kind">Only <see cref="TimeKind.Known"/> and <see cref="TimeKind.Twice"/> have microseconds.</param>
/// <param name="Micros">Since the Unix epoch.</param>
/// <param name="SecondPass">How much later the second pass is, in microseconds.</param>
readonly record struct ReadTime(TimeKind Kind, long Micros = 0, long SecondPass = 0);

/// <summary>Parses sample times of payloads and imports, exact to the microsecond; further digits are rounded.</summary>
static class SampleTime
{
    // The range of DateTimeOffset: years 1 to 9999.
    const long Earliest = -62_135_596_800_000_000, Latest = 253_402_300_799_999_999;
    const decimal MicrosPerSecond = 1_000_000m;

    public const string AllowedText =
        "ISO 8601 such as 2026-03-01T12:00:00.123456Z, or seconds, milliseconds, microseconds or nanoseconds since 1970";

    public static bool TryFromSeconds(decimal seconds, out long micros)
    {
        micros = 0;
        if (seconds is < -1e12m or > 1e12m) return false;
        return TryFromMicros(seconds * MicrosPerSecond, out micros);
    }

    public static bool TryFromMillis(ulong millis, out long micros) => TryFromMicros(millis * 1000m, out micros);

    /// <summary>A number since 1970 whose magnitude implies its unit: seconds from 1973 to 5138, finer units from 1973.</summary>
    public static bool TryFromEpoch(decimal number, out long micros)
    {
        micros = 0;
        return number switch
        {
            // Smaller numbers are counters since power-on, not times.
            < 1e8m => false,
            < 1e11m => TryFromMicros(number * MicrosPerSecond, out micros),
            < 1e14m => TryFromMicros(number * 1000m, out micros),
            < 1e17m => TryFromMicros(number, out micros),
            < 1e20m => TryFromMicros(number / 1000m, out micros),
            _ => false,
        };
    }

    public static bool TryFromTicks(long ticks, out long micros) =>
        TryFromMicros((ticks - DateTime.UnixEpoch.Ticks) / (decimal)TimeSpan.TicksPerMicrosecond, out micros);

    /// <summary>Converts a local time in <paramref name="zone"/>.</summary>
    public static ReadTime FromLocal(DateTime time, TimeZoneInfo zone)
    {
        // Compares the offsets a day before and after: TimeZoneInfo.IsAmbiguousTime and IsInvalidTime miss zones that change their base
        // offset (Morocco, during Ramadan).
        var (before, after) = (OffsetAt(time.Ticks - TimeSpan.TicksPerDay, zone), OffsetAt(time.Ticks + TimeSpan.TicksPerDay, zone));
        var isBefore = before == after || OffsetAt(time.Ticks - before, zone) == before;
        var isAfter = before != after && OffsetAt(time.Ticks - after, zone) == after;
        if (!isBefore && !isAfter) return new(TimeKind.Missing);
        if (!TryFromTicks(time.Ticks - (isBefore ? before : after), out var micros)) return default;
        return isBefore && isAfter ? new(TimeKind.Twice, micros, (before - after) / TimeSpan.TicksPerMicrosecond)
            : new(TimeKind.Known, micros);
    }

    static long OffsetAt(long utcTicks, TimeZoneInfo zone) =>
        zone.GetUtcOffset(new DateTime(Math.Clamp(utcTicks, 0, DateTime.MaxValue.Ticks), DateTimeKind.Utc)).Ticks;

    /// <summary>Like <see cref="FromIso8601"/>, but treats a time without an offset as UTC.</summary>
    public static bool TryFromIso8601(ReadOnlySpan<byte> text, out long micros)
    {
        var time = FromIso8601(text, TimeZoneInfo.Utc);
        micros = time.Micros;
        return time.Kind == TimeKind.Known;
    }

    /// <summary>
    /// <c>yyyy-MM-dd[(T| )HH:mm[:ss[(.|,)f…]][[ ]Z|±HH[[:]mm]]]</c> or its basic form <c>yyyyMMdd[THHmm[ss…]]</c>; without an offset the
    /// time is local to <paramref name="zone"/>.
    /// </summary>
    public static ReadTime FromIso8601(ReadOnlySpan<byte> text, TimeZoneInfo zone)
    {
        if (!Number(ref text, 4, 1, 9999, out var year)) return default;
        var isBasic = !Skip(ref text, '-');
        if (!Number(ref text, 2, 1, 12, out var month) || (!isBasic && !Skip(ref text, '-'))) return default;
        if (!Number(ref text, 2, 1, DateTime.DaysInMonth(year, month), out var day)) return default;
        // Eight digits alone are more likely a number than a date.
        if (isBasic && text.IsEmpty) return default;
        int hour = 0, minute = 0, second = 0;
        long fraction = 0;
        if (!text.IsEmpty)
        {
            if (!Skip(ref text, 'T') && (isBasic || !Skip(ref text, ' ')) && !Skip(ref text, 't')) return default;
            if (!Number(ref text, 2, 0, 23, out hour) || (!isBasic && !Skip(ref text, ':')) || !Number(ref text, 2, 0, 59, out minute))
                return default;
            var hasSeconds = isBasic ? !text.IsEmpty && char.IsAsciiDigit((char)text[0]) : Skip(ref text, ':');
            if (hasSeconds && !(Number(ref text, 2, 0, 59, out second) && Fraction(ref text, out fraction))) return default;
        }
        var local = new DateTime(year, month, day, hour, minute, second);
        ReadTime time;
        if (text.IsEmpty)
        {
            time = FromLocal(local, zone);
        }
        else
        {
            Skip(ref text, ' ');
            if (!Offset(ref text, out var offset) || !text.IsEmpty || !TryFromTicks(local.Ticks - offset, out var micros)) return default;
            time = new(TimeKind.Known, micros);
        }
        return time.Micros + fraction <= Latest ? time with { Micros = time.Micros + fraction } : default;
    }

    static bool TryFromMicros(decimal exact, out long micros)
    {
        micros = 0;
        if (exact is < Earliest or > Latest) return false;
        micros = (long)decimal.Round(exact, MidpointRounding.AwayFromZero);
        return true;
    }

    static bool Skip(ref ReadOnlySpan<byte> text, char expected)
    {
        if (text.IsEmpty || text[0] != expected) return false;
        text = text[1..];
        return true;
    }

    static bool Number(ref ReadOnlySpan<byte> text, int digits, int min, int max, out int value)
    {
        value = 0;
        if (text.Length < digits) return false;
        foreach (var digit in text[..digits])
        {
            if (!char.IsAsciiDigit((char)digit)) return false;
            value = value * 10 + (digit - '0');
        }
        text = text[digits..];
        return value >= min && value <= max;
    }

    static bool Fraction(ref ReadOnlySpan<byte> text, out long micros)
    {
        micros = 0;
        if (!Skip(ref text, '.') && !Skip(ref text, ',')) return true;
        var digits = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') is var end and >= 0 ? end : text.Length;
        for (var i = 0; i < 6; i++) micros = micros * 10 + (i < digits ? text[i] - '0' : 0);
        if (digits > 6 && text[6] >= '5') micros++;
        text = text[digits..];
        return digits > 0;
    }

    static bool Offset(ref ReadOnlySpan<byte> text, out long ticks)
    {
        ticks = 0;
        if (Skip(ref text, 'Z') || Skip(ref text, 'z')) return true;
        var sign = Skip(ref text, '+') ? 1 : Skip(ref text, '-') ? -1 : 0;
        if (sign == 0 || !Number(ref text, 2, 0, 14, out var hours)) return false;
        var minutes = 0;
        if ((Skip(ref text, ':') || !text.IsEmpty) && !Number(ref text, 2, 0, 59, out minutes)) return false;
        ticks = sign * (hours * TimeSpan.TicksPerHour + minutes * TimeSpan.TicksPerMinute);
        return true;
    }
}
