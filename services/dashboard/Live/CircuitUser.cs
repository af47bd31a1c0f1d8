using Microsoft.AspNetCore.Components.Server.Circuits;

namespace Dashboard.Live;

/// <summary>The name of whoever uses a browser, for calls that follow from what that person does.</summary>
sealed class CircuitUser : CircuitHandler
{
    // The clients of query are shared by all browsers, so a call finds its browser by the flow of execution.
    static readonly AsyncLocal<CircuitUser?> Local = new();

    /// <summary>As last typed; null when nobody did, or no browser is concerned.</summary>
    public static string? Name => Local.Value?.Typed is { Length: > 0 } name ? name : null;

    /// <summary>What this browser's user typed.</summary>
    public string? Typed { get; set; }

    public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(
        Func<CircuitInboundActivityContext, Task> next) => async activity =>
        {
            Local.Value = this;
            await next(activity);
        };
}
