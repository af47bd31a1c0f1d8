using System.Collections.Immutable;
using Contracts.Decisions;
using TwinModel.Assets;
using TwinModel.Lifetimes;
using TwinModel.Maintenance;
using TwinModel.Prognostics;

namespace TwinModel.Decisions;

/// <summary>Converts definitions to questions of the library, and its answers to contracts.</summary>
public static class DecisionSetup
{
    /// <summary>The economics of a definition.</summary>
    public static Economics Economics(DecisionEconomics e) => new(
        e.PartCost, e.LabourCost, e.OvertimeCost, e.MarginPerHour, e.PlannedHours, e.UnplannedHours, e.UnplannedHoursSdLn, e.SpareLeadDays,
        e.WaitingHoursPerDay,
        e.SecondaryDamageProbability, e.SecondaryDamageCost)
    {
        ScrapAndRestartCost = e.ScrapAndRestartCost,
        ExpediteCost = e.ExpediteCost,
        SpareHoldingCostPerDay = e.SpareHoldingCostPerDay,
        IsSpareOrderedNow = e.IsSpareOrderedNow,
    };

    /// <summary>The calendar of a definition.</summary>
    public static ImmutableArray<PlannedStop> Stops(DecisionDefinition d) => [.. d.Stops.Select(s => new PlannedStop(s.At, s.LostHours))];

    /// <summary>An option of a definition; <paramref name="life"/> is needed for options with another ageing rate.</summary>
    public static MaintenanceOption Option(DecisionDefinition d, DecisionOption o, LoadLife? life) => o.Kind switch
    {
        "now" => new MaintenanceOption.ReplaceNow(),
        "at-stop" => new MaintenanceOption.AtPlannedStop(o.At ?? d.At),
        "wait" => new MaintenanceOption.WaitWeeks(o.Weeks ?? 0),
        "run-to-failure" => new MaintenanceOption.RunToFailure(),
        "optimal-date" => new MaintenanceOption.OptimalDate(),
        "derate" => new MaintenanceOption.DerateAndWait(
            o.Weeks ?? 0, life?.AgeingRate(o.Rate ?? 1) ?? 1, o.MarginLossPerDay ?? 24 * d.Economics.MarginPerHour * (1 - (o.Rate ?? 1))),
        "order-spare-now" => new MaintenanceOption.OrderSpareNow(),
        _ => throw new ArgumentException($"'{o.Kind}' is not an option; allowed: {string.Join(", ", DecisionRules.Kinds)}.", nameof(o)),
    };

    /// <summary>The question for a definition.</summary>
    /// <param name="degradation">The part, as the model describes it.</param>
    /// <param name="d">The definition, validated by <see cref="DecisionRules"/>.</param>
    /// <param name="prognosis">The prognosis from the condition; not needed when the definition supplies a remaining life.</param>
    /// <param name="nowDays">Now, in days on the time axis of the prognosis's trend.</param>
    /// <param name="threads">Number of threads to use.</param>
    public static MaintenanceQuestion Question(
        Degradation degradation, DecisionDefinition d, Prognosis? prognosis, double nowDays, int threads)
    {
        var rul = prognosis as Prognosis.Rul;
        ILifetime? remaining = d.RemainingLife is { } given ? new WeibullLife(given.Shape, given.ScaleDays) : rul?.Life;
        ILifetime fresh = d.NewLife is { } life ? new WeibullLife(life.Shape, life.ScaleDays)
            : degradation.Rul.Fleet ?? throw new ArgumentException("The life of a new part is not known.", nameof(degradation));
        return new(d.At, remaining, fresh, Economics(d.Economics), [.. d.Options.Select(o => Option(d, o, degradation.Life))])
        {
            Stops = Stops(d),
            HorizonDays = d.HorizonDays,
            RiskAversion = d.RiskAversion,
            Rates = d.Rate == 1 || degradation.Life is null
                ? RateHistory.Unchanged
                : RateHistory.Constant(degradation.Life.AgeingRate(d.Rate)),
            Check = d.Check is { } check && d.RemainingLife is null && rul?.Trend is { } trend
                ? new(trend, nowDays, degradation.Rul.Threshold, check.DelayDays, check.Cost)
                : null,
            Futures = d.Futures,
            Seed = d.Seed,
            Threads = threads,
        };
    }

    /// <summary>The answer as a contract type.</summary>
    public static DecisionAnswer Answer(DecisionDefinition d, MaintenanceAnswer.Advice advice, IEnumerable<string> warnings)
    {
        var c = advice.Comparison;
        return new(
            c.Recommended.Name, advice.Reason, [.. c.Ranking.Select(i => Option(d.Options[i].Kind, c.Options[i]))],
            advice.BreakEven is { } b ? new(b.Option, b.FailureProbability, b.LifeFactor) : null,
            [.. advice.Tornado.Select(t => new TornadoAnswer(t.Input, t.LowLead, t.HighLead))], advice.FlipShare, c.PerfectInformationValue,
            advice.Check is { } v ? new(v.Information, v.Delay, v.Net) : null, c.NewPartCostPerDay,
            (c.NewPart as AgeReplacementResult.Optimum)?.AgeDays, (c.NewPart as AgeReplacementResult.NoFiniteOptimum)?.Reason,
            [.. warnings]);
    }

    static OptionAnswer Option(string kind, OptionOutcome o) => new(
        o.Name, kind, o.At, o.Days, o.ExpectedCost, o.RelativeCost, o.Simulated.P05, o.Simulated.P50, o.Simulated.P95, o.Simulated.CVaR95,
        o.FailureProbability, o.DowntimeHours,
        o.DearerThanNowProbability, o.DifferenceToNow, o.DifferenceStandardError, o.Regret);
}
