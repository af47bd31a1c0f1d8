using Contracts.Events;
using TwinState.Twins;
using TwinState.Upkeep;
using static TwinState.Tests.Kettle;

namespace TwinState.Tests;

public class DecideUpkeepTests
{
    static readonly TwinStateSettings Settings = new() { SaveEverySeconds = 30, SaveAtRestSeconds = 5 };

    static TwinSave? Save(OwnedTwin twin, double second) => DecideUpkeep.Save(twin, Now.AddSeconds(second), Settings);

    static OwnedTwin SavedNow(params (double Second, double Value)[] readings)
    {
        var twin = Fresh();
        twin.SavedAt = Now;
        if (readings.Length > 0) twin.Apply(Batch(1, 1, readings));
        return twin;
    }

    [Fact]
    public void A_changed_twin_at_rest_is_saved_soon()
    {
        var twin = SavedNow((0, 20));
        Assert.Null(Save(twin, 4.9));
        Assert.Empty(Save(twin, 5)!.Events);
        twin.Saved();
        Assert.Null(Save(twin, 5));
    }

    [Fact]
    public void A_twin_that_keeps_changing_is_saved_when_its_last_save_is_old_enough()
    {
        var twin = SavedNow((0, 20));
        for (var second = 1; second < 30; second++)
        {
            twin.Apply(Batch(second + 1, second + 1, (second, 20)));
            Assert.Null(Save(twin, second));
        }
        Assert.Empty(Save(twin, 30)!.Events);
    }

    [Fact]
    public void A_twin_whose_change_could_not_be_published_is_saved_soon()
    {
        var twin = SavedNow((0, 20));
        twin.Apply(Batch(2, 2, (4, 20)));
        Assert.Null(Save(twin, 6));
        twin.WasNotShown = true;
        Assert.NotNull(Save(twin, 6));
        twin.Saved();
        twin.Apply(Batch(3, 3, (6, 20)));
        Assert.Null(Save(twin, 7));
    }

    [Fact]
    public void A_twin_that_never_heard_a_sensor_needs_nothing() => Assert.Null(Save(SavedNow(), 1_000));

    [Fact]
    public void Silence_is_an_alarm_at_once_and_only_once()
    {
        var twin = SavedNow((0, 20));
        twin.Saved();
        var silent = Model.Sensors[0].MissingAfter.TotalSeconds + 1;
        var raised = Assert.IsType<AlarmRaised>(Assert.Single(Save(twin, silent)!.Events));
        Assert.Equal("missing-data", raised.LimitId);
        twin.Apply([raised]);
        Assert.Null(Save(twin, silent + 1));
        twin.Apply(Batch(2, 2, (silent + 2, 20)));
        Assert.Equal(new AlarmCleared(raised.AlarmId, null, Now.AddSeconds(silent + 2)), Assert.Single(Save(twin, silent + 2)!.Events));
    }

    [Fact]
    public void A_twin_sleeps_when_its_silence_is_reported_and_everything_is_saved_and_shown()
    {
        var after = TimeSpan.FromMinutes(10);
        var twin = SavedNow((0, 20));
        bool MaySleep(double second) => DecideUpkeep.MaySleep(twin, Now.AddSeconds(second), after);
        Assert.False(MaySleep(601));
        twin.Saved();
        Assert.False(MaySleep(601));
        twin.Apply(Save(twin, 601)!.Events);
        Assert.False(MaySleep(601));
        Assert.NotNull(twin.ViewIfDue(Now.AddSeconds(601), TimeSpan.Zero));
        twin.Saved();
        Assert.False(MaySleep(599));
        Assert.True(MaySleep(601));
        twin.GoOffline(Now.AddSeconds(602));
        Assert.False(MaySleep(603));
    }

    [Fact]
    public void A_twin_that_never_heard_a_sensor_sleeps_at_once()
    {
        var twin = SavedNow();
        Assert.True(DecideUpkeep.MaySleep(twin, Now, TimeSpan.FromMinutes(10)));
    }
}
