using Contracts.Events;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TwinModel.Telemetry;
using TwinModel.Twins;

namespace TwinModel.Tests.Telemetry;

public class CorrectionsTests
{
    static DateTimeOffset At(int second) => Micros.ToTime(Given.T0 + second * Micros.PerSecond);

    static ReadingsCorrected Correct(string id, params (int Second, double Value)[] values) =>
        new(id, "a", "temperature", [.. values.Select(v => new CorrectedReading(At(v.Second), v.Value))], "why", "eve", At(0));

    static ReadingsRetracted Retract(string id, int from, int to) =>
        new(id, "a", "temperature", At(from), At(to), 1, "why", "eve", At(0));

    static CorrectionWithdrawn Withdraw(string id) => new(id, "a", "why", "eve", At(0));

    static Corrections Of(params object[] events) =>
        new(Given.Model, events.Select((e, i) => new LoggedCorrection(i + 1, 100 + i, e)));

    static (double, double)[] Counted(Corrections corrections, params (int Second, double Value)[] readings)
    {
        List<Reading> list = [.. readings.Select(r => Given.Temperature(r.Second, r.Value))];
        corrections.Apply(list);
        return [.. list.Select(r => ((r.SampledAt - Given.T0) / 1e6, r.Value))];
    }

    [Fact]
    public void A_corrected_value_counts_and_a_retracted_one_does_not() => Assert.Equal(
        [(0, 20), (1, 21.5)],
        Counted(Of(Correct("c", (1, 21.5)), Retract("r", 2, 4)), (0, 20), (1, 99), (2, 98), (3, 97)));

    [Fact]
    public void The_later_correction_of_a_reading_holds()
    {
        var (correct, retract) = (Correct("c", (1, 21)), Retract("r", 0, 10));
        Assert.Equal([(1, 21)], Counted(Of(retract, correct), (0, 20), (1, 99)));
        Assert.Empty(Counted(Of(correct, retract), (0, 20), (1, 99)));
        Assert.Equal([(1, 22)], Counted(Of(correct, Correct("d", (1, 22))), (1, 99)));
    }

    [Fact]
    public void Withdrawing_one_leaves_what_the_others_say_also_if_two_say_the_same()
    {
        var events = new object[] { Retract("a", 0, 10), Correct("c", (1, 21)), Retract("b", 0, 10) };
        Assert.Empty(Counted(Of(events), (0, 20), (1, 99)));
        Assert.Equal([(1, 21)], Counted(Of([.. events, Withdraw("b")]), (0, 20), (1, 99)));
        Assert.Empty(Counted(Of([.. events, Withdraw("c")]), (0, 20), (1, 99)));
        Assert.Equal([(0, 20), (1, 99)], Counted(Of([.. events, Withdraw("b"), Withdraw("a"), Withdraw("c")]), (0, 20), (1, 99)));
    }

    [Fact]
    public void A_value_outside_the_plausible_range_is_uncertain_and_other_sensors_stay_as_they_are()
    {
        List<Reading> readings = [Given.Temperature(1, 20), new(2, Given.T0 + 1_000_000, 7)];
        Of(Correct("c", (1, 1e6))).Apply(readings);
        Assert.Equal((Quality.Uncertain, 7), (readings[0].Quality, readings[1].Value));
    }

    [Fact]
    public void It_says_which_readings_are_concerned_since_a_version()
    {
        var corrections = Of(Correct("c", (5, 1)), Retract("r", 2, 4), Withdraw("c"));
        Assert.Equal((3, 102), (corrections.Version, corrections.Position));
        Assert.Equal([Given.T0 + 2_000_000, Given.T0 + 2_000_000, Given.T0 + 5_000_000, long.MaxValue],
            Enumerable.Range(0, 4).Select(v => corrections.EarliestAfter(v)));
        Assert.Equal(["c"], corrections.IdsAfter(2));
        Assert.True(corrections.Changed(1, Given.T0 + 3_000_000, 1));
        Assert.False(corrections.Changed(1, Given.T0 + 3_000_000, 2));
        Assert.False(corrections.Changed(2, Given.T0 + 3_000_000, 0));
    }

    [Fact]
    public void A_batch_counts_as_its_readings_do()
    {
        Reading[] readings = [Given.Temperature(0, 20), Given.Temperature(1, 99), Given.Temperature(2, 98)];
        var batch = TelemetryCodec.Encode(readings, 3);
        Assert.Same(batch, Of(Correct("c", (9, 1))).Apply(batch));
        Assert.Empty(Of(Retract("r", 0, 9)).Apply(batch));
        List<Reading> counted = [];
        Assert.Equal(0, TelemetryCodec.Decode([], counted));
        Assert.Equal(3, TelemetryCodec.Decode(Of(Correct("c", (1, 21)), Retract("r", 2, 3)).Apply(batch), counted));
        Assert.Equal([(20.0, Quality.Good), (21, Quality.Good)], counted.Select(r => (r.Value, r.Quality)));
    }

    /// <summary>
    /// Whatever the order of arrival, in batches of any size, the corrected readings make the twin that the right readings would have made.
    /// </summary>
    [Property(MaxTest = 60)]
    public Property A_corrected_twin_is_the_one_that_right_readings_make() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var all = Enumerable.Range(0, random.Next(1, 400)).Select(i => Given.Temperature(i, 60 + random.Next(80))).ToArray();
            List<object> events = [];
            for (var i = random.Next(8); i >= 0; i--)
            {
                var first = random.Next(all.Length);
                events.Add(random.Next(4) switch
                {
                    0 => Retract($"{i}", first, first + random.Next(1, 50)),
                    1 when events.Count > 0 => Withdraw($"{random.Next(8)}"),
                    _ => Correct($"{i}", [.. Enumerable.Range(first, random.Next(1, 5)).Select(s => (s, 60.0 + random.Next(80)))]),
                });
            }
            var corrections = Of([.. events]);
            List<Reading> right = [.. all];
            corrections.Apply(right);
            var (expected, _) = Given.Folded(right);

            random.Shuffle(all);
            var twin = new Twin(Given.Model);
            var effects = new StepEffects();
            foreach (var batch in all.Chunk(random.Next(1, 60)))
            {
                List<Reading> counted = [];
                TelemetryCodec.Decode(corrections.Apply(TelemetryCodec.Encode(batch)), counted);
                twin.Step(counted.ToArray(), effects);
            }
            right.Sort((a, b) => a.SampledAt.CompareTo(b.SampledAt));
            foreach (var sensor in effects.MustRederive) twin.Sensor(sensor)!.Rederive(right.Where(r => r.Sensor == sensor), effects);
            return twin.Hash() == expected.Hash();
        });
}
