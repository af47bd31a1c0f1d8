using Query.Twins;
using ServiceDefaults;

namespace Query.Tests;

public class WatcherTests
{
    static readonly TimeSpan NotLong = TimeSpan.FromMilliseconds(1);
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_newest_view_comes_at_once()
    {
        using var watcher = new Watcher([new LiveTwin(Given.A_view())]);
        Assert.True(await watcher.Wait(NotLong, Cancel));
        Assert.Single(watcher.Changed());
    }

    [Fact]
    public async Task A_slow_reader_gets_only_the_newest_of_many_views()
    {
        var twin = new LiveTwin(Given.A_view(position: 1));
        using var watcher = new Watcher([twin]);
        for (var position = 2; position <= 1000; position++) twin.Offer(Given.A_view(position));
        Assert.True(await watcher.Wait(NotLong, Cancel));
        Assert.Equal(1000, Assert.Single(watcher.Changed()).View.Position);
        Assert.False(await watcher.Wait(NotLong, Cancel));
    }

    [Fact]
    public async Task A_reader_that_comes_back_gets_nothing_it_has_seen()
    {
        var twin = new LiveTwin(Given.A_view(position: 7, revision: 3));
        using var watcher = new Watcher([twin], after: (7, 3));
        await watcher.Wait(NotLong, Cancel);
        Assert.Empty(watcher.Changed());
        twin.Offer(Given.A_view(position: 7, revision: 4));
        Assert.True(await watcher.Wait(NotLong, Cancel));
        Assert.Single(watcher.Changed());
    }

    [Fact]
    public async Task Only_twins_that_changed_are_handed_out()
    {
        LiveTwin[] twins = [new(Given.A_view(asset: "a")), new(Given.A_view(asset: "b"))];
        using var watcher = new Watcher(twins);
        await watcher.Wait(NotLong, Cancel);
        Assert.Equal(2, watcher.Changed().Count());
        twins[1].Offer(Given.A_view(position: 101, asset: "b"));
        await watcher.Wait(NotLong, Cancel);
        Assert.Equal("b", Assert.Single(watcher.Changed()).AssetId);
    }

    [Theory]
    [InlineData(99, 9, false)]
    [InlineData(100, 1, false)]
    [InlineData(100, 2, true)]
    [InlineData(101, 1, true)]
    public void Only_a_newer_view_replaces_the_one_held(long position, long revision, bool isTaken) =>
        Assert.Equal(isTaken, new LiveTwin(Given.A_view(position: 100, revision: 1)).Offer(Given.A_view(position, revision)));

    [Fact]
    public void An_event_id_tells_where_to_resume()
    {
        Assert.Equal((12, 1772366400000000), WatchTwins.ParseAfter("12.1772366400000000"));
        Assert.Null(WatchTwins.ParseAfter(""));
        Assert.Throws<InvalidInputException>(() => WatchTwins.ParseAfter("12"));
        Assert.Throws<InvalidInputException>(() => WatchTwins.ParseAfter("-1.x"));
    }
}
