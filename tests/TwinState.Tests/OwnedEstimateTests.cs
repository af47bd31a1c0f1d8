using ServiceDefaults;
using TwinModel.Telemetry;
using TwinModel.Tests.Estimation;
using TwinState.Estimates;
using TwinState.Twins;

namespace TwinState.Tests;

public class OwnedEstimateTests
{
    const string Today = "telemetry/kettle/2026-01-02";

    static readonly long Start = Micros.From(Kettle.Now) / 10_000_000 * 10_000_000;
    static readonly EstimationModel Model = new(EstimationCase.Setup);

    // One event per second with both sensors.
    static LoggedBatch At(long version, double second, double value = 200) => new(
        Today, version, 100 + version, Kettle.Now, TelemetryCodec.Encode(
            [new Reading(1, Start + (long)(second * 1e6), value + second % 7 * 0.05), new Reading(7, Start + (long)(second * 1e6), 180)]),
        null);

    static List<LoggedBatch> Minutes(int minutes) => [.. Enumerable.Range(0, minutes * 60).Select(s => At(s + 1, s))];

    static OwnedEstimate Folded(IEnumerable<LoggedBatch> batches, OwnedEstimate? into = null)
    {
        var estimate = into ?? new OwnedEstimate(Model, long.MinValue, Corrections.None);
        foreach (var batch in batches) Assert.Null(estimate.Apply(batch, int.MaxValue).RereadFrom);
        return estimate;
    }

    static string Hash(OwnedEstimate estimate) => estimate.View("kettle")!.Hash;

    static IEnumerable<LoggedBatch> After(StoredCheckpoint stored, IEnumerable<LoggedBatch> log) =>
        log.Where(b => b.Version > stored.Versions.From.GetValueOrDefault(Today));

    [Fact]
    public void It_goes_on_from_a_stored_checkpoint_and_the_log_after_it()
    {
        var log = Minutes(12);
        var live = Folded(log);
        var stored = live.CheckpointToStore!;
        Assert.InRange(After(stored, log).Count(), 20, 200);
        Assert.Equal(Hash(live), Hash(Folded(After(stored, log), new(Model, stored, Corrections.None))));
    }

    [Fact]
    public void A_checkpoint_knows_which_late_readings_it_includes()
    {
        // The reading of second 500 comes when second 619 has, that of second 10 is older than everything in memory.
        List<LoggedBatch> log = [.. Minutes(12).Take(620), At(621, 500.5, 190)];
        var live = Folded(log);
        Assert.NotNull(live.ReplacedAfter);
        var restored = Folded(After(live.CheckpointToStore!, log), new(Model, live.CheckpointToStore!, Corrections.None));
        Assert.Equal(Hash(live), Hash(restored));
        Assert.Equal(Start + 10_500_000, restored.Apply(At(622, 10.5), int.MaxValue).RereadFrom);
    }

    [Fact]
    public void A_late_reading_makes_the_checkpoint_be_stored_again()
    {
        var live = Folded(Minutes(12));
        live.Saved();
        Assert.Null(live.CheckpointToStore);
        live.Apply(At(721, 500.5, 190), int.MaxValue);
        Assert.NotNull(live.CheckpointToStore);
        Assert.Equal((Start + 500_500_000) / 10_000_000, live.ReplacedAfter);
    }

    [Fact]
    public void Every_tick_is_saved_once_with_its_last_value()
    {
        var live = Folded([.. Minutes(6), At(361, 100.5, 250)]);
        Assert.Equal(live.Unsaved.Select(t => t.At).Distinct().Count(), live.Unsaved.Count);
        Assert.Equal(Folded([.. Minutes(6).Take(101), At(361, 100.5, 250) with { Version = 102 },
            .. Minutes(6).Skip(101).Select(b => b with { Version = b.Version + 1 })]).Unsaved.Select(t => (t.At, t.Means[0])),
            live.Unsaved.Select(t => (t.At, t.Means[0])));
        Assert.Equal(["temperature", "loss", "lost-share", "warming", "excess"], live.View("kettle")!.Signals.Select(s => s.Id));
    }

    [Fact]
    public void Readings_before_its_beginning_are_ignored()
    {
        var estimate = new OwnedEstimate(Model, Start + 60_000_000, Corrections.None);
        Folded([At(1, 10), At(2, 70), At(3, 80)], estimate);
        Assert.Equal(Start + 60_000_000, estimate.ReadsFrom);
        Assert.Equal(3, estimate.Versions[Today]);
        Assert.True(estimate.CompleteAt <= Start + 110_000_000);
    }

