using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TwinModel.Telemetry;
using TwinModel.Twins;

namespace TwinModel.Tests.Twins;

public class TwinTests
{
    [Fact]
    public void The_latest_value_is_the_newest_by_sample_time()
    {
        var (twin, _) = Given.Folded(Given.Temperature(5, 50), Given.Temperature(2, 20));
        Assert.Equal(50, twin.Sensor(1)!.Window.Newest.Value);
        Assert.Equal(2, twin.Sensor(1)!.Count);
    }

    [Fact]
    public void A_limit_is_violated_only_after_its_delay()
    {
        var (_, short_) = Given.Folded(Enumerable.Range(0, 3).Select(i => Given.Temperature(i, 110)));
        Assert.Empty(short_.Transitions);
        var (_, long_) = Given.Folded(Enumerable.Range(0, 4).Select(i => Given.Temperature(i, 110)));
        var raised = Assert.Single(long_.Transitions);
        Assert.True(raised.IsViolated);
        Assert.Equal(Given.T0 + 3_000_000, raised.SampledAt);
    }

    [Fact]
    public void A_value_inside_the_hysteresis_does_not_clear_a_limit()
    {
        var (twin, effects) = Given.Folded(
            Enumerable.Range(0, 4).Select(i => Given.Temperature(i, 110))
                .Concat(Enumerable.Range(4, 20).Select(i => Given.Temperature(i, 97))));
        Assert.Single(effects.Transitions);
        effects.Clear();
        twin.Step([Given.Temperature(30, 94), Given.Temperature(31, 94), Given.Temperature(32, 94)], effects);
        Assert.False(Assert.Single(effects.Transitions).IsViolated);
    }

    [Fact]
    public void Uncertain_and_bad_readings_raise_nothing()
    {
        var (_, effects) = Given.Folded(
            Enumerable.Range(0, 9).Select(i => Given.Temperature(i, 110, i % 2 == 0 ? Quality.Uncertain : Quality.Bad)));
        Assert.Empty(effects.Transitions);
    }

    [Fact]
    public void A_reading_without_a_value_is_the_latest_and_changes_nothing_else()
    {
        var (twin, effects) = Given.Folded(
            [.. Enumerable.Range(0, 4).Select(i => Given.Temperature(i, 110)), Reading.WithoutValue(1, Given.Temperature(9, 0).SampledAt)]);
        Assert.Equal(110, Assert.Single(effects.Transitions).Value);
        var view = ViewTwin.Of("a", "A", twin, AlarmBook.Empty, 1, 1, null, null, null).Sensors[0];
        Assert.Equal((null, "bad", 5), (view.Value, view.Quality, view.Readings));
        Assert.Equal((4, 110), (view.Statistics!.Count, view.Statistics.Mean));
        Assert.Equal(twin.Hash(), Twin.Restore(twin.Model, twin.Snapshot())!.Hash());
    }

    [Fact]
    public void A_late_reading_that_raises_a_limit_gives_its_own_value_when_the_newest_has_none()
    {
        var (_, effects) = Given.Folded(
            [Reading.WithoutValue(1, Given.Temperature(9, 0).SampledAt),
                .. Enumerable.Range(0, 4).Select(i => Given.Temperature(i, 110 + i))]);
        Assert.Equal(113, Assert.Single(effects.Transitions).Value);
    }

    [Fact]
    public void A_limit_below_works_the_other_way_round()
    {
        var (_, effects) = Given.Folded(Given.Pressure(0, 0.9), Given.Pressure(1, 1.1), Given.Pressure(2, 1.2));
        Assert.Equal([true, false], effects.Transitions.Select(t => t.IsViolated));
    }

    [Fact]
    public void The_window_forgets_what_is_older_than_a_minute()
    {
        var (twin, _) = Given.Folded(Enumerable.Range(0, 200).Select(i => Given.Temperature(i, i)));
        Assert.Equal(60, twin.Sensor(1)!.Window.Count);
        Assert.Equal(140, twin.Sensor(1)!.Window[0].Value);
    }

    [Fact]
    public void The_window_is_the_last_minute_of_any_stretch_of_time()
    {
        // Six hours with jitter, late readings, gaps of a day and a year, and times before 1970.
        var random = new Random(4);
        List<Reading> all = [];
        foreach (var start in new[] { -1.76e9, 0, 1e5, 3e7 })
        {
            for (var i = 0; i < 5400; i++)
            {
                var late = random.NextDouble() < 0.1 ? 50 * random.NextDouble() : 0;
                all.Add(Given.Temperature(start + i + random.NextDouble() - late, random.NextDouble(), (Quality)random.Next(1, 4)));
            }
        }
        var (twin, window, kept) = (new Twin(Given.Model), new List<Reading>(), 0);
        StepEffects effects = new();
        foreach (var reading in all)
        {
            twin.Step([reading], effects);
            window.Add(reading);
            window.Sort((a, b) => a.SampledAt.CompareTo(b.SampledAt));
            window.RemoveAll(r => r.SampledAt <= window[^1].SampledAt - 60_000_000);
            var held = twin.Sensor(1)!.Window;
            Assert.Equal(window, Enumerable.Range(0, held.Count).Select(i => held[i]));
            kept = Math.Max(kept, held.Count);
        }
        Assert.InRange(kept, 60, 80);
    }

    [Fact]
    public void A_fast_sensor_keeps_a_bounded_number_of_readings()
    {
        var (twin, _) = Given.Folded(Enumerable.Range(0, 10_000).Select(i => Given.Temperature(i / 1000.0, i % 90)));
        Assert.Equal(SampleWindow.Capacity, twin.Sensor(1)!.Window.Count);
    }

