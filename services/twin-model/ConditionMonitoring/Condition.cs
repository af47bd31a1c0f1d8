using System.Collections.Concurrent;

namespace TwinModel.ConditionMonitoring;

/// <summary>Evaluates the condition of a part sample by sample. A pure fold: the same samples give the same states and
/// transitions.</summary>
public static class Condition
{
    // Stepping down from critical needs this many times more medians: a wrong all-clear costs more, and a worn part is noisy. Two hours
    // with the default of 2 medians of ten minutes.
    const int SlowerBack = 6;

    static readonly ConcurrentDictionary<CusumSettings, double> RunLengths = [];

    /// <summary>
    /// The state after one more sample, and the resulting transitions. Samples must be in time order; late ones are ignored.
    /// </summary>
    public static (ConditionState State, IReadOnlyList<ConditionTransition> Transitions) Step(
        ConditionSettings settings, ConditionState state, ConditionSample sample)
    {
        var normalised = settings.Load.Normalise(sample.Value, sample.SpeedRpm, sample.ForceNewton);
        var (open, closed) = state.Open.Step(settings.Window, sample.At, Math.Log(normalised));
        state = state with { Open = open };
        return closed is { } median ? StepMedian(settings, state, median) : (state, []);
    }

    /// <summary>The state after all samples of a history, and all transitions.</summary>
    public static (ConditionState State, IReadOnlyList<ConditionTransition> Transitions) Fold(
        ConditionSettings settings, ConditionState state, IEnumerable<ConditionSample> samples)
    {
        settings.Validate();
        List<ConditionTransition> all = [];
        foreach (var sample in samples)
        {
            (state, var transitions) = Step(settings, state, sample);
            all.AddRange(transitions);
        }
        return (state, all);
    }

    /// <summary>The state after one more median computed elsewhere: load-normalised, in ln, and later than all before.</summary>
    public static (ConditionState State, IReadOnlyList<ConditionTransition> Transitions) StepMedian(
        ConditionSettings settings, ConditionState state, MedianPoint median)
    {
        var before = state.Level;
        if (state.Baseline is not { } baseline)
        {
            (state, var learned) = Learn(settings, state, median);
            return learned is null
                ? (state, [])
                : (state, [new(before, state.Level, median.At, Evidence(settings, state, learned, median))]);
        }
        var score = baseline.Score(median.Value);
        // Whitened with the previous median if it is from the previous window: scores of an AR(1) process are not independent.
        var adjoining = state.LastAt is { } last && median.At - last <= 1.5 * settings.Window && state.LastScore is not null;
        var phi = adjoining ? baseline.Autocorrelation : 0;
        var whitened = (score - phi * (state.LastScore ?? 0)) / Math.Sqrt(1 - phi * phi);
        var sum = settings.Cusum.Step(state.Sum, whitened);
        state = state with
        {
            Sum = sum,
            SumStartedAt = state.Sum == 0 || state.SumStartedAt is null ? state.LastAt ?? median.At : state.SumStartedAt,
            LastScore = Math.Clamp(score, -settings.Cusum.Clip, settings.Cusum.Clip),
            LastAt = median.At,
            LastLn = median.Value,
        };
        state = Judge(settings, state, median);
        return state.Level == before
            ? (state, [])
            : (state, [new(before, state.Level, median.At, Evidence(settings, state, baseline, median))]);
    }

    static (ConditionState State, Baseline? Baseline) Learn(ConditionSettings settings, ConditionState state, MedianPoint median)
    {
        state = state with { Since = state.Since ?? median.At, LastAt = median.At, LastLn = median.Value };
        var learned = settings.Baseline is null ? state.Learned.Add(median) : state.Learned;
        if (settings.Baseline is null && learned.Count < settings.BaselineCount) return (state with { Learned = learned }, null);
        var baseline = settings.Baseline ?? Baseline.Of(learned);
        return (state with { Level = ConditionLevel.Healthy, Since = median.At, Learned = [], Baseline = baseline }, baseline);
    }

    static ConditionState Judge(ConditionSettings settings, ConditionState state, MedianPoint median)
    {
        // Stepping down from critical takes a long time well below the limit, so that noise around it does not make the level flap.
        var critical = settings.CriticalValue is { } c ? Math.Log(c) : double.PositiveInfinity;
        var isCritical = state.Level == ConditionLevel.Critical;
        var argues = isCritical ? median.Value < critical + Math.Log(0.9) : median.Value >= critical;
        state = state with { Beyond = argues ? state.Beyond + 1 : 0 };
        var enough = isCritical ? SlowerBack * settings.ConfirmCount : settings.ConfirmCount;
        var next = state.Beyond >= enough ? (isCritical ? ConditionLevel.Degrading : ConditionLevel.Critical) : state.Level;
        if (next == ConditionLevel.Healthy && state.Sum > settings.Cusum.Limit) next = ConditionLevel.Degrading;
        if (next == ConditionLevel.Degrading && state.Sum == 0) next = ConditionLevel.Healthy;
        return next == state.Level ? state : state with { Level = next, Since = median.At, Beyond = 0 };
    }

    static ConditionEvidence Evidence(ConditionSettings settings, ConditionState state, Baseline baseline, MedianPoint median) => new(
        Math.Exp(median.Value), baseline.Centre, baseline.Score(median.Value), state.Sum, settings.Cusum.Limit, state.SumStartedAt,
        median.At, settings.CriticalValue,
        // Cached per chart: solving a 400 x 400 system for every event is too slow.
        settings.FalseAlarmTime(RunLengths.GetOrAdd(settings.Cusum, static c => c.AverageRunLength(0))));
}
