using Contracts.Events;
using TwinModel.Telemetry;
using TwinState.Rebuilds;
using TwinState.Revisions;
using TwinState.Twins;
using static TwinState.Tests.Kettle;

namespace TwinState.Tests;

public class DecideRevisionTests
{
    static readonly AlarmRaised Raised =
        new("kettle.hot.1", "kettle", "hot", "temperature", "critical", "Hot", 110, "degC", Now.AddSeconds(1));

    static OwnedTwin Live()
    {
        var twin = Fresh();
        twin.Apply(Batch(1, 17, (0, 20), (1, 110)));
        twin.Apply([Raised]);
        return twin;
    }

    static OwnedTwin Revised(OwnedTwin live, params object[] corrections)
    {
        var logged = corrections.Select((c, i) => new LoggedCorrection(i + 1, 40 + i, c));
        var revised = DecideRebuild.Begin(live, new(live.Asset.Model, logged), [Raised]);
        revised.Apply(Batch(1, 17, (0, 20), (1, 110)));
        return revised;
    }

    static ReadingsRetracted Retract(double from, double to) =>
        new("r", "kettle", "temperature", Now.AddSeconds(from), Now.AddSeconds(to), 1, "loose wire", "eve", Now);

    static IReadOnlyList<object> Of(
        OwnedTwin live, OwnedTwin revised, IReadOnlyList<object> events, params (double Second, double Value)[] history) =>
        DecideRevision.Of(live, revised, events, new Dictionary<ushort, List<Reading>>
        {
            [live.Asset.Model.Sensors[0].Number] = [.. history.Select(h =>
                new Reading(live.Asset.Model.Sensors[0].Number, Micros.From(Now.AddSeconds(h.Second)), h.Value))],
        }, Now.AddSeconds(9));

    [Fact]
    public void An_alarm_of_the_past_is_withdrawn_if_its_readings_were_wrong_and_comes_back_with_them()
    {
        var live = Live();
        live.Apply(Batch(2, 18, (2, 30)));
        object[] events =
        [
            Raised, new AlarmCleared("kettle.hot.1", 30, Now.AddSeconds(2)), new AlarmAcknowledged("kettle.hot.1", "eve", null, Now),
        ];
        OwnedTwin With(params object[] corrections)
        {
            var twin = Revised(live, corrections);
            twin.Apply(Batch(2, 18, (2, 30)));
            twin.Apply(events.Skip(1));
            return twin;
        }
        var revised = With(Retract(1, 2));
        var withdrawn = Assert.IsType<AlarmWithdrawn>(Of(live, revised, events, (0, 20), (2, 30))[0]);
        Assert.Equal("kettle.hot.1", withdrawn.AlarmId);
        // Still hot, but from another time on.
        var moved = Of(live, revised, events, (0, 20), (1.5, 105), (2, 30));
        Assert.Equal(withdrawn.AlarmId, Assert.IsType<AlarmWithdrawn>(moved[0]).AlarmId);
        var later = Assert.IsType<AlarmRaised>(moved[1]);
        Assert.Equal(
            ($"kettle.hot.{Micros.From(Now.AddSeconds(1.5))}", "hot", 105, Now.AddSeconds(1.5)),
            (later.AlarmId, later.LimitId, later.Value, later.RaisedAt));
        Assert.Equal(new AlarmCleared(later.AlarmId, null, Now.AddSeconds(2)), moved[2]);
        Assert.IsType<TwinRevised>(moved[3]);
        // Moved once, and back again without the correction.
        Assert.IsType<TwinRevised>(Assert.Single(Of(live, revised, [.. events, .. moved], (0, 20), (1.5, 105), (2, 30))));
        var back = Of(
            revised, With(Retract(1, 2), new CorrectionWithdrawn("r", "kettle", "it was right", "eve", Now)), [.. events, .. moved],
            (0, 20), (1, 110), (1.5, 105), (2, 30));
        Assert.Equal([Raised, new AlarmCleared("kettle.hot.1", null, Now.AddSeconds(2))], back.Take(2));
        Assert.Equal(later.AlarmId, Assert.IsType<AlarmWithdrawn>(back[2]).AlarmId);
        // Withdrawn once.
        Assert.IsType<TwinRevised>(Assert.Single(Of(live, revised, [.. events, withdrawn], (0, 20), (2, 30))));
        var undone = With(Retract(1, 2), new CorrectionWithdrawn("r", "kettle", "it was right", "eve", Now));
        var again = Of(revised, undone, [.. events, withdrawn], (0, 20), (1, 110), (2, 30));
        Assert.Equal([Raised, new AlarmCleared("kettle.hot.1", null, Now.AddSeconds(2))], again.Take(2));
        Assert.IsType<TwinRevised>(Assert.Single(Of(revised, undone, events, (0, 20), (1, 110), (2, 30))));
    }

