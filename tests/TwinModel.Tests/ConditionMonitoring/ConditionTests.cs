using System.Text.Json;
using TwinModel.ConditionMonitoring;

namespace TwinModel.Tests.ConditionMonitoring;

public class ConditionTests
{
    static readonly DateTimeOffset T0 = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);
    static readonly ConditionSettings Settings = new(new(80, 23_000), 7.1) { BaselineCount = 60 };

    // One sample per minute around 1.2 mm/s with 5 % noise; ln v grows by the slope from the given day on.
    static IEnumerable<ConditionSample> Samples(int days, double slopePerDay, double fromDay, int seed = 5)
    {
        var noise = new Random(seed);
        for (var minute = 0; minute < days * 1440; minute++)
        {
            var day = minute / 1440.0;
            var ln = Math.Log(1.2) + slopePerDay * Math.Max(0, day - fromDay) + 0.05
                * MathNet.Numerics.Distributions.Normal.Sample(noise, 0, 1);
            yield return new(T0.AddMinutes(minute), Math.Exp(ln), 80, 23_000);
        }
    }

    [Theory]
    [InlineData(5, 0, 930.8518, 465.4259)]
    [InlineData(5, 0.5, 38.0095, 37.9960)]
    [InlineData(5, 1, 10.3760, 10.3760)]
    [InlineData(5, 2, 4.0089, 4.0089)]
    [InlineData(4, 0, 335.3621, 167.6811)]
    [InlineData(4, 1, 8.3832, 8.3831)]
    public void Run_lengths_of_the_chart(double limit, double shift, double oneSided, double twoSided)
    {
        var chart = new CusumSettings(0.5, limit);

        Assert.Equal(oneSided, chart.AverageRunLength(shift), 4);
        Assert.Equal(twoSided, chart.TwoSidedAverageRunLength(shift), 4);
    }

    [Fact]
    public void Chart_alarms_as_often_as_it_says()
    {
        var chart = new CusumSettings(0.5, 4);
        var (noise, runs, steps) = (new Random(1), 0, 0);
        for (var sum = 0.0; runs < 2000; steps++)
        {
            sum = chart.Step(sum, MathNet.Numerics.Distributions.Normal.Sample(noise, 0, 1));
            if (sum <= chart.Limit) continue;
            (sum, runs) = (0, runs + 1);
        }

        Assert.Equal(335.36, (double)steps / runs, 335.36 * 0.08);
    }

    [Fact]
    public void One_wild_value_is_no_alarm() => Assert.True(new CusumSettings(0.5, 5).Step(0, 1000) < 5);

    [Fact]
    public void Healthy_part_stays_healthy()
    {
        var (state, transitions) = Condition.Fold(Settings, ConditionState.Start, Samples(14, 0, 0));

        Assert.Equal(ConditionLevel.Healthy, state.Level);
        Assert.Equal([(ConditionLevel.Learning, ConditionLevel.Healthy)], transitions.Select(t => (t.From, t.To)));
        Assert.InRange(Settings.MeanTimeBetweenFalseAlarms.TotalDays, 60, 300);
    }

    [Fact]
    public void Growing_vibration_becomes_degrading_then_critical()
    {
        var (state, transitions) = Condition.Fold(Settings, ConditionState.Start, Samples(30, 0.1, 5));

        Assert.Equal(ConditionLevel.Critical, state.Level);
        Assert.Equal([ConditionLevel.Healthy, ConditionLevel.Degrading, ConditionLevel.Critical], transitions.Select(t => t.To));
        var found = transitions[1].Evidence;
        // The band of the change contains its true date, and the level is crossed when ln 1.2 + 0.1 t = ln 7.1.
        Assert.InRange(T0.AddDays(5), found.ChangedAfter!.Value.AddHours(-6), found.ChangedBefore);
        Assert.True(found.ChangedBefore < T0.AddDays(6.5));
        Assert.True(found.Sum > found.Limit);
        Assert.Equal(5 + Math.Log(7.1 / 1.2) / 0.1, (transitions[2].At - T0).TotalDays, 0.3);
        Assert.Equal(7.1, transitions[2].Evidence.Value, 0.3);
    }

    [Fact]
    public void Critical_is_taken_back_only_after_two_hours_well_below_the_limit()
    {
        var settings = Settings with { Baseline = new(T0.AddDays(-1), T0, 144, Math.Log(1.2), 0.05, 0), Window = TimeSpan.FromMinutes(10) };
        List<ConditionLevel> Levels(IEnumerable<double> values)
        {
            var state = ConditionState.Start;
            return [.. values.Select(
                (v, i) => (state = Condition.StepMedian(settings, state, new(T0.AddMinutes(10 * (i + 1)), Math.Log(v), 60)).State).Level)];
        }
        double[] worn = [.. Enumerable.Repeat(3.0, 10), 7.2, 7.2];
        Assert.Equal([ConditionLevel.Degrading, ConditionLevel.Critical], Levels(worn)[^2..]);
        // Noise around the limit, with at most eleven medians in a row below 90 % of it: too few to lower the level.
        Assert.All(Levels([.. worn, .. Enumerable.Repeat(6.0, 11), 7.3, .. Enumerable.Repeat(6.0, 11), 6.5, 6.0, 6.0]).Skip(worn.Length),
            l => Assert.Equal(ConditionLevel.Critical, l));
        Assert.Equal([ConditionLevel.Critical, ConditionLevel.Degrading], Levels([.. worn, .. Enumerable.Repeat(6.0, 12)])[^2..]);
    }

    [Fact]
    public void Repaired_part_returns_to_healthy()
    {
        var worn = Samples(14, 0.1, 5).ToList();
        var repaired = Samples(3, 0, 0).Select(s => s with { At = s.At.AddDays(14) });
        var (state, transitions) = Condition.Fold(Settings, ConditionState.Start, worn.Concat(repaired));

        Assert.Equal(ConditionLevel.Healthy, state.Level);
        Assert.Equal(ConditionLevel.Degrading, transitions[^1].From);
    }

    [Fact]
    public void State_is_stored_and_resumed_without_a_difference()
    {
        var samples = Samples(9, 0.1, 5).ToList();
        var whole = Condition.Fold(Settings, ConditionState.Start, samples);
        var half = Condition.Fold(Settings, ConditionState.Start, samples.Take(7000)).State;
        var resumed = Condition.Fold(
            Settings, JsonSerializer.Deserialize<ConditionState>(JsonSerializer.Serialize(half))!, samples.Skip(7000));

        Assert.Equal(JsonSerializer.Serialize(whole.State), JsonSerializer.Serialize(resumed.State));
        Assert.Equal(whole.Transitions[^1], resumed.Transitions[^1]);
    }

    [Fact]
    public void Late_and_missing_samples_change_nothing()
    {
        var state = Condition.Fold(Settings, ConditionState.Start, Samples(2, 0, 0)).State;

        Assert.Equal(state, Condition.Step(Settings, state, new(T0, 100, 80, 23_000)).State);
        Assert.Equal(state, Condition.Step(Settings, state, new(T0.AddDays(2), double.NaN, 80, 23_000)).State);
    }

    [Fact]
    public void Load_exponents_are_found_and_taken_out()
    {
        var noise = new Random(3);
        var healthy = Enumerable.Range(0, 500).Select(i =>
        {
            var (speed, force) = (60 + 40 * noise.NextDouble(), 15_000 + 10_000 * noise.NextDouble());
            return new ConditionSample(
                T0.AddMinutes(i),
                1.2 * Math.Pow(speed / 80, 1.8) * Math.Pow(force / 23_000, 0.6) * Math.Exp(0.02 * (noise.NextDouble() - 0.5)), speed,
                force);
        }).ToList();
        var fit = LoadNormalisation.Fit(healthy, 80, 23_000);

        Assert.Equal(1.8, fit.SpeedExponent, 0.02);
        Assert.Equal(0.6, fit.ForceExponent, 0.02);
        Assert.Equal(1.2, fit.Normalise(1.2 * Math.Pow(1.15, 1.8) * Math.Pow(1.0224, 0.6), 92, 23_000 * 1.0224), 0.01);
    }

    [Fact]
    public void Load_that_never_varied_keeps_exponent_zero()
    {
        var healthy = Enumerable.Range(0, 50)
            .Select(i => new ConditionSample(T0.AddMinutes(i), 1.2 + 0.01 * (i % 3), 80 + 10 * (i % 5), 23_000)).ToList();

        Assert.Equal(0, LoadNormalisation.Fit(healthy, 80, 23_000).ForceExponent);
        Assert.Throws<ArgumentException>(() => LoadNormalisation.Fit([], 80, 23_000));
    }

    [Fact]
    public void A_rate_step_is_not_damage_once_normalised()
    {
        var load = new LoadNormalisation(80, 23_000, 1.8, 0.6);
        var faster = Samples(14, 0, 0).Select((s, i) => i < 7 * 1440 ? s : s with { Value = s.Value * Math.Pow(1.15, 1.8), SpeedRpm = 92 });
        var raw = Condition.Fold(Settings, ConditionState.Start, faster).State;
        var normalised = Condition.Fold(Settings with { Load = load }, ConditionState.Start, faster).State;

        Assert.Equal(ConditionLevel.Degrading, raw.Level);
        Assert.Equal(ConditionLevel.Healthy, normalised.Level);
    }

    [Fact]
    public void Baseline_ignores_wild_values_and_knows_its_memory()
    {
        var noise = new Random(2);
        var x = 0.0;
        var medians = Enumerable.Range(0, 400).Select(i =>
        {
            x = 0.6 * x + 0.8 * MathNet.Numerics.Distributions.Normal.Sample(noise, 0, 1);
            return new MedianPoint(T0.AddMinutes(10 * i), i % 50 == 0 ? 9 : 0.2 + 0.05 * x, 10);
        }).ToList();
        var baseline = Baseline.Of(medians);

        Assert.Equal(0.2, baseline.CentreLn, 0.02);
        Assert.Equal(0.05, baseline.ScaleLn, 0.01);
        Assert.InRange(baseline.Autocorrelation, 0.4, 0.7);
        Assert.Throws<ArgumentException>(() => Baseline.Of([.. medians.Take(9)]));
    }

    [Theory]
    [InlineData(10, 1.0)]
    [InlineData(0, 0.0)]
    public void Settings_without_meaning_are_refused(int count, double slack) =>
        Assert.ThrowsAny<ArgumentException>(() => (Settings with { BaselineCount = count, Cusum = new(slack, 5, 0.5) }).Validate());
}
