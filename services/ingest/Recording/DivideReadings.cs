using System.Diagnostics;
using System.Runtime.InteropServices;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Ingest.Recording;

/// <summary>The readings of one event.</summary>
/// <param name="Readings">The readings.</param>
/// <param name="Of">The submissions that brought them.</param>
sealed record ReadingsOfEvent(Reading[] Readings, IReadOnlyList<Submission> Of)
{
    /// <summary>Who had them recorded; null if a device sent them.</summary>
    public Caller? Caller => Of[0].Caller;

    /// <summary>Trace context of the first submission whose trace is kept, else of the first that has one, or null.</summary>
    public string? TraceParent =>
        (Of.FirstOrDefault(s => IsKept(s.TraceParent)) ?? Of.FirstOrDefault(s => s.TraceParent is not null))?.TraceParent;

    /// <summary>Whether the sender of a trace context has the trace kept.</summary>
    public static bool IsKept(string? traceParent) =>
        ActivityContext.TryParse(traceParent, null, out var trace) && trace.TraceFlags.HasFlag(ActivityTraceFlags.Recorded);
}

/// <summary>
/// Divides the new readings of an asset into events. What a person imports while a device sends is not in one event with what the device
/// sends, since an event says who asked for it. Pure.
/// </summary>
static class DivideReadings
{
    /// <summary>Larger events would delay a fold; smaller ones take more disk space.</summary>
    public const int MostPerEvent = 5_000;

    public static List<ReadingsOfEvent> Of(Additions additions)
    {
        List<ReadingsOfEvent> events = [];
        List<Submission> of = [];
        var (begin, end) = (0, 0);
        foreach (var part in additions.Parts)
        {
            if (of.Count > 0 && part.Readings > 0 && part.Of.Caller != of[0].Caller) Close();
            for (var left = part.Readings; left > 0;)
            {
                if (end - begin == MostPerEvent) Close();
                var taken = Math.Min(left, MostPerEvent - (end - begin));
                (end, left) = (end + taken, left - taken);
                of.Add(part.Of);
            }
        }
        if (of.Count > 0) Close();
        return events;

        void Close()
        {
            events.Add(new(CollectionsMarshal.AsSpan(additions.Readings)[begin..end].ToArray(), of));
            (begin, of) = (end, []);
        }
    }
}