    [Fact]
    public void A_restored_snapshot_goes_on_like_the_original()
    {
        var history = Enumerable.Range(0, 100).SelectMany(i => new[] { Given.Temperature(i, 80 + i * 0.25), Given.Pressure(i, 1 + i % 3) })
            .ToList();
        var (original, effects) = Given.Folded(history);
        var restored = Twin.Restore(Given.Model, original.Snapshot())!;
        Assert.Equal(original.Hash(), restored.Hash());
        var more = Enumerable.Range(100, 50).Select(i => Given.Temperature(i, 80 + i * 0.25)).ToArray();
        original.Step(more, effects);
        restored.Step(more, new());
        Assert.Equal(original.Hash(), restored.Hash());
        Assert.Equal(original.Snapshot(), restored.Snapshot());
    }

    [Fact]
    public void A_snapshot_of_another_model_is_not_restored() =>
        Assert.Null(Twin.Restore(Given.Model with { Hash = "another" }, Given.Folded(Given.Temperature(0, 20)).Twin.Snapshot()));

    [Fact]
    public void Another_value_gives_another_hash() =>
        Assert.NotEqual(Given.Folded(Given.Temperature(0, 20), Given.Temperature(1, 30)).Twin.Hash(),
            Given.Folded(Given.Temperature(0, 21), Given.Temperature(1, 30)).Twin.Hash());

    [Fact]
    public void A_late_reading_between_clear_level_and_threshold_may_undo_a_clearing()
    {
        // Violated at 3 s; 94 at 4 s and 6 s clears it, unless 97 comes in between: then the delay starts again at 6 s and never ends.
        Reading[] early = [.. Enumerable.Range(0, 4).Select(i => Given.Temperature(i, 110)), Given.Temperature(4, 94),
            Given.Temperature(6, 94), Given.Temperature(100, 96)];
        var late = Given.Temperature(5, 97);
        var (twin, effects) = Given.Folded(early);
        Assert.False(twin.Sensor(1)!.Conditions[0].IsViolated);
        twin.Step([late], effects);
        Assert.Contains((ushort)1, effects.MustRederive);
        Reading[] history = [.. early.Append(late).OrderBy(r => r.SampledAt)];
        twin.Rederive(1, history, effects);
        Assert.True(twin.Sensor(1)!.Conditions[0].IsViolated);
        Assert.Equal(Given.Folded(history).Twin.Hash(), twin.Hash());
    }

    // Values around both limits with delays, spread over five minutes, so that most late readings are older than the window.
    static Gen<Reading[]> Histories =>
        from readings in (from isTemperature in Gen.Elements(true, false)
                          from second in Gen.Choose(0, 300)
                          from value in Gen.Choose(0, 12)
                          from quality in Gen.Frequency((9, Gen.Constant(Quality.Good)), (1, Gen.Elements(Quality.Uncertain, Quality.Bad)))
                          select isTemperature
                              ? new Reading(1, Given.T0 + second * 1_000_000L, 90 + value, quality)
                              : new Reading(7, Given.T0 + second * 1_000_000L, 0.5 + value / 10.0, quality))
            .ListOf(150)
        select readings.DistinctBy(r => (r.Sensor, r.SampledAt)).ToArray();

    static (string Hash, string History) InPieces(IEnumerable<Reading> readings, int pieceLength)
    {
        var twin = new Twin(Given.Model);
        var effects = new StepEffects();
        Dictionary<(RollupLevel, long), RollupBlock> blocks = [];
        List<Reading> log = [];
        foreach (var piece in readings.Chunk(pieceLength))
        {
            effects.Clear();
            twin.Step(piece, effects);
            log.AddRange(piece);
            foreach (var delta in effects.Rollups)
            {
                var key = (delta.Level, RollupBlock.Start(delta.Level, delta.Start));
                if (!blocks.TryGetValue(key, out var block)) blocks[key] = block = new();
                block.Add(delta);
            }
            foreach (var sensor in effects.MustRederive.ToList())
                twin.Rederive(sensor, log.Where(r => r.Sensor == sensor).OrderBy(r => r.SampledAt), effects);
        }
        return (twin.Hash(),
            string.Join('\n', blocks.OrderBy(b => b.Key).Select(b => $"{b.Key} {Convert.ToHexString(b.Value.ToBytes())}")));
    }

    [Property(MaxTest = 2000)]
    public Property Shuffled_doubled_and_late_readings_give_the_same_bits_as_in_order() =>
        Prop.ForAll(Histories.ToArbitrary(), Gen.Choose(1, int.MaxValue).ToArbitrary(), (history, seed) =>
        {
            var random = new Random(seed);
            var inOrder = InPieces(history.OrderBy(r => r.SampledAt), 10);
            var shuffled = history.ToArray();
            random.Shuffle(shuffled);
            // The log keeps each reading once, so duplicates reach the fold only once.
            var delivered = shuffled.Concat(shuffled.Where(_ => random.Next(5) == 0)).DistinctBy(r => (r.Sensor, r.SampledAt));
            return InPieces(delivered, 1 + random.Next(40)) == inOrder;
        });
}

static class TwinFolding
{
    public static void Rederive(this Twin twin, ushort sensor, IEnumerable<Reading> history, StepEffects effects) =>
        twin.Sensor(sensor)!.Rederive(history, effects);
}