    [Fact]
    public void It_looks_when_a_tick_is_complete_or_something_may_be_late()
    {
        var estimate = Folded(Minutes(3));
        (estimate.IsBehind, estimate.LookedAt) = (false, Kettle.Now);
        var (position, newest) = (estimate.Position, Start + 180_000_000);
        Assert.False(DecideEstimate.IsDue(estimate, position, newest + 3600_000_000, Kettle.Now.AddHours(1)));
        Assert.False(DecideEstimate.IsDue(estimate, position + 1, estimate.CompleteAt - 1, Kettle.Now.AddSeconds(9)));
        Assert.True(DecideEstimate.IsDue(estimate, position + 1, estimate.CompleteAt, Kettle.Now.AddSeconds(1)));
        Assert.True(DecideEstimate.IsDue(estimate, position + 1, newest, Kettle.Now.AddSeconds(10)));
        estimate.IsBehind = true;
        Assert.True(DecideEstimate.IsDue(estimate, position, newest, Kettle.Now));
    }

    [Fact]
    public void One_with_more_than_two_days_left_to_process_begins_anew_but_not_after_a_silence()
    {
        var estimate = Folded(Minutes(3));
        (estimate.HasReadLog, estimate.IsBehind) = (true, true);
        Assert.False(DecideEstimate.BeginsAnew(estimate, estimate.CompleteAt + 2 * StoredCheckpoints.Reach));
        Assert.True(DecideEstimate.BeginsAnew(estimate, estimate.CompleteAt + 2 * StoredCheckpoints.Reach + 1));
        estimate.IsBehind = false;
        Assert.False(DecideEstimate.BeginsAnew(estimate, estimate.CompleteAt + 3 * StoredCheckpoints.Reach));
        (estimate.HasReadLog, estimate.IsBehind) = (false, true);
        Assert.False(DecideEstimate.BeginsAnew(estimate, estimate.CompleteAt + 3 * StoredCheckpoints.Reach));
        Assert.False(DecideEstimate.BeginsAnew(new(Model, 0, Corrections.None), Start));
        Assert.True(DecideEstimate.IsWorthIt(Start, Start + StoredCheckpoints.Reach));
        Assert.False(DecideEstimate.IsWorthIt(Start, Start + StoredCheckpoints.Reach + 1));
    }

    [Fact]
    public void Checkpoints_get_fewer_with_age()
    {
        const long two = 120 * Micros.PerSecond, hour = 3600 * Micros.PerSecond;
        var newest = 100 * 24 * hour;
        List<long> kept = [];
        for (var at = newest - 5 * 24 * hour; at <= newest; at += two)
            if (DecideEstimate.IsKept(at, kept.Count == 0 ? null : kept[^1], newest)) kept.Add(at);
        Assert.Equal(31, kept.Count(at => newest - at <= hour));
        Assert.InRange(kept.Count(at => newest - at > hour && newest - at <= 48 * hour), 46, 48);
        Assert.InRange(kept.Count(at => newest - at > 48 * hour), 3, 4);
    }

    [Fact]
    public void An_hour_is_rolled_up_when_it_is_complete_and_again_when_its_ticks_were_processed_again()
    {
        var hour = new DateTimeOffset(2026, 1, 2, 10, 0, 0, TimeSpan.Zero);
        // A tick belongs to the time before its end.
        Assert.Empty(DecideEstimate.CompleteHours([hour.AddMinutes(59), hour.AddHours(1)], null));
        Assert.Equal([hour], DecideEstimate.CompleteHours([hour.AddHours(1).AddSeconds(10)], hour.AddHours(1)));
        Assert.Equal([hour], DecideEstimate.CompleteHours([hour.AddHours(1), hour.AddHours(1).AddSeconds(10)], null));
        Assert.Empty(DecideEstimate.CompleteHours([hour.AddHours(1).AddSeconds(20)], hour.AddHours(1).AddSeconds(10)));
        Assert.Equal([hour], DecideEstimate.CompleteHours([hour.AddMinutes(5)], hour.AddHours(1).AddSeconds(10)));
        Assert.Equal([hour, hour.AddHours(3)], DecideEstimate.CompleteHours([hour.AddHours(3.5), hour.AddHours(5)], hour.AddMinutes(30)));
        Assert.Empty(DecideEstimate.CompleteHours([], hour));
    }
}
