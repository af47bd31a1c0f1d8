using Contracts.Events;
using TwinModel.Telemetry;
using TwinModel.Twins;
using TwinState.Twins;
using static TwinState.Tests.Kettle;

namespace TwinState.Tests;

public class LiveTwinTests
{
    [Fact]
    public void A_batch_moves_version_position_and_trace()
    {
        var twin = Fresh();
        twin.Apply(Batch(1, 17, (0, 20)));
        Assert.Equal((1L, 17L, "00-aa-bb-01"), (twin.Versions[Today], twin.Position, twin.TraceParent));
    }

    [Fact]
    public void A_twin_that_is_folded_again_raises_no_alarm_that_the_log_holds_but_those_that_followed()
    {
        var (twin, log) = (Fresh(), new List<object>());
        foreach (var batch in new[] { Batch(1, 1, (0, 110)), Batch(2, 2, (20, 20)), Batch(3, 3, (40, 110)) })
        {
            var events = twin.Decide(twin.Apply(batch));
            twin.Apply(events);
            log.AddRange(events);
        }
        Assert.Equal(["AlarmRaised", "AlarmCleared", "AlarmRaised"], log.Select(e => e.GetType().Name));

        var again = Fresh();
        again.Apply(log);
        again.AlarmsKnownUpTo = LoadTwins.KnownUpTo(log);
        List<LimitTransition> transitions = [];
        foreach (var batch in new[] { Batch(1, 1, (0, 110)), Batch(2, 2, (20, 20)), Batch(3, 3, (40, 110)) })
            transitions.AddRange(again.Apply(batch));
        Assert.Equal(3, transitions.Count);
        Assert.Empty(again.Decide(transitions));
        transitions.AddRange(again.Apply(Batch(4, 4, (60, 20))));
        Assert.Equal(((AlarmRaised)log[2]).AlarmId, ((AlarmCleared)Assert.Single(again.Decide(transitions))).AlarmId);
    }

    [Fact]
    public void Positions_do_not_go_back_when_an_older_stream_is_caught_up()
    {
        var twin = Fresh();
        twin.Apply(Batch(1, 17, (0, 20)));
        twin.Apply(Batch(1, 9, (-5, 20)) with { Stream = "telemetry/kettle/2026-01-01" });
        Assert.Equal(17, twin.Position);
    }

    [Fact]
    public void Views_come_at_most_once_per_interval_and_only_after_a_change()
    {
        var (twin, interval) = (Fresh(), TimeSpan.FromMilliseconds(100));
        twin.Apply(Batch(1, 1, (0, 20)));
        Assert.NotNull(twin.ViewIfDue(Now, interval));
        Assert.Null(twin.ViewIfDue(Now.AddSeconds(1), interval));
        twin.Apply(Batch(2, 2, (1, 21)));
        Assert.Null(twin.ViewIfDue(Now.AddMilliseconds(50), interval));
        Assert.Equal(21, twin.ViewIfDue(Now.AddMilliseconds(150), interval)!.Sensors[0].Value);
    }

    [Fact]
    public void Revisions_grow_even_when_the_clock_does_not()
    {
        var twin = Fresh();
        Assert.True(twin.View(Now).Revision < twin.View(Now).Revision);
        Assert.True(twin.View(Now.AddSeconds(-10)).Revision < twin.View(Now.AddSeconds(-10)).Revision);
    }

    [Fact]
    public void A_closed_alarm_is_remembered_until_it_is_saved()
    {
        var twin = Fresh();
        var raised = (AlarmRaised)DecideAlarms.For("kettle", Model, twin.Alarms, twin.Apply(Batch(1, 1, (0, 110))))[0];
        twin.Apply([raised, new AlarmAcknowledged(raised.AlarmId, "kim", null, Now), new AlarmCleared(raised.AlarmId, 90, Now)]);
        Assert.Empty(twin.Alarms.Open);
        Assert.Equal("closed", twin.Closed(raised.AlarmId)!.State);
        twin.Saved();
        Assert.Null(twin.Closed(raised.AlarmId));
    }

    [Fact]
    public void A_dead_device_makes_values_stale_at_once_until_it_speaks_again()
    {
        var twin = Fresh();
        twin.Apply(Batch(1, 1, (0, 20)));
        twin.GoOffline(Now.AddSeconds(2));
        Assert.Equal(Now.AddSeconds(2), twin.View(Now).Sensors[0].StaleAt);
        twin.Apply(Batch(2, 2, (3, 20)) with { RecordedAt = Now.AddSeconds(3) });
        Assert.Equal(Now.AddSeconds(13), twin.View(Now).Sensors[0].StaleAt);
    }

    [Fact]
    public void Unsaved_history_comes_out_as_it_went_in()
    {
        var twin = Fresh();
        var (expected, effects) = (new Twin(Model), new StepEffects());
        Dictionary<(RollupLevel, long), RollupBlock> blocks = [];
        // Ten readings per second for three minutes, and late ones.
        (double, double)[][] batches = [[.. Enumerable.Range(0, 1800).Select(i => (i * 0.1, 20 + i % 7 * 0.3))], [(3.05, 19), (61.05, 30)]];
        foreach (var batch in batches.Select((b, i) => Batch(i + 1, i + 1, b)))
        {
            twin.Apply(batch);
            List<Reading> readings = [];
            TelemetryCodec.Decode(batch.Batch, readings);
            expected.Step([.. readings], effects);
        }
        foreach (var delta in effects.Rollups)
        {
            var key = (delta.Level, RollupBlock.Start(delta.Level, delta.Start));
            if (!blocks.TryGetValue(key, out var block)) blocks[key] = block = new();
            block.Add(delta);
        }
        Assert.Equal(Shown(blocks), Shown(twin.UnsavedHistory()));
        Assert.Equal(effects.Rollups.Count, twin.UnsavedBuckets);
        twin.Saved();
        Assert.Empty(twin.UnsavedHistory());
    }

    static IEnumerable<string> Shown(Dictionary<(RollupLevel, long), RollupBlock> blocks) =>
        blocks.Select(b => $"{b.Key} {Convert.ToHexString(b.Value.ToBytes())}").Order(StringComparer.Ordinal);
}
