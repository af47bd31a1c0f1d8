using Grpc.Core;

namespace Dashboard.Shown;

/// <summary>Why a page shows nothing, and what to do.</summary>
/// <param name="Kind">Stable identifier, for tests and styles.</param>
/// <param name="Title">What is wrong.</param>
/// <param name="Text">What to do.</param>
/// <param name="HealsItself">True if the page loads again when query is back.</param>
public sealed record Trouble(string Kind, string Title, string Text, bool HealsItself = false)
{
    public static Trouble Of(RpcException exception, string what) => exception.StatusCode switch
    {
        StatusCode.NotFound =>
            new("unknown", $"There is no {what}",
                $"{exception.Status.Detail} {NextStep(what)}"),
        StatusCode.Unavailable or StatusCode.Cancelled => new(
            "away", "The query service cannot be reached",
            "This page will load by itself once the service is back. If that takes long, run './pollux status'.",
            HealsItself: true),
        StatusCode.DeadlineExceeded =>
            new("slow", "The answer takes too long", "Try a shorter time range or fewer sensors, or try again.", HealsItself: true),
        StatusCode.PermissionDenied =>
            new("forbidden", "Your role does not allow this",
                $"{exception.Status.Detail} Ask whoever administers Pollux for a role that may, then sign in again."),
        StatusCode.Unauthenticated => new("forbidden", "You are not signed in", "Sign in again, then come back to this address."),
        StatusCode.InvalidArgument or StatusCode.FailedPrecondition or StatusCode.ResourceExhausted =>
            new("refused", "This cannot be answered", exception.Status.Detail),
        _ => new("failed", "The query service has failed",
            $"{exception.Status.Detail} Try again; if the problem persists, send this text to whoever runs Pollux."),
    };

    // By the kind of thing, which is what its name begins with.
    static string NextStep(string what) => what.Split(' ')[0] switch
    {
        "machine" or "asset" => "Look for it in the fleet, or register it: PUT /api/v1/assets/{id} of the query service.",
        "scenario" or "pair" => "Choose one of the past scenarios on the page What if, or ask again.",
        "decision" => "Choose one of the past decisions on the page Replace or wait, or ask again.",
        "calibration" => "Choose one on the page Calibration of its machine, or calibrate again.",
        "model" => "The page Models lists those that there are.",
        "alarm" => "The page Alarms lists those that there are.",
        _ => "The address may be mistyped, or the link may be out of date.",
    };
}
