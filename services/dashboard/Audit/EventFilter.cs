using Contracts.Query.V1;

namespace Dashboard.Audit;

/// <summary>Which events of the log to show.</summary>
/// <param name="Kind">First part of the stream name; empty: the whole log.</param>
/// <param name="Name">The machine, scenario or decision, with <c>/yyyy-MM-dd</c> for one day; empty: all of the kind.</param>
/// <param name="Type">Event type in the log; empty: all.</param>
/// <param name="Actor">Who asked for the events; empty: all.</param>
sealed record EventFilter(string Kind, string Name, string Type, string Actor)
{
    /// <summary>The kinds to choose from.</summary>
    public static IReadOnlyList<(string Kind, string Text)> Kinds { get; } =
    [
        ("", "The whole log"), ("telemetry", "Readings, by machine and day"), ("rejected", "Rejected readings, by machine and day"),
        ("asset", "Registrations of a machine"),
        ("twin", "Alarms, health and maintenance of a machine"), ("calibration", "Calibrations of a machine"),
        ("scenario", "What-if scenarios"), ("decision", "Decisions"), ("graph", "Relationships"), ("policies", "Policies"),
        ("models", "Models revised"), ("model", "Texts of models"),
        ("refused", "Commands of which nobody heard that they were refused"),
    ];

    /// <summary>True if this kind has one stream per day.</summary>
    public static bool IsByDay(string kind) => kind is "telemetry" or "rejected";

    /// <summary>The stream parameter of query: a name, a prefix with *, or empty for the whole log.</summary>
    public string Stream => (Kind, Name) switch
    {
        ("", _) => "",
        ("graph" or "policies" or "models", _) => Kind,
        (_, "") => $"{Kind}/*",
        _ when IsByDay(Kind) && !Name.Contains('/') => $"{Kind}/{Name}/*",
        _ => $"{Kind}/{Name}",
    };

    public bool Admits(LogEvent e) => Type.Length == 0 || e.Type.Contains(Type, StringComparison.OrdinalIgnoreCase);
}
