using Contracts.Query.V1;
using Dashboard.Fleet;
using Dashboard.Shown;
using Google.Protobuf.WellKnownTypes;

namespace Dashboard.Tests;

public class FleetViewTests
{
    static readonly DateTimeOffset Now = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    static FleetItem Item(string id, string severity = "", string health = "healthy", int age = 1, string model = "line", string sync = "")
    {
        var twin = new Twin
        {
            AssetId = id,
            Name = $"Line {id}",
            ModelId = model,
            SampledAt = Timestamp.FromDateTimeOffset(Now.AddSeconds(-age)),
            Sensors =
            {
                new SensorState
                {
                    Id = "t",
                    Name = "temperature",
                    Unit = "degC",
                    Value = 20,
                    Quality = "good",
                    SampledAt = Timestamp.FromDateTimeOffset(Now.AddSeconds(-age)),
                    StaleAt = Timestamp.FromDateTimeOffset(Now.AddSeconds(10 - age)),
                },
            },
        };
        if (sync.Length > 0) twin.Estimate = new() { Sync = new() { State = sync } };
        if (severity.Length > 0) twin.Alarms.Add(new Alarm { Severity = severity, Message = "hot" });
        return FleetItem.Of(twin, ["t"], [new PartSummary { Component = "bearing", Level = health, P50 = 40 }], Now);
    }

    [Fact]
    public void The_worst_alarm_comes_first_and_ids_count_as_people_do() => Assert.Equal(
        ["l-3", "l-2", "l-10", "l-11"],
        new FleetView().Of([Item("l-11"), Item("l-10"), Item("l-2", "warning"), Item("l-3", "critical")]).Select(i => i.AssetId));

    [Fact]
    public void Filters_go_together() => Assert.Equal(
        ["l-1"], new FleetView
        {
            Search = "LINE l",
            Severity = "any",
            Health = "degrading",
        }.Of([Item("l-1", "alarm", "degrading"), Item("l-2", "alarm"), Item("l-3", "", "degrading")]).Select(i => i.AssetId));

    [Fact]
    public void Silence_makes_a_machine_stale() =>
        Assert.Equal(["l-2"], new FleetView { OnlyStale = true }.Of([Item("l-1"), Item("l-2", age: 60)]).Select(i => i.AssetId));

    [Theory]
    [InlineData("lost", "l-2")]
    [InlineData("none", "l-1")]
    [InlineData("", "l-2 l-4 l-3 l-5 l-1")]
    public void Machines_are_found_by_whether_their_physics_follows_them_the_lost_ones_first(string sync, string shown) => Assert.Equal(
        shown, string.Join(' ', new FleetView { Sync = sync }.Sorted("sync").Of(
            [
                Item("l-1"), Item("l-2", sync: "lost"), Item("l-3", sync: "in-sync"), Item("l-4", sync: "drifting"),
                Item("l-5", sync: "unknown"),
            ]).Select(i => i.AssetId)));

    [Theory]
    [InlineData(1, "bad")]
    [InlineData(60, "stale")]
    public void A_sensor_that_says_it_has_no_value_is_bad_as_long_as_it_says_so(int age, string state) =>
        Assert.Equal(state, new SensorState
        {
            Quality = "bad",
            SampledAt = Timestamp.FromDateTimeOffset(Now.AddSeconds(-age)),
            StaleAt = Timestamp.FromDateTimeOffset(Now.AddSeconds(10 - age)),
        }.StateAt(Now));

    [Fact]
    public void The_same_column_again_turns_the_order_around()
    {
        var view = new FleetView().Sorted("name");
        Assert.Equal(["l-1", "l-2"], view.Of([Item("l-2"), Item("l-1")]).Select(i => i.AssetId));
        Assert.Equal(["l-2", "l-1"], view.Sorted("name").Of([Item("l-2"), Item("l-1")]).Select(i => i.AssetId));
    }

    [Fact]
    public void What_shows_the_same_is_equal_so_that_no_row_is_drawn_again() => Assert.Equal(Item("l-1", age: 1), Item("l-1", age: 1));
}
