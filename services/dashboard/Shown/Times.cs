using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Dashboard.Shown;

/// <summary>Times in the browser's time zone.</summary>
static class Times
{
    /// <summary>As short as unambiguous: only the time of day if today.</summary>
    public static string Short(DateTimeOffset at, TimeZoneInfo zone, DateTimeOffset now)
    {
        var (local, today) = (TimeZoneInfo.ConvertTime(at, zone), TimeZoneInfo.ConvertTime(now, zone));
        var format = local.Date == today.Date ? "HH:mm:ss" : local.Year == today.Year ? "d MMM HH:mm:ss" : "d MMM yyyy HH:mm";
        return local.ToString(format, CultureInfo.InvariantCulture);
    }

    public static string Full(DateTimeOffset at, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(at, zone).ToString("d MMM yyyy HH:mm:ss", CultureInfo.InvariantCulture);

    public static string Utc(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>ISO 8601, for addresses.</summary>
    public static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);

    /// <summary>Local wall-clock time for charts, which do not support time zones.</summary>
    public static DateTime Local(DateTimeOffset at, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(at, zone).DateTime;

    /// <summary>Inverse of <see cref="Local"/>.</summary>
    public static DateTimeOffset FromLocal(DateTime local, TimeZoneInfo zone)
    {
        var unspecified = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        return new(unspecified, zone.GetUtcOffset(unspecified));
    }

    /// <summary>The second that a time lies in, UTC.</summary>
    public static DateTimeOffset Second(DateTimeOffset at) =>
        new(at.UtcTicks - at.UtcTicks % TimeSpan.TicksPerSecond, TimeSpan.Zero);

    public static DateTimeOffset? Read(string? text) =>
        DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
                ? time
                : null;

    /// <summary>A time in a page's address; null when it is left out.</summary>
    /// <exception cref="RpcException">Not a time. It is shown like a refusal of query.</exception>
    public static DateTimeOffset? Asked(string name, string? text) => string.IsNullOrEmpty(text) ? null
        : Read(text) ?? throw new RpcException(new(
            StatusCode.InvalidArgument, $"The address says {name}={text}; allowed: a time in ISO 8601, such as 2026-03-01T06:00:00Z."));

    public static DateTimeOffset? Of(Timestamp? at) => at?.ToDateTimeOffset();
}
