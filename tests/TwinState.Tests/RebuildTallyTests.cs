using Contracts.Events;
using TwinState.Rebuilds;

namespace TwinState.Tests;

public class RebuildTallyTests
{
    static readonly DateTimeOffset Begun = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    readonly RebuildTally tally = new("r", Begun);

    [Fact]
    public void Equal_twins_are_counted_and_others_are_named()
    {
        tally.Add("press-1", new("aa", "aa", HealthDiffers: false));
        tally.Add("press-3", new("aa", "bb", HealthDiffers: true));
        tally.Add("press-2", new("aa", "aa", HealthDiffers: true));
        tally.AddFailure("line-1", "no model");
        var finished = tally.Finish(Begun);
        Assert.Equal((1, 2, 1), (finished.Equal, finished.Different, finished.Failed));
        Assert.Equal(
            [
                new("line-1", "failed", "no model"), new("press-2", "different", "the condition of its parts"),
                new RebuildProblem("press-3", "different", "aa live, bb rebuilt"),
            ],
            finished.Problems);
        Assert.True(tally.Has("line-1"));
        Assert.False(tally.Has("line-2"));
    }

    [Fact]
    public void A_twin_that_was_rebuilt_twice_counts_once()
    {
        tally.AddFailure("press-1", "no answer");
        tally.Add("press-1", new("aa", "aa", HealthDiffers: false));
        Assert.Equal((1, 0), (tally.Finish(Begun).Equal, tally.Finish(Begun).Failed));
    }

    [Fact]
    public void Reports_come_every_second_at_first_and_more_rarely_the_longer_it_takes()
    {
        var (reports, duration) = (0, TimeSpan.FromHours(3));
        for (var passed = TimeSpan.Zero; passed < duration; passed += TimeSpan.FromMilliseconds(100))
        {
            if (tally.ProgressIfDue(Begun + passed) is null) continue;
            reports++;
            if (passed < TimeSpan.FromSeconds(10)) Assert.Equal(reports, passed.TotalSeconds, 1);
        }
        Assert.InRange(reports, 200, 500);
    }
}
