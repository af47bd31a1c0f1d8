using System.ComponentModel;
using Query.Api;
using ServiceDefaults;

namespace Query.Events;

/// <summary>A position up to which the log never changes.</summary>
sealed record LogPosition([property: Description("0 when the log is empty, or was at that time.")] long Position);

/// <summary>The safe end of the log, or where it was at some time.</summary>
sealed class GetPosition(LogReader log, FindPosition find)
{
    public static void Map(IEndpointRouteBuilder log) => log
        .MapGet("/position", (
            GetPosition get, [Description("The highest position appended up to this time, in ISO 8601; absent: now.")] string? at,
            CancellationToken cancel) => get.Run(Input.Time("at", at), cancel))
        .WithName("getPosition").WithSummary("The highest safe log position, now or at some time")
        .WithDescription("The log up to this position never changes. An event that is still being committed is beyond it.");

    /// <exception cref="InvalidInputException">The time is in the future.</exception>
    public async Task<LogPosition> Run(DateTimeOffset? at, CancellationToken cancel) => new(
        at is null ? await log.Position(cancel) : (await find.Run(new KnownAt(null, at), cancel, "at")).Position);
}
