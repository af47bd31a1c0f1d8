using System.Collections.Immutable;
using Contracts.Events;
using Contracts.Health;
using TwinModel.Assets;
using TwinModel.ConditionMonitoring;
using TwinModel.Lifetimes;
using TwinModel.Prognostics;

namespace TwinModel.Health;

/// <summary>Converts prognoses to and from events and views.</summary>
public static class Prognoses
{
    /// <summary>Probabilities of <see cref="HealthAssessed.QuantileDays"/>: 1, 5, 10 … 95, 99 %.</summary>
    public static ImmutableArray<double> Probabilities { get; } = [0.01, .. Enumerable.Range(1, 19).Select(i => i / 20.0), 0.99];

    /// <summary>The word for a level.</summary>
    public static string Word(this ConditionLevel level) => level switch
    {
        ConditionLevel.Healthy => "healthy",
        ConditionLevel.Degrading => "degrading",
        ConditionLevel.Critical => "critical",
        _ => "learning",
    };

    /// <summary>The level for a word.</summary>
    public static ConditionLevel Level(string word) =>
        Enum.TryParse<ConditionLevel>(word, ignoreCase: true, out var level) ? level : ConditionLevel.Learning;

    /// <summary>Computes an assessment and returns its event.</summary>
    public static HealthAssessed Assess(string assetId, Degradation degradation, DueAssessment due) =>
        Event(assetId, due, AssessRul.Of(degradation.Rul, due.History));

    /// <summary>The event of a prognosis that has already been computed.</summary>
    public static HealthAssessed Event(string assetId, DueAssessment due, Prognosis prognosis) => prognosis switch
    {
        Prognosis.Rul rul => new(
            assetId, due.Component, due.History.Level.Word(), due.History.AgeDays, due.Position,
            [.. Probabilities.Select(p => rul.Life.Quantile(p)).Select(d => double.IsFinite(d) ? d : (double?)null)],
            [.. rul.Models.Select(m => new ModelShare(m.Model, m.Weight))], null, due.At),
        Prognosis.CannotSayYet cannot =>
            new(assetId, due.Component, due.History.Level.Word(), due.History.AgeDays, due.Position, [], [], cannot.Reason, due.At),
        _ => throw new ArgumentException($"{prognosis.GetType().Name} is not a known prognosis.", nameof(prognosis)),
    };

    /// <summary>The view of an assessment.</summary>
    public static RulView View(HealthAssessed e) => new(
        e.AssessedAt, e.Level, e.AgeDays, e.Position, Quantile(e, 0.05), Quantile(e, 0.25), Quantile(e, 0.5), Quantile(e, 0.75),
        Quantile(e, 0.95), e.Models, e.CannotSay);

    static double? Quantile(HealthAssessed e, double probability) =>
        e.QuantileDays.Count == 0 ? null : e.QuantileDays[Probabilities.IndexOf(probability)];

    /// <summary>The stated distribution, linear between its quantiles; null when there was no prognosis.</summary>
    public static RulDistribution? Life(HealthAssessed e)
    {
        List<(double Day, double P)> points = [(0, 0)];
        for (var i = 0; i < e.QuantileDays.Count; i++)
        {
            if (e.QuantileDays[i] is not { } day) break;
            if (day > points[^1].Day) points.Add((day, Probabilities[i]));
            else points[^1] = (points[^1].Day, Probabilities[i]);
        }
        if (points.Count < 2) return null;
        // The rest beyond the last quantile is taken to fail within twice its days.
        if (e.QuantileDays[^1] is not null) points.Add((2 * points[^1].Day, 1));
        return new([.. points.Select(p => p.Day)], [.. points.Select(p => p.P)]);
    }

    /// <summary>The view of a history.</summary>
    public static PartHistoryView View(PartHistory history) => new(
        history.AgeDays, history.NowDays, history.Baseline?.CentreLn, history.Baseline?.ScaleLn, history.Baseline?.Autocorrelation,
        [.. history.Trend.Select(p => p.Days)], [.. history.Trend.Select(p => p.LnValue)]);

    /// <summary>The history of a view, <paramref name="laterDays"/> days later.</summary>
    public static PartHistory History(PartHistoryView view, ConditionLevel level, double laterDays = 0) => new(
        level,
        view.BaselineCentreLn is { } centre
            ? new(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, Baseline.LeastCount, centre, view.BaselineScaleLn ?? 0.01,
                view.BaselineAutocorrelation ?? 0)
            : null,
        view.AgeDays + laterDays, view.NowDays + laterDays, [.. view.TrendDays.Zip(view.TrendLn, (d, y) => new TrendPoint(d, y))]);
}
