using System.ComponentModel.DataAnnotations;

namespace Dashboard;

/// <summary>Section <c>Dashboard</c> of the configuration.</summary>
sealed record DashboardSettings
{
    /// <summary>Address of query's gRPC endpoint.</summary>
    [Required, RegularExpression(
        "^https?://[^/]+/?$", ErrorMessage = "Dashboard:Query is the address of query's gRPC, such as http://127.0.0.1:5110.")]
    public string Query { get; init; } = "http://127.0.0.1:5110";

    /// <summary>Deadline of a request to query, s.</summary>
    [Range(1, 300)]
    public int DeadlineSeconds { get; init; } = 20;

    /// <summary>How long the page of a disconnected browser is kept, s.</summary>
    [Range(1, 86_400)]
    public int KeepPageSeconds { get; init; } = 180;

    /// <summary>Id of the dashboard among the clients of the issuer of <c>Access:Issuer</c>.</summary>
    [StringLength(200, MinimumLength = 1)]
    public string ClientId { get; init; } = "dashboard";

    /// <summary>File with the secret of <see cref="ClientId"/>; needed when an issuer is set.</summary>
    [StringLength(4000)]
    public string ClientSecretFile { get; init; } = "";

    /// <summary>Address of the trace viewer, with {0} for the trace id; empty: none.</summary>
    [RegularExpression(
        @"^https?://.*\{0\}.*$",
        ErrorMessage = "Dashboard:TraceUrl is an address with {0} in the place of the trace's id, such as "
            + "http://127.0.0.1:16686/trace/{0}.")]
    public string TraceUrl { get; init; } = "";
}
