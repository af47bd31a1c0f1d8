using Ingest.Recording;

namespace Ingest.Tests;

public class AssetLanesTests
{
    static readonly string[] Assets = [.. Enumerable.Range(1, 100).Select(i => $"line-{i}")];

    [Fact]
    public void Assets_are_shared_among_the_lanes_in_use()
    {
        var lanes = new AssetLanes();
        foreach (var group in Assets.GroupBy(a => lanes.Enter(a, 4))) Assert.InRange(group.Count(), 10, 40);
        Assert.All(Assets.Select(a => new AssetLanes().Enter(a, 2)), lane => Assert.InRange(lane, 0, 1));
    }

    [Fact]
    public void A_busy_asset_stays_in_its_lane_when_more_lanes_are_in_use_and_moves_when_it_is_done()
    {
        var lanes = new AssetLanes();
        foreach (var asset in Assets)
        {
            var alone = new AssetLanes().Enter(asset, 8);
            var lane = lanes.Enter(asset, 2);
            Assert.Equal(lane, lanes.Enter(asset, 8));
            lanes.Leave([asset]);
            Assert.Equal(lane, lanes.Enter(asset, 8));
            lanes.Leave([asset, asset]);
            Assert.Equal(alone, lanes.Enter(asset, 8));
        }
    }
}
