using Contracts.Decisions;
using TwinModel.Assets;
using TwinModel.Maintenance;

namespace TwinModel.Decisions;

/// <summary>Was the advice right? Evaluates decisions whose outcome is known.</summary>
/// <param name="Decisions">Number of decisions.</param>
/// <param name="Taken">Number of decisions taken.</param>
/// <param name="Closed">Number of decisions with a known outcome.</param>
/// <param name="Followed">Number of decisions taken as recommended.</param>
/// <param name="Scored">Number of stated risks that could be scored against the outcome.</param>
/// <param name="Censored">Number of stated risks that cannot be scored, because the part was replaced well before the planned day, or its
/// ageing at the lower load of an option is not known any more.</param>
/// <param name="StatedFailures">Expected number of failures: the sum of the scored stated risks.</param>
/// <param name="ObservedFailures">Number of failures before the planned day.</param>
/// <param name="BrierScore">Mean of (risk - outcome) squared: 0 is perfect, 0.25 is a coin toss; null without scored risks.</param>
/// <param name="Calibration">Stated against observed failures, in bins of stated risk.</param>
/// <param name="MeanRegret">Mean of the known regrets; null without any.</param>
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
/// <param name="Regret">Extra cost of the option over the best one, given the outcome. Null when the outcome leaves the cost of an option
/// open: the part was replaced, and an option would have run it longer, or its ageing at a lower load is not known any more.</param>
public sealed record HindsightItem(
    string DecisionId, string Option, bool IsRecommended, string Outcome, double OutcomeDays, double StatedRisk, bool? Failed,
    double? Regret);

/// <summary>
/// Compares predictions with outcomes. Pure. Each option is priced by the rules of the answer, in the one future that came. Outcomes record
/// neither the length of the repair, nor damage to other parts, nor when the spare came: those are at their means and as planned.
/// </summary>
public static class Hindsight
{
    static readonly double[] Bins = [0, 0.05, 0.2, 0.5, 1];

    /// <summary>A replacement up to one day early still counts as planned.</summary>
    const double SameDays = 1;

    /// <summary>
    /// Whether the report needs to know how load ages the part: one option runs it slower, and the answer does not hold by how much it then
    /// ages.
    /// </summary>
    public static bool NeedsLoad(DecisionView d) => d.Outcome is not null && d.Definition.Options.Any(o => o.Kind == "derate");

    /// <summary>The report.</summary>
    /// <param name="decisions">The decisions.</param>
    /// <param name="loadOf">How load ages the part by the model of the decision; asked where <see cref="NeedsLoad"/>. Null when it cannot
    /// be known any more, then neither is the regret.</param>
    public static HindsightReport Of(IReadOnlyList<DecisionView> decisions, Func<DecisionView, LoadLife?> loadOf)
    {
        var items = decisions.Where(d => d.Outcome is not null).Select(d => Item(d, NeedsLoad(d) ? loadOf(d) : null)).ToList();
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

    static HindsightItem Item(DecisionView d, LoadLife? load)
    {
        var (outcome, options) = (d.Outcome!, d.Answer.Options);
        var name = d.Taken?.Option ?? d.Answer.Recommended;
        var chosen = Math.Max(0, options.ToList().FindIndex(o => o.Name == name));
        var (isFailure, days) = (outcome.Kind == "failed", (outcome.At - d.Definition.At).TotalDays);
        var plans = options.Select(o => PlanOf(d, o, load)).ToList();
        // Without a decision the part went on at the planned load.
        var aged = d.Taken is null ? 1 : plans[chosen]?.Slowdown;

        // The same ageing takes longer at a lower load.
        double? DayUnder(int option) => option == chosen && d.Taken is not null ? days : days * aged / plans[option]?.Slowdown;

        // Whether the part failed before the planned day; null for a part that was replaced before that day.
        bool? Failed(double day, double planned) => isFailure ? day <= planned : day >= planned - SameDays ? false : null;

        double? Cost(int option)
        {
            if (plans[option] is not { } plan || DayUnder(option) is not { } day) return null;
            if (Failed(day, plan.Days) is not { } hasFailed) return null;
            var e = DecisionSetup.Economics(d.Definition.Economics);
            return plan.RelativeCost(e, hasFailed ? day : double.PositiveInfinity, e.FailureCost, d.Answer.NewPartCostPerDay);
        }

        var costs = Enumerable.Range(0, options.Count).Select(Cost).ToList();
        return new(
            d.Id, name, name == d.Answer.Recommended, outcome.Kind, days, options[chosen].FailureProbability,
            DayUnder(chosen) is { } own ? Failed(own, options[chosen].Days ?? double.PositiveInfinity) : null,
            costs.Contains(null) ? null : costs[chosen] - costs.Min());
    }

    // As it was priced, on the day that was found then; null when the ageing at its load is not known.
    static Plan? PlanOf(DecisionView d, OptionAnswer answer, LoadLife? load)
    {
        var (definition, economics) = (d.Definition, DecisionSetup.Economics(d.Definition.Economics));
        if (answer.Kind == "derate" && load is null) return null;
        var option = definition.Options.Select(o => DecisionSetup.Option(definition, o, load)).FirstOrDefault(o => o.Name == answer.Name);
        return option is null ? null
            : Plan.On(option, answer.Days ?? double.PositiveInfinity, definition.At, DecisionSetup.Stops(definition), economics);
    }
}
