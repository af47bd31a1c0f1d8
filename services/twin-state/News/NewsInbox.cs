using Contracts.Messages;

namespace TwinState.News;

/// <summary>
/// News of one twin that waits for other work on it. Bounded: of more, only the newest version of each stream is kept, without readings,
/// which are then read from the log. Not thread-safe.
/// </summary>
sealed class NewsInbox
{
    /// <summary>Most news kept with readings.</summary>
    public const int MostWaiting = 32;

    List<AnnouncedBatch> waiting = [];

    public bool IsEmpty => waiting.Count == 0;

    public void Add(IReadOnlyList<AnnouncedBatch> news)
    {
        waiting.AddRange(news);
        if (waiting.Count > MostWaiting) waiting = Newest(waiting);
    }

    /// <summary>All that waits, which then waits no longer.</summary>
    public IReadOnlyList<AnnouncedBatch> TakeAll()
    {
        var all = waiting;
        waiting = [];
        return all;
    }

    static List<AnnouncedBatch> Newest(List<AnnouncedBatch> news) =>
        [.. news.GroupBy(n => n.Stream).Select(g => g.MaxBy(n => n.Version)! with { Batch = null })];
}
