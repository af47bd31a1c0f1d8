using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TwinModel.Assets;
using TwinModel.Estimation;
using TwinModel.Telemetry;

namespace TwinModel.Tests.Estimation;

public class EstimateTwinTests
{
    const long ThreeHours = 3 * 3600 * Micros.PerSecond;

    static readonly EstimationSetup Setup = EstimationCase.Setup;

    static Reading Temperature(double seconds, double value, Quality quality = Quality.Good) =>
        new(1, Given.T0 + (long)(seconds * 1e6), value, quality);

    static Reading Power(double seconds, double value) => new(7, Given.T0 + (long)(seconds * 1e6), value);

    static List<Reading> Minutes(double minutes, double from = 0) =>
        [.. Enumerable.Range(0, (int)(minutes * 60)).SelectMany(s =>
            new[] { Temperature(from + s, 200 + s % 7 * 0.05), Power(from + s + 0.5, 180) })];

    static EstimateTwin Folded(IEnumerable<Reading> readings, int piece = 25)
    {
        var (twin, work) = (new EstimateTwin(Setup), new EstimationWorkspace(Setup));
        foreach (var readingsOfPiece in readings.Chunk(piece)) Assert.Null(twin.Step(readingsOfPiece, work).RereadFrom);
        return twin;
    }

    [Fact]
    public void Nothing_is_said_before_the_first_reading()
    {
        var twin = new EstimateTwin(Setup);
        Assert.Null(twin.Estimate(new(Setup)));
        Assert.Null(twin.Tick);
        Assert.Equal(new EstimateStep(0, null, null, false), twin.Step([], new(Setup)));
    }

    [Fact]
    public void A_model_without_the_section_has_no_estimate() =>
        Assert.Contains("estimation", Assert.Throws<ArgumentException>(() => new EstimationSetup(Given.Model)).Message);

    [Fact]
    public void A_tick_closes_when_event_time_has_passed_its_end_by_the_lateness()
    {
        var (twin, work) = (new EstimateTwin(Setup), new EstimationWorkspace(Setup));
        var start = Setup.TickOf(Given.T0) * Setup.TickMicros;
        twin.Step([new(1, start, 200), new(7, start, 180)], work);
        Assert.Equal(0, twin.Step([new(1, start + 19_999_999, 200)], work).Ticks);
        Assert.Equal(1, twin.Step([new(1, start + 20_000_000, 200)], work).Ticks);
        Assert.Equal(Setup.TickOf(Given.T0), twin.Tick);
    }

    [Fact]
    public void Readings_of_other_sensors_and_without_a_value_change_nothing()
    {
        var readings = Minutes(3);
        var others = readings.Append(new(9, Given.T0 + 5_000_000, 20)).Append(Reading.WithoutValue(1, Given.T0 + 900_000_000))
            .Append(new(12, Given.T0, 20)).Append(Temperature(7.25, 999, Quality.Bad));
        Assert.Equal(Folded(readings).Hash(), Folded(others).Hash());
    }

    [Fact]
    public void A_late_reading_changes_the_estimate_as_if_it_had_come_in_time()
    {
        var readings = Minutes(6);
        var late = Temperature(100.25, 210);
        var work = new EstimationWorkspace(Setup);
        var twin = Folded(readings);
        var before = twin.Hash();
        var step = twin.Step([late], work);
        Assert.Null(step.RereadFrom);
        Assert.InRange(step.Ticks, 24, 36);
        Assert.Equal(Setup.TickOf(late.SampledAt), step.RestartedAt);
        Assert.NotEqual(before, twin.Hash());
        Assert.Equal(Folded(readings.Append(late).OrderBy(r => r.SampledAt)).Hash(), twin.Hash());
    }

    [Fact]
    public void A_reading_before_the_first_one_moves_the_beginning()
    {
        var readings = Minutes(3);
        Assert.Equal(Folded([.. Minutes(0.5, -60), .. readings]).Hash(), Folded([.. readings, .. Minutes(0.5, -60)]).Hash());
    }

    [Fact]
    public void A_reading_older_than_the_oldest_checkpoint_is_reported()
    {
        var twin = Folded(Minutes(20));
        var before = twin.Hash();
        var late = Temperature(100.25, 210);
        Assert.True(late.SampledAt < twin.Oldest);
        Assert.Equal(new EstimateStep(0, null, late.SampledAt, false), twin.Step([late, Temperature(101.25, 210)], new(Setup)));
        Assert.Equal(before, twin.Hash());
    }

    [Fact]
    public void A_long_silence_is_not_marched_through()
    {
        List<Reading> readings = [.. Minutes(3), .. Minutes(3, from: 365 * 86400)];
        var (twin, work) = (new EstimateTwin(Setup), new EstimationWorkspace(Setup));
        Assert.InRange(twin.Step([.. readings], work).Ticks, 30, 36);
        Assert.Equal(Folded(readings).Hash(), twin.Hash());
        // The parameter has wandered meanwhile, within its bounds.
        var coefficient = twin.Estimate(work)!.Learned[0];
        Assert.InRange(coefficient.Value.Mean, 2, 30);
    }

