using Contracts.Query.V1;

namespace Dashboard.Audit;

/// <summary>Events in descending order.</summary>
/// <param name="Events">The events.</param>
/// <param name="LookedFrom">Lowest position that was read.</param>
sealed record FoundEvents(IReadOnlyList<LogEvent> Events, long LookedFrom)
{
    public bool HasOlder => LookedFrom > 1;
}

/// <summary>Reads the log from its end. query reads only forwards, so this asks for ranges, widening them where little is found.</summary>
static class ReadEventsBack
{
    const int AtATime = 200;

    // Limits the search for an event that is rare in a long log; the page says how far it looked.
    const int MostCalls = 30;

    /// <summary>The newest events below a position.</summary>
    public static async Task<FoundEvents> Before(
        LogService.LogServiceClient log, EventFilter filter, long before, int count, CancellationToken cancel)
    {
        List<LogEvent> found = [];
        var (below, width, calls) = (before, (long)AtATime, 0);
        while (below > 1 && found.Count < count && calls < MostCalls)
        {
            var from = Math.Max(0, below - 1 - width);
            List<LogEvent> stretch = [];
            var (after, asked) = (from, 0);
            do
            {
                var page = await log.ListEventsAsync(
                    new() { Stream = filter.Stream, Actor = filter.Actor, After = after, Limit = AtATime }, cancellationToken: cancel);
                stretch.AddRange(page.Events.Where(e => e.Position < below && filter.Admits(e)));
                after = page.NextAfter;
                asked++;
            }
            while (after > 0 && after < below - 1);
            found.InsertRange(0, stretch);
            below = from + 1;
            calls += asked;
            if (asked == 1) width *= 8;
        }
        var shown = found.Count > count ? found[^count..] : found;
        return new([.. shown.AsEnumerable().Reverse()], found.Count > count ? shown[0].Position : below);
    }

    /// <summary>The oldest events above a position.</summary>
    public static async Task<FoundEvents> After(
        LogService.LogServiceClient log, EventFilter filter, long after, int count, CancellationToken cancel)
    {
        List<LogEvent> found = [];
        var next = after;
        for (var calls = 0; calls < MostCalls && found.Count < count; calls++)
        {
            var page = await log.ListEventsAsync(
                new() { Stream = filter.Stream, Actor = filter.Actor, After = next, Limit = count }, cancellationToken: cancel);
            found.AddRange(page.Events.Where(filter.Admits));
            if (page.NextAfter == 0) break;
            next = page.NextAfter;
        }
        return new([.. found.Take(count).Reverse()], found.Count > 0 ? found[0].Position : after + 1);
    }
}
