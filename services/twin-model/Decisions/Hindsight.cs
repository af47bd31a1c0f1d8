using Contracts.Decisions;

namespace TwinModel.Decisions;

/// <summary>Was the advice right? Evaluates decisions whose outcome is known.</summary>
/// <param name="Decisions">Number of decisions.</param>
/// <param name="Taken">Number of decisions taken.</param>
/// <param name="Closed">Number of decisions with a known outcome.</param>
/// <param name="Followed">Number of decisions taken as recommended.</param>
/// <param name="Scored">Number of stated risks that could be scored against the outcome.</param>
/// <param name="Censored">Number of stated risks that cannot be scored, because the part was replaced well before the planned day.</param>
/// <param name="StatedFailures">Expected number of failures: the sum of the scored stated risks.</param>
/// <param name="ObservedFailures">Number of failures before the planned day.</param>
/// <param name="BrierScore">Mean of (risk - outcome) squared: 0 is perfect, 0.25 is a coin toss; null without scored risks.</param>
/// <param name="Calibration">Stated against observed failures, in bins of stated risk.</param>
/// <param name="MeanRegret">For decisions that ended in a failure: mean extra cost of the chosen option over the best one; null without
/// any.</param>
/// <param name="Items">One per closed decision.</param>
public sealed record HindsightReport(
    int Decisions, int Taken, int Closed, int Followed, int Scored, int Censored, double StatedFailures, int ObservedFailures,
    double? BrierScore,
    IReadOnlyList<CalibrationBin> Calibration, double? MeanRegret, IReadOnlyList<HindsightItem> Items);

/// <summary>Decisions of similar stated risk.</summary>
/// <param name="From">Lowest risk of the bin.</param>
/// <param name="To">Highest risk of the bin.</param>
/// <param name="Count">Decisions in it.</param>
/// <param name="MeanStated">Mean of the stated risks.</param>
/// <param name="Observed">Share that failed before the planned day.</param>
public sealed record CalibrationBin(double From, double To, int Count, double MeanStated, double Observed);

/// <summary>One closed decision.</summary>
/// <param name="DecisionId">The decision.</param>
/// <param name="Option">The option taken, or the recommended one when none was taken.</param>
/// <param name="IsRecommended">Whether it is the recommended option.</param>
/// <param name="Outcome">replaced or failed.</param>
/// <param name="OutcomeDays">Days from the decision to the outcome.</param>
/// <param name="StatedRisk">P(failure before the planned day).</param>
/// <param name="Failed">Whether it failed before that day; null when that cannot be known.</param>
/// <param name="Regret">Extra cost of the option over the best one, given the day of failure; null without a failure.</param>
public sealed record HindsightItem(
    string DecisionId, string Option, bool IsRecommended, string Outcome, double OutcomeDays, double StatedRisk, bool? Failed,
    double? Regret);

/// <summary>Compares predictions with outcomes. Pure.</summary>
public static class Hindsight
{
    static readonly double[] Bins = [0, 0.05, 0.2, 0.5, 1];

    /// <summary>A replacement up to one day early still counts as planned.</summary>
    const double SameDays = 1;

    /// <summary>The report.</summary>
    public static HindsightReport Of(IReadOnlyList<DecisionView> decisions)
    {
        var items = decisions.Where(d => d.Outcome is not null).Select(Item).ToList();
        var scored = items.Where(i => i.Failed is not null).Select(i => (Stated: i.StatedRisk, Failed: i.Failed!.Value ? 1 : 0)).ToList();
        var regrets = items.Select(i => i.Regret).OfType<double>().ToList();
        return new(
            decisions.Count, decisions.Count(d => d.Taken is not null), items.Count,
            decisions.Count(d => d.Taken?.Option == d.Answer.Recommended), scored.Count, items.Count - scored.Count,
            scored.Sum(s => s.Stated), scored.Sum(s => s.Failed),
            scored.Count == 0 ? null : scored.Average(s => (s.Stated - s.Failed) * (s.Stated - s.Failed)),
            [.. Bins.Zip(Bins.Skip(1)).Select(b => Bin(b.First, b.Second, scored)).OfType<CalibrationBin>()],
            regrets.Count == 0 ? null : regrets.Average(), items);
    }

    static CalibrationBin? Bin(double from, double to, List<(double Stated, int Failed)> scored)
    {
        var inside = scored.Where(s => s.Stated >= from && (s.Stated < to || to == 1)).ToList();
        return inside.Count == 0 ? null : new(from, to, inside.Count, inside.Average(s => s.Stated), inside.Average(s => s.Failed));
    }

    static HindsightItem Item(DecisionView d)
    {
        var outcome = d.Outcome!;
        var name = d.Taken?.Option ?? d.Answer.Recommended;
        var option = d.Answer.Options.FirstOrDefault(o => o.Name == name) ?? d.Answer.Options[0];
        var (days, planned) = ((outcome.At - d.Definition.At).TotalDays, option.Days ?? double.PositiveInfinity);
        bool? failed = outcome.Kind == "failed" ? days < planned : days >= planned - SameDays ? false : null;
        double? regret = outcome.Kind == "failed" ? Cost(d, option, days) - d.Answer.Options.Min(o => Cost(d, o, days)) : null;
        return new(d.Id, name, name == d.Answer.Recommended, outcome.Kind, days, option.FailureProbability, failed, regret);
    }

    // Cost of an option when the day of failure is known, minus the value of the days used.
    static double Cost(DecisionView d, OptionAnswer option, double failureDay)
    {
        var (e, planned) = (d.Definition.Economics, option.Days ?? double.PositiveInfinity);
        if (failureDay > planned)
        {
            var stop = d.Definition.Stops.FirstOrDefault(s => Math.Abs((s.At - d.Definition.At).TotalDays - planned) < 1.0 / 24);
            return e.PartCost + e.LabourCost + e.MarginPerHour * (stop?.LostHours ?? e.PlannedHours) - d.Answer.NewPartCostPerDay * planned;
        }
        var waiting = e.IsSpareOrderedNow ? Math.Max(0, e.SpareLeadDays - failureDay) : e.SpareLeadDays;
        return DecisionSetup.Economics(e).FailureCost + e.MarginPerHour * e.WaitingHoursPerDay * waiting - d.Answer.NewPartCostPerDay
            * Math.Max(0, failureDay);
    }
}