    [Fact]
    public void A_retracted_reading_clears_its_alarm_and_the_revision_says_what_changed()
    {
        var live = Live();
        var revised = Revised(live, Retract(1, 2));
        Assert.Equal((40L, 1L, false), (revised.Position, revised.Corrections.Version, revised.MustRevise));
        var events = Of(live, revised, [Raised], (0, 20));
        Assert.Equal(new AlarmCleared("kettle.hot.1", 20, Now), events[0]);
        var withdrawn = Assert.IsType<AlarmWithdrawn>(events[1]);
        Assert.Equal(("kettle.hot.1", "r", Now.AddSeconds(9)),
            (withdrawn.AlarmId, Assert.Single(withdrawn.CorrectionIds), withdrawn.WithdrawnAt));
        var revision = Assert.IsType<TwinRevised>(events[2]);
        Assert.Equal(("kettle", 40L, Now.AddSeconds(1), live.Hash(), revised.Hash(), Now.AddSeconds(9)),
            (revision.AssetId, revision.Position, revision.From, revision.HashBefore, revision.HashAfter, revision.RevisedAt));
        Assert.Equal([new RevisedSensor("temperature", 2, 1, 110, 20)], revision.Sensors);
        Assert.Equal(["r"], revision.CorrectionIds);
        Assert.Equal(["kettle.hot.1"], revision.AlarmIds);
    }

    [Fact]
    public void A_corrected_reading_raises_an_alarm_that_was_missing()
    {
        var live = Live();
        live.Apply([new AlarmCleared("kettle.hot.1", 20, Now), new AlarmAcknowledged("kettle.hot.1", "eve", null, Now)]);
        var logged = new LoggedCorrection(
            1, 40, new ReadingsCorrected("c", "kettle", "temperature", [new(Now, 105), new(Now.AddSeconds(1), 106)], "why", "eve", Now));
        var revised = DecideRebuild.Begin(live, new(live.Asset.Model, [logged]), []);
        revised.Apply(Batch(1, 17, (0, 20), (1, 110)));
        var raised = Assert.IsType<AlarmRaised>(Of(live, revised, [], (0, 105), (1, 106))[0]);
        Assert.Equal(("kettle.hot." + Micros.From(Now), 106, Now), (raised.AlarmId, raised.Value, raised.RaisedAt));
    }

    [Fact]
    public void Without_any_reading_left_an_alarm_ends_now()
    {
        var live = Live();
        var events = Of(live, Revised(live, Retract(0, 60)), [Raised]);
        Assert.Equal(new AlarmCleared("kettle.hot.1", null, Now.AddSeconds(9)), events[0]);
        Assert.Equal([new RevisedSensor("temperature", 2, 0, 110, null)], Assert.IsType<TwinRevised>(events[2]).Sensors);
    }

    [Fact]
    public void A_correction_that_was_withdrawn_gives_the_same_twin_as_none()
    {
        var live = Live();
        var revised = Revised(live, Retract(1, 2), new CorrectionWithdrawn("r", "kettle", "it was right", "eve", Now));
        Assert.Equal((live.Hash(), 2L), (revised.Hash(), revised.Corrections.Version));
    }

    [Fact]
    public void Readings_that_arrive_later_count_as_corrected()
    {
        var revised = Revised(Live(), Retract(1, 5));
        var hash = revised.Hash();
        revised.Apply(Batch(2, 50, (3, 90)));
        Assert.Equal((hash, 50L), (revised.Hash(), revised.Position));
    }
}
