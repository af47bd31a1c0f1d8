using System.ComponentModel.DataAnnotations;

namespace Dashboard;

/// <summary>Section <c>Dashboard</c> of the configuration.</summary>
sealed record DashboardSettings
{
    /// <summary>Where query speaks gRPC.</summary>
    [Required, RegularExpression(
        "^https?://[^/]+/?$", ErrorMessage = "Dashboard:Query is the address of query's gRPC, such as http://127.0.0.1:5110.")]
    public string Query { get; init; } = "http://127.0.0.1:5110";

    /// <summary>A question to query that takes longer is given up.</summary>
    [Range(1, 300)]
    public int DeadlineSeconds { get; init; } = 20;

    /// <summary>A browser that was away this long finds its page as it was.</summary>
    [Range(1, 86_400)]
    public int KeepPageSeconds { get; init; } = 180;

    /// <summary>Where a trace can be looked at, with {0} for its id; empty: nowhere.</summary>
    [RegularExpression(
        @"^https?://.*\{0\}.*$",
        ErrorMessage = "Dashboard:TraceUrl is an address with {0} in the place of the trace's id, such as "
            + "http://127.0.0.1:16686/trace/{0}.")]
    public string TraceUrl { get; init; } = "";
}
