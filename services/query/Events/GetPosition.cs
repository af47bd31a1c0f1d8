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
        .WithDescription("What the log holds up to there never changes any more. An event that is being committed lies beyond it.");
}
