using Contracts.Messages;
using TwinState.News;
using static TwinState.Tests.Kettle;

namespace TwinState.Tests;

public class DecideNewsTests
{
    const string Yesterday = "telemetry/kettle/2026-01-01";

    static readonly Dictionary<string, long> Nothing = [];

    static AnnouncedBatch News(long version, bool withReadings = true, string stream = Today) =>
        new("kettle", stream, version, 100 + version, Now, withReadings ? [1] : null, null);

    static Dictionary<string, long> Known(long today) => new() { [Yesterday] = 40, [Today] = today };

    [Theory]
    [InlineData(1, NewsKind.Old)]
    [InlineData(5, NewsKind.Old)]
    [InlineData(6, NewsKind.Next)]
    [InlineData(7, NewsKind.Gap)]
    public void Only_the_next_version_is_folded_in(long version, object kind) =>
        Assert.Equal(kind, DecideNews.KindOf(Known(5), News(version)));

    [Fact]
    public void News_without_readings_is_read_from_the_log() =>
        Assert.Equal(NewsKind.Gap, DecideNews.KindOf(Known(5), News(6, withReadings: false)));

    [Fact]
    public void The_first_news_ever_is_folded_in() => Assert.Equal(NewsKind.Next, DecideNews.KindOf(Nothing, News(1)));

    [Fact]
    public void The_first_news_of_a_day_may_follow_on_missed_news_of_the_day_before()
    {
        var known = new Dictionary<string, long> { [Yesterday] = 40 };
        Assert.Equal(NewsKind.Gap, DecideNews.KindOf(known, News(1)));
        Assert.Equal([Yesterday, Today], DecideNews.ToRead(known, News(1)));
    }

    [Fact]
    public void Known_days_are_read_once_and_in_order() => Assert.Equal([Yesterday, Today], DecideNews.ToRead(Known(5), News(9)));

    [Fact]
    public void News_in_any_order_and_repeated_is_folded_in_once_each()
    {
        var random = new Random(1);
        Dictionary<string, long> known = [];
        List<long> folded = [];
        foreach (var version in Enumerable.Range(0, 400).Select(_ => (long)random.Next(1, 51)))
        {
            if (DecideNews.KindOf(known, News(version)) is NewsKind.Old) continue;
            // Next and gap alike end at the announced version.
            for (var next = known.GetValueOrDefault(Today) + 1; next <= version; next++) folded.Add(next);
            known[Today] = version;
        }
        Assert.Equal(Enumerable.Range(1, (int)known[Today]).Select(v => (long)v), folded);
    }
}
