using TwinState.Checks;
using TwinState.Twins;
using static TwinState.Tests.Kettle;

namespace TwinState.Tests;

public class DecideCheckTests
{
    static readonly IReadOnlyDictionary<string, long> Nothing = new Dictionary<string, long>();

    static TwinClaim Claim(params (string Stream, long Version)[] versions) =>
        new(versions.ToDictionary(v => v.Stream, v => v.Version), 0, 100, 1, Model.Hash, "hash");

    [Fact]
    public void Twins_are_checked_one_after_the_other_and_then_again()
    {
        string[] assets = ["c", "a", "b"];
        Assert.Equal("a", DecideCheck.Next(assets, ""));
        Assert.Equal("b", DecideCheck.Next(assets, "a"));
        Assert.Equal("c", DecideCheck.Next(assets, "bb"));
        Assert.Equal("a", DecideCheck.Next(assets, "c"));
        Assert.Null(DecideCheck.Next([], "c"));
    }

    [Fact]
    public void From_the_beginning_old_days_are_folded_whole_and_open_ones_as_far_as_the_twin_knows_them() => Assert.Equal(
        [new("k/1", 0, long.MaxValue), new("k/2", 0, long.MaxValue), new("k/3", 0, 7), new StreamPart("k/5", 0, 2)],
        DecideCheck.Parts(["k/1", "k/2", "k/3", "k/4", "k/5", "k/6"], Claim(("k/3", 7), ("k/5", 2)), Nothing));

    [Fact]
    public void From_a_checkpoint_only_what_it_lacks_is_folded() => Assert.Equal(
        [new("k/2", 4, long.MaxValue), new("k/3", 3, 7), new StreamPart("k/4", 0, 2)],
        DecideCheck.Parts(
            ["k/1", "k/2", "k/3", "k/4"], Claim(("k/3", 7), ("k/4", 2)), new Dictionary<string, long> { ["k/2"] = 4, ["k/3"] = 3 }));

    [Fact]
    public void A_twin_claims_what_it_includes_unless_limits_are_still_to_be_derived_again()
    {
        Assert.Null(TwinClaim.Of(null));
        Assert.Null(TwinClaim.Of(Fresh()));
        var twin = Fresh();
        twin.Apply(Batch(1, 17, (100, 20), (200, 30)));
        var claim = TwinClaim.Of(twin)!;
        Assert.Equal((17L, 2L, twin.Hash(), Model.Hash), (claim.Position, claim.Readings, claim.Hash, claim.ModelHash));
        Assert.Equal(1, claim.Versions[Today]);

        // Beyond the limit, long before what the twin holds.
        twin.Apply(Batch(2, 18, (1, 110)));
        Assert.Null(TwinClaim.Of(twin));
        twin.MustRederive.Clear();
        Assert.NotNull(TwinClaim.Of(twin));
        // What it claimed is not changed by what comes later.
        Assert.Equal(1, claim.Versions[Today]);
    }
}
