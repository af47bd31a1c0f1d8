using Contracts.Messages;
using TwinState.News;

namespace TwinState.Tests;

public class NewsInboxTests
{
    static AnnouncedBatch News(string day, long version) =>
        new("kettle", $"telemetry/kettle/{day}", version, version, Kettle.Now, [1], null);

    [Fact]
    public void What_waits_is_taken_once_and_in_order()
    {
        var inbox = new NewsInbox();
        Assert.True(inbox.IsEmpty);
        inbox.Add([News("2026-01-01", 1), News("2026-01-01", 2)]);
        inbox.Add([News("2026-01-02", 1)]);
        Assert.False(inbox.IsEmpty);
        Assert.Equal([1, 2, 1], inbox.TakeAll().Select(n => n.Version));
        Assert.True(inbox.IsEmpty);
        Assert.Empty(inbox.TakeAll());
    }

    [Fact]
    public void Of_too_much_only_the_newest_version_of_each_stream_stays_without_readings()
    {
        var inbox = new NewsInbox();
        inbox.Add([News("2026-01-01", 7)]);
        for (var version = 1; version <= 10 * NewsInbox.MostWaiting; version++)
        {
            inbox.Add([News("2026-01-02", version)]);
        }
        var taken = inbox.TakeAll();
        Assert.InRange(taken.Count, 2, NewsInbox.MostWaiting);
        Assert.Equal(News("2026-01-01", 7) with { Batch = null }, taken[0]);
        Assert.Equal(10 * NewsInbox.MostWaiting, taken.Max(n => n.Version));
    }
}