    [Fact]
    public void An_estimate_from_a_checkpoint_goes_on_like_the_original()
    {
        var (readings, work) = (Minutes(9), new EstimationWorkspace(Setup));
        var original = Folded(readings.Take(700));
        var restored = EstimateTwin.From(Setup, original.Checkpoint!);
        var from = original.Checkpoint!.Tick * Setup.TickMicros;
        restored.Step([.. readings.Take(700).Where(r => r.SampledAt >= from)], work);
        Assert.Equal(original.Hash(), restored.Hash());
        Reading[] rest = [.. readings.Skip(700), Temperature((from - Given.T0) / 1e6 + 5.25, 190)];
        original.Step(rest, work);
        restored.Step(rest, work);
        Assert.Equal(original.Hash(), restored.Hash());
        Assert.Equal(from - 1, restored.Step([Power((from - Given.T0 - 1) / 1e6, 180)], work).RereadFrom);
    }

    [Fact]
    public void Ticks_after_the_last_one_wanted_are_not_processed()
    {
        var (readings, work) = (Minutes(5), new EstimationWorkspace(Setup));
        var last = Setup.TickOf(Given.T0) + 7;
        var twin = new EstimateTwin(Setup) { LastTick = last };
        Assert.Equal(new EstimateStep(8, null, null, false), twin.Step([.. readings], work));
        Assert.Equal((last, readings.Max(r => r.SampledAt)), (twin.Tick, twin.EventTime));
        Assert.Equal(Folded(readings.Where(r => r.SampledAt < (last + 3) * Setup.TickMicros)).Hash(), twin.Hash());
    }

    [Fact]
    public void Estimates_with_different_beginnings_converge()
    {
        var (early, late, work) = (new EstimateTwin(Setup), new EstimateTwin(Setup), new EstimationWorkspace(Setup));
        double Apart() => early.Estimate(work)!.Signals.Zip(late.Estimate(work)!.Signals)
            .Max(s => Math.Abs(s.First.Value.Mean - s.Second.Value.Mean) / s.Second.Value.StandardDeviation);
        early.Step([.. Minutes(24 * 60)], work);
        // Measured: 0.18 standard deviations after an hour, 0.04 after a day.
        foreach (var (from, to, most) in new[] { (24, 25, 0.3), (25, 48, 0.1) })
        {
            Reading[] next = [.. Minutes((to - from) * 60, from * 3600)];
            early.Step(next, work);
            late.Step(next, work);
            Assert.NotEqual(early.Hash(), late.Hash());
            Assert.InRange(Apart(), 0, most);
        }
    }

    [Fact]
    public void Ticks_are_processed_a_few_at_a_time()
    {
        var (readings, work) = (Minutes(5), new EstimationWorkspace(Setup));
        var twin = new EstimateTwin(Setup);
        List<long> seen = [];
        var step = twin.Step([.. readings], work, 4, seen.Add);
        Assert.Equal(new EstimateStep(4, null, null, true), step);
        while (step.HasMore) step = twin.Step([], work, 4, seen.Add);
        Assert.Equal(Folded(readings).Hash(), twin.Hash());
        Assert.Equal(Enumerable.Range(0, seen.Count).Select(i => Setup.TickOf(Given.T0) + i), seen);
    }

    // Two stretches of six minutes, three hours apart, so that readings fall on both sides of a silence and behind the oldest checkpoint.
    static Gen<Reading[]> Histories =>
        from readings in (from isTemperature in Gen.Elements(true, false)
                          from isSecond in Gen.Elements(true, false)
                          from second in Gen.Choose(0, 720)
                          from value in Gen.Choose(0, 40)
                          from quality in Gen.Frequency((9, Gen.Constant(Quality.Good)), (1, Gen.Elements(Quality.Uncertain, Quality.Bad)))
                          let at = Given.T0 + second * 500_000L + (isSecond ? ThreeHours : 0)
                          select isTemperature ? new Reading(1, at, 190 + value, quality) : new Reading(7, at, 160 + value))
            .ListOf(300)
        select readings.DistinctBy(r => (r.Sensor, r.SampledAt)).ToArray();

    static string InPieces(IEnumerable<Reading> readings, int pieceLength)
    {
        var (twin, work) = (new EstimateTwin(Setup), new EstimationWorkspace(Setup));
        List<Reading> log = [];
        foreach (var piece in readings.Chunk(pieceLength))
        {
            log.AddRange(piece);
            if (twin.Step(piece, work).RereadFrom is null) continue;
            twin = new(Setup);
            twin.Step([.. log.OrderBy(r => r.SampledAt)], work);
        }
        return twin.Hash();
    }

    [Property(MaxTest = 30)]
    public Property Shuffled_doubled_and_late_readings_give_the_same_bits_as_in_order() =>
        Prop.ForAll(Histories.ToArbitrary(), Gen.Choose(1, int.MaxValue).ToArbitrary(), (history, seed) =>
        {
            var random = new Random(seed);
            var shuffled = history.ToArray();
            random.Shuffle(shuffled);
            // The log keeps each reading once, so duplicates reach the fold only once.
            var delivered = shuffled.Concat(shuffled.Where(_ => random.Next(5) == 0)).DistinctBy(r => (r.Sensor, r.SampledAt));
            return InPieces(delivered, 1 + random.Next(40)) == InPieces(history.OrderBy(r => r.SampledAt), 10);
        });
}
