using Contracts.Messages;

namespace TwinState.News;

/// <summary>What news of a stream means to a twin.</summary>
enum NewsKind
{
    /// <summary>Already folded in.</summary>
    Old,

    /// <summary>The next version: to be folded in.</summary>
    Next,

    /// <summary>
    /// Versions before it, or its readings, have to be read from the log. So have the last events of the previous day at the first news of
    /// a day: they may have been missed.
    /// </summary>
    Gap,
}

/// <summary>Decides what to do with news, by the versions that a twin has folded in. Pure.</summary>
static class DecideNews
{
    public static NewsKind KindOf(IReadOnlyDictionary<string, long> versions, AnnouncedBatch news)
    {
        var known = versions.GetValueOrDefault(news.Stream);
        if (news.Version <= known) return NewsKind.Old;
        var isFirstEver = versions.Count == 0;
        return news.Version == known + 1 && news.Batch is not null && (known > 0 || isFirstEver) ? NewsKind.Next : NewsKind.Gap;
    }

    /// <summary>The streams that fill a gap, oldest first.</summary>
    public static IEnumerable<string> ToRead(IReadOnlyDictionary<string, long> versions, AnnouncedBatch news) =>
        [.. versions.Keys.Append(news.Stream).Distinct().Order(StringComparer.Ordinal)];
}
