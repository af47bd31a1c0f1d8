using System.Globalization;
using Contracts.Query.V1;

namespace Dashboard.Shown;

/// <summary>What an alarm says to people: what is measured, the limit that it crossed, since when, and what follows from it.</summary>
static class AlarmText
{
    /// <summary>In one line, e.g. <c>Melt pressure 201.4 bar, above 200 bar for 12 s. The rupture disc opens at 250 bar.</c></summary>
    /// <param name="alarm">The alarm.</param>
    /// <param name="newest">What its sensor or signal shows now, in the alarm's unit; null if that is not known.</param>
    /// <param name="now">Present time, or the moment looked at.</param>
    public static string Of(Alarm alarm, double? newest, DateTimeOffset now)
    {
        var cause = $"{Cause(alarm, newest, now)}.";
        return alarm.Consequence.Length > 0 ? $"{cause} {alarm.Consequence}" : cause;
    }

    static string Cause(Alarm alarm, double? newest, DateTimeOffset now)
    {
        var raised = alarm.RaisedAt.ToDateTimeOffset();
        var lasted = Units.Duration((alarm.ClearedAt?.ToDateTimeOffset() ?? now) - raised);
        // One from before limits were told with alarms, or of something that has none.
        if (!alarm.HasThreshold)
        {
            var at = alarm.HasValue ? $" at {Units.Text(alarm.Value, alarm.Unit)}" : "";
            return $"{Capital(alarm.Message.TrimEnd('.'))}{at} (for {lasted})";
        }
        var limit = $"{alarm.Direction} {Limit(alarm)}";
        if (alarm.ClearedAt is not null) return $"{Capital(alarm.Name)} was {limit} for {lasted}";
        var value = newest ?? alarm.Value;
        var isBeyond = alarm.Direction == "above" ? value > alarm.Threshold : value < alarm.Threshold;
        return isBeyond
            ? $"{Capital(alarm.Name)} {Units.Text(value, alarm.Unit)}, {limit} for {lasted}"
            : $"{Capital(alarm.Name)} {Units.Text(value, alarm.Unit)} again, was {limit} {lasted} ago";
    }

    /// <summary>Its state in words.</summary>
    public static string State(Alarm alarm) => alarm.State switch
    {
        "active" => "active",
        "active-acknowledged" => $"active, acknowledged by {alarm.AcknowledgedBy}",
        "cleared" => "cleared, not acknowledged",
        "withdrawn" => "withdrawn: its readings were corrected",
        _ => $"closed by {alarm.AcknowledgedBy}",
    };

    /// <summary>The limit that was crossed, as precise as the model says it.</summary>
    static string Limit(Alarm alarm) =>
        $"{Number(alarm.Threshold)}\u00a0{Units.Symbol(alarm.Unit)}".TrimEnd('\u00a0');

    static string Number(double value) => value.ToString(CultureInfo.InvariantCulture).Replace('-', '\u2212');

    /// <summary>Whether it calls nobody at a moment.</summary>
    public static bool IsShelved(Alarm alarm, DateTimeOffset now) => alarm.Shelf?.Until.ToDateTimeOffset() > now;

    static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];
}
