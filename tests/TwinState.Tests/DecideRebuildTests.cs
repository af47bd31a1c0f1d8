using Contracts.Events;
using TwinModel.Telemetry;
using TwinState.Rebuilds;
using TwinState.Twins;
using static TwinState.Tests.Kettle;

namespace TwinState.Tests;

public class DecideRebuildTests
{
    [Fact]
    public void All_twins_are_those_of_all_machines_also_of_those_that_were_never_heard() => Assert.Equal(
        ["press-1", "press-2"],
        DecideRebuild.Machines([new("hall-1", false), new("press-1", true), new("press-2", false)], id => id != "hall-1"));

    static readonly AlarmRaised Raised = new("kettle.hot.1", "kettle", "hot", "temperature", "critical", "Hot", 110, "degC", Now);

    static OwnedTwin Live()
    {
        var twin = Fresh();
        twin.Apply(Batch(1, 17, (0, 20), (1, 110)));
        twin.Apply([Raised]);
        (twin.Revision, twin.SavedRevision, twin.TwinStreamVersion) = (42, 41, 1);
        return twin;
    }

    [Fact]
    public void A_rebuild_begins_empty_with_the_events_and_the_versions_that_let_it_replace_the_live_twin()
    {
        var rebuilt = DecideRebuild.Begin(Live(), Corrections.None, [Raised]);
        Assert.Equal((42L, 41L, 1L, true),
            (rebuilt.Revision, rebuilt.SavedRevision, rebuilt.TwinStreamVersion, rebuilt.ReplacesHistory));
        Assert.Equal(["kettle.hot.1"], rebuilt.Alarms.Open.Keys);
        Assert.Equal((0L, 0), (rebuilt.Position, rebuilt.Versions.Count));
    }

    [Fact]
    public void Replaying_the_same_readings_gives_the_same_hash()
    {
        var live = Live();
        var rebuilt = DecideRebuild.Begin(live, Corrections.None, [Raised]);
        rebuilt.Apply(Batch(1, 17, (1, 110), (0, 20)));
        Assert.Equal(new TwinRebuilt("kettle", 17, live.Hash(), live.Hash(), 2, Now), DecideRebuild.Compare(live, rebuilt, Now));
    }

    [Fact]
    public void It_takes_the_place_of_the_live_twin_unless_that_changed_in_a_way_that_the_fold_does_not_show()
    {
        var (live, rebuilt) = (Live(), DecideRebuild.Begin(Live(), Corrections.None, [Raised]));
        Assert.True(DecideRebuild.MayReplace(rebuilt, live, [new AlarmCleared(Raised.AlarmId, 90, Now)]));
        Assert.False(DecideRebuild.MayReplace(rebuilt, live, [new ComponentReplaced("kettle", "vessel", "ada", null, Now)]));
        Assert.False(DecideRebuild.MayReplace(rebuilt, live, [new FailureOccurred("kettle", "vessel", "ada", null, Now)]));
        var renamed = new OwnedTwin(live.Asset with { Name = "Pot" }, live.Twin);
        Assert.False(DecideRebuild.MayReplace(rebuilt, renamed, []));
    }

    [Fact]
    public void A_missing_reading_shows_in_the_hash()
    {
        var live = Live();
        var rebuilt = DecideRebuild.Begin(live, Corrections.None, []);
        rebuilt.Apply(Batch(1, 17, (0, 20)));
        var result = DecideRebuild.Compare(live, rebuilt, Now);
        Assert.NotEqual(result.LiveHash, result.RebuiltHash);
    }
}
