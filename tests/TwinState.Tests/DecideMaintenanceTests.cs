using Contracts.Events;
using ServiceDefaults;
using TwinModel.Health;
using TwinState.Health;
using static TwinState.Tests.Kettle;

namespace TwinState.Tests;

public class DecideMaintenanceTests
{
    static Contracts.Messages.RecordMaintenance Command(string kind, double hour = 0) =>
        new("kettle", "vessel", kind, Now.AddHours(hour), "kim", "worn");

    [Fact]
    public void Replacement_and_failure_are_recorded()
    {
        Assert.Equal([new ComponentReplaced("kettle", "vessel", "kim", "worn", Now)],
            DecideMaintenance.Of(HealthBook.Empty, Command("replaced")));
        Assert.Equal([new FailureOccurred("kettle", "vessel", "kim", "worn", Now)],
            DecideMaintenance.Of(HealthBook.Empty, Command("failed")));
    }

    [Fact]
    public void The_same_record_again_changes_nothing()
    {
        var book = HealthBook.Empty.Apply(DecideMaintenance.Of(HealthBook.Empty, Command("replaced"))[0]);
        Assert.Empty(DecideMaintenance.Of(book, Command("replaced")));
    }

    [Fact]
    public void A_record_from_before_the_present_life_is_refused()
    {
        var book = HealthBook.Empty.Apply(DecideMaintenance.Of(HealthBook.Empty, Command("replaced"))[0]);
        var refused = Assert.Throws<RuleViolationException>(() => DecideMaintenance.Of(book, Command("failed", hour: -1)));
        Assert.Equal(
            "The current life of vessel began at 2026-01-02T03:04:05.0000000+00:00, "
                + "after the given time 2026-01-02T02:04:05.0000000+00:00.",
            refused.Message);
    }

    [Fact]
    public void A_part_whose_wear_the_model_does_not_describe_has_no_records()
    {
        var refused = Assert.Throws<RuleViolationException>(() => DecideMaintenance.RequireWearingPart(Model, Command("replaced")));
        Assert.Equal("The model of kettle describes no degradation of 'vessel'.", refused.Message);
    }
}
