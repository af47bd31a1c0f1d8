using Cli.Drills;

namespace Query.Tests;

public class NotedTwinTests
{
    static readonly Look Earlier = new(10, "aa", 100), Later = new(12, "bb", 120);

    static NotedTwin Pump(params Look[] looks) => new("pump", looks);

    [Fact]
    public void A_twin_is_noted_twice_if_it_changed_and_not_at_all_without_readings()
    {
        var noted = NotedTwin.Of(
            new Dictionary<string, Look> { ["pump"] = Earlier, ["oven"] = Earlier, ["new"] = new(0, "cc", 0) },
            new Dictionary<string, Look> { ["pump"] = Later, ["oven"] = Earlier, ["new"] = Earlier, ["spare"] = new(0, "cc", 0) });
        Assert.Equal(["new", "oven", "pump"], noted.Select(t => t.AssetId));
        Assert.Equal([Earlier], noted[0].Looks);
        Assert.Equal([Earlier], noted[1].Looks);
        Assert.Equal([Earlier, Later], noted[2].Looks);
        Assert.Equal(12, noted[2].Position);
    }

    [Fact]
    public void A_twin_that_is_the_same_at_either_moment_is_the_same()
    {
        Assert.Null(Pump(Earlier, Later).Difference([Earlier, Later]));
        // Between the two, late readings had not been derived again yet.
        Assert.Null(Pump(Earlier, Later).Difference([Earlier, Later with { StateHash = "dd" }]));
        Assert.Null(Pump(Later).Difference([Later]));
    }

    [Fact]
    public void A_difference_names_asset_position_and_both_hashes()
    {
        Assert.Equal(
            "pump at position 12: live bb with 120 readings, made again dd with 119",
            Pump(Earlier, Later).Difference([Earlier with { StateHash = "ee" }, new(12, "dd", 119)]));
        // The hash of one moment at the position of the other.
        Assert.NotNull(Pump(Earlier, Later).Difference([Earlier with { StateHash = "bb" }]));
    }
}
