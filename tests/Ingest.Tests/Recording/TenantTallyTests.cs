using Ingest.Recording;

namespace Ingest.Tests.Recording;

public class TenantTallyTests
{
    static readonly DateOnly Monday = new(2026, 3, 2);

    readonly TenantTally tally = new();

    Used Used => tally.Of("north", Monday);

    [Fact]
    public void What_is_not_written_yet_counts_as_much_as_what_is()
    {
        tally.Count("north", "line", Monday, new(1, 10, 100, 0));
        tally.Count("north", "pump", Monday, new(1, 5, 50, 7));
        tally.Count("south", "line-2", Monday, new(9, 9, 9, 9));
        Assert.Equal(new(new(2, 15, 150, 7), 157), Used);

        var unwritten = tally.Unwritten;
        // Meanwhile there is more.
        tally.Count("north", "line", Monday, new(1, 1, 10, 0));
        // Others had written some, too.
        tally.Written(unwritten, Monday, new() { ["north"] = new(10, 100, 0, 0) }, null);
        Assert.Equal((11, 101, 167), (Used.Today.Messages, Used.Today.Readings, Used.KeptBytes));
        tally.Written(tally.Unwritten, Monday, new() { ["north"] = new(11, 101, 0, 0) }, new() { ["north"] = 9_000 });
        Assert.Equal((11, 101, 9_000), (Used.Today.Messages, Used.Today.Readings, Used.KeptBytes));
        Assert.Empty(tally.Unwritten);
    }

    [Fact]
    public void A_new_day_begins_with_nothing_but_what_is_kept()
    {
        tally.Count("north", "line", Monday, new(1, 10, 100, 0));
        var tuesday = tally.Of("north", Monday.AddDays(1));
        Assert.Equal((default, 100), (tuesday.Today, tuesday.KeptBytes));
        tally.Written(tally.Unwritten, Monday, new() { ["north"] = new(1, 10, 0, 0) }, new() { ["north"] = 100 });
        Assert.Equal(new(default, 100), tally.Of("north", Monday.AddDays(1)));
    }
}
