namespace Dashboard.SignIn;

/// <summary>
/// Browsers say which page sends a form or opens a socket. Those of other ports of this machine, and of other names of the same domain,
/// send our cookie too.
/// </summary>
static class FromHere
{
    const string Circuits = "/_blazor";

    public static bool Is(HttpRequest request) => request.Headers.Origin is [{ } origin]
        && Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority == request.Host.Value;

    /// <summary>Pages of other origins open no circuit.</summary>
    public static void UseOwnCircuits(this WebApplication app) => app.Use((context, next) =>
    {
        if (!context.Request.Path.StartsWithSegments(Circuits) || context.Request.Headers.Origin.Count == 0 || Is(context.Request))
            return next(context);
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    });
}
