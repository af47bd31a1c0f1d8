using Contracts.Events;
using TwinModel.Telemetry;
using TwinModel.Twins;

namespace TwinModel.Tests.Twins;

public class AlarmTests
{
    static readonly DateTimeOffset At = Micros.ToTime(Given.T0);

    static IReadOnlyList<object> Decided(AlarmBook book, params bool[] violated) => DecideAlarms.For(
        "kettle-1", Given.Model, book, violated.Select((v, i) => new LimitTransition(Given.Model.Limits[0], v, Given.T0 + i, 110)));

    [Fact]
    public void A_violated_limit_raises_an_alarm_with_severity_and_unit()
    {
        var raised = Assert.IsType<AlarmRaised>(Assert.Single(Decided(AlarmBook.Empty, true)));
        Assert.Equal(("critical", "degC", 110.0, "Too hot"), (raised.Severity, raised.Unit, raised.Value!.Value, raised.Message));
        Assert.Equal($"kettle-1.hot.{Given.T0}", raised.AlarmId);
    }

    [Fact]
    public void An_active_alarm_is_not_raised_again_and_a_clear_limit_is_not_cleared() =>
        Assert.Equal([typeof(AlarmRaised), typeof(AlarmCleared)],
            Decided(AlarmBook.Empty, true, true, false, false).Select(e => e.GetType()));

    [Fact]
    public void An_alarm_is_closed_when_it_is_cleared_and_acknowledged_in_either_order()
    {
        var raised = (AlarmRaised)Decided(AlarmBook.Empty, true)[0];
        var (acknowledged, cleared) = (new AlarmAcknowledged(raised.AlarmId, "kim", null, At), new AlarmCleared(raised.AlarmId, 90, At));
        var book = AlarmBook.Empty.Apply(raised);
        Assert.Equal("active", book.Open[raised.AlarmId].State);
        Assert.Equal("active-acknowledged", book.Apply(acknowledged).Open[raised.AlarmId].State);
        Assert.Equal("cleared", book.Apply(cleared).Open[raised.AlarmId].State);
        Assert.Empty(book.Apply(acknowledged).Apply(cleared).Open);
        Assert.Empty(book.Apply(cleared).Apply(acknowledged).Open);
        Assert.Equal("closed", book.Apply(cleared).After(acknowledged)!.State);
    }

    [Fact]
    public void An_alarm_tells_what_was_measured_and_which_limit_it_crossed()
    {
        var raised = (AlarmRaised)Decided(AlarmBook.Empty, true)[0];
        Assert.Equal(("temperature", "above", 100.0, null), (raised.Name, raised.Direction, raised.Threshold, raised.Consequence));
        var shown = AlarmBook.Empty.After(raised)!;
        Assert.Equal((raised.Name, raised.Direction, raised.Threshold), (shown.Name, shown.Direction, shown.Threshold));
    }

    [Fact]
    public void A_shelf_holds_the_later_alarms_of_its_limit_until_its_end_or_until_it_is_taken_off()
    {
        var raised = (AlarmRaised)Decided(AlarmBook.Empty, true)[0];
        var shelved = new AlarmShelved(raised.AlarmId, "hot", "kim", "sensor is being changed", At.AddHours(1), At);
        var book = AlarmBook.Empty.Apply(raised).Apply(shelved);
        Assert.Equal(new("kim", "sensor is being changed", At, At.AddHours(1)), book.Open[raised.AlarmId].Shelf);

        book = book.Apply(new AlarmCleared(raised.AlarmId, 90, At)).Apply(new AlarmAcknowledged(raised.AlarmId, "kim", null, At));
        Assert.Empty(book.Open);
        var again = raised with { AlarmId = "again", RaisedAt = At.AddMinutes(59) };
        Assert.NotNull(book.After(again)!.Shelf);
        Assert.Null(book.After(again with { RaisedAt = At.AddHours(1) })!.Shelf);
        Assert.Null(book.After(again with { LimitId = "warm" })!.Shelf);
        book = book.Apply(again).Apply(new AlarmUnshelved("again", "hot", "kim", At));
        Assert.Null(book.Open["again"].Shelf);
        Assert.Null(book.After(again with { AlarmId = "third" })!.Shelf);
    }

    [Fact]
    public void What_is_written_about_an_alarm_and_whose_work_it_is_stays_with_it()
    {
        var raised = (AlarmRaised)Decided(AlarmBook.Empty, true)[0];
        var book = AlarmBook.Empty.Apply(raised).Apply(new AlarmCommented(raised.AlarmId, "kim", "fan is dirty", At))
            .Apply(new AlarmCommented(raised.AlarmId, "eve", "cleaned", At.AddMinutes(1)))
            .Apply(new AlarmAssigned(raised.AlarmId, "eve", "kim", At));
        Assert.Equal([new("kim", "fan is dirty", At), new("eve", "cleaned", At.AddMinutes(1))], book.Open[raised.AlarmId].Comments!);
        Assert.Equal("eve", book.Open[raised.AlarmId].AssignedTo);
        Assert.Null(book.After(new AlarmAssigned(raised.AlarmId, null, "kim", At))!.AssignedTo);
        Assert.Null(AlarmBook.Empty.After(new AlarmCommented(raised.AlarmId, "kim", "too late", At)));
    }

    [Fact]
    public void A_silent_asset_raises_one_alarm_and_a_silent_sensor_its_own()
    {
        var (twin, _) = Given.Folded(Given.Temperature(0, 20), Given.Pressure(0, 2), Given.Pressure(30, 2));
        var one = Assert.IsType<AlarmRaised>(Assert.Single(DecideAlarms.ForSilence("k", twin, AlarmBook.Empty, At.AddSeconds(35), null)));
        Assert.Equal("missing-data-temperature", one.LimitId);
        var book = AlarmBook.Empty.Apply(one);
        var later = DecideAlarms.ForSilence("k", twin, book, At.AddSeconds(60), null);
        Assert.Equal("missing-data", Assert.Single(later.OfType<AlarmRaised>()).LimitId);
        Assert.Equal(one.AlarmId, Assert.Single(later.OfType<AlarmCleared>()).AlarmId);
    }

    [Fact]
    public void An_asset_that_never_spoke_is_not_missed() =>
        Assert.Empty(DecideAlarms.ForSilence("k", new Twin(Given.Model), AlarmBook.Empty, At, null));

    [Fact]
    public void A_dead_device_is_missed_at_once()
    {
        var (twin, _) = Given.Folded(Given.Temperature(0, 20));
        Assert.Empty(DecideAlarms.ForSilence("k", twin, AlarmBook.Empty, At.AddSeconds(1), null));
        Assert.Single(DecideAlarms.ForSilence("k", twin, AlarmBook.Empty, At.AddSeconds(1), At.AddSeconds(0.5)));
    }
}
