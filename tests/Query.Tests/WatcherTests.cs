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
        using var watcher = new Watcher([twin], after: [(7, 3)]);
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
        Assert.Equal([(12, 1772366400000000)], WatchTwins.ParseAfter("12.1772366400000000", twins: 1)!);
        Assert.Null(WatchTwins.ParseAfter("", twins: 1));
    }

    [Theory]
    [InlineData("12", 1)]
    [InlineData("-1.x", 1)]
    [InlineData("1.2.3", 1)]
    [InlineData("1.2", 2)]
    [InlineData("1.2,3.4", 1)]
    public void What_is_no_event_id_of_the_stream_is_refused(string text, int twins) =>
        Assert.Equal(("after", text),
            Assert.Throws<InvalidInputException>(() => WatchTwins.ParseAfter(text, twins)) is var e ? (e.Field, e.Value) : default);

    [Fact]
    public async Task An_event_id_of_several_twins_names_the_view_of_each()
    {
        LiveTwin[] twins = [new(Given.A_view(position: 100, asset: "a")), new(Given.A_view(position: 50, asset: "b"))];
        using var watcher = new Watcher(twins);
        await watcher.Wait(NotLong, Cancel);
        using var changed = watcher.Changed().GetEnumerator();
        Assert.True(changed.MoveNext());
        var id = WatchTwins.EventId(watcher.Seen);
        Assert.Equal("100.1,-", id);

        // A late view of b has a lower position than the view of a already seen.
        twins[1].Offer(Given.A_view(position: 60, asset: "b"));
        using var again = new Watcher(twins, WatchTwins.ParseAfter(id, twins: 2));
        Assert.Equal("b", Assert.Single(again.Changed()).AssetId);
    }
}
