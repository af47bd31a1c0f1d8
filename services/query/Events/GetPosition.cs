using System.ComponentModel;
using ServiceDefaults;

namespace Query.Events;

/// <summary>The safe end of the log.</summary>
sealed record LogPosition([property: Description("0 when the log is empty.")] long Position);

static class GetPosition
{
    public static void Map(IEndpointRouteBuilder log) => log
        .MapGet("/position", async (LogReader reader, CancellationToken cancel) => new LogPosition(await reader.Position(cancel)))
        .WithName("getPosition").WithSummary("The highest safe log position")
        .WithDescription("The log up to this position never changes. An event that is still being committed is beyond it.");
}
