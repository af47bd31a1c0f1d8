namespace Contracts.Decisions;

/// <summary>The options compared, with a recommendation.</summary>
/// <param name="Recommended">Name of the best option.</param>
/// <param name="Reason">The recommendation and its reason in one sentence.</param>
/// <param name="Options">Best first.</param>
/// <param name="BreakEven">When waiting stops paying off; null when no option waits, or no remaining life makes the two equal.</param>
/// <param name="Tornado">Inputs by their influence on the recommended option's lead over the next best, largest first.</param>
/// <param name="FlipShare">Share of draws of the uncertain inputs in which another option is best, 0 to 1.</param>
/// <param name="PerfectInformationValue">Upper bound on what any forecast of the day of failure can be worth.</param>
/// <param name="Check">Value of the offered check; null when none was offered or there is no trend.</param>
/// <param name="NewPartCostPerDay">Long-run cost per day of a new part: the value of a day of remaining life.</param>
/// <param name="NewPartAgeDays">Best age at which to replace a new part, days; null when there is none.</param>
/// <param name="NewPartReason">Why there is no best age; null when there is one.</param>
/// <param name="Warnings">Caveats for the reader.</param>
public sealed record DecisionAnswer(
    string Recommended,
    string Reason,
    IReadOnlyList<OptionAnswer> Options,
    BreakEvenAnswer? BreakEven,
    IReadOnlyList<TornadoAnswer> Tornado,
    double? FlipShare,
    double PerfectInformationValue,
    CheckAnswer? Check,
    double NewPartCostPerDay,
    double? NewPartAgeDays,
    string? NewPartReason,
    IReadOnlyList<string> Warnings);

/// <summary>The outcome of an option.</summary>
/// <param name="Name">Name of the option.</param>
/// <param name="Kind">Kind of the option.</param>
/// <param name="At">Planned replacement; null when there is none.</param>
/// <param name="Days">Days until the planned replacement; null when there is none.</param>
/// <param name="ExpectedCost">Mean cost.</param>
/// <param name="RelativeCost">Mean cost minus the value of the days of life used; options are compared by this.</param>
/// <param name="P5">5 % quantile of the relative cost over the futures.</param>
/// <param name="P50">Median of the relative cost.</param>
/// <param name="P95">95 % quantile of the relative cost.</param>
/// <param name="CVaR95">Mean relative cost of the most expensive 5 % of futures.</param>
/// <param name="FailureProbability">P(failure before the planned replacement).</param>
/// <param name="DowntimeHours">Mean lost production hours.</param>
/// <param name="DearerThanNowProbability">Share of futures in which the option costs more than replacing now.</param>
/// <param name="DifferenceToNow">Mean relative cost minus that of replacing now, paired by future.</param>
/// <param name="DifferenceStandardError">Paired standard error of that difference.</param>
/// <param name="Regret">Mean extra cost over the option that is best in each future.</param>
public sealed record OptionAnswer(
    string Name,
    string Kind,
    DateTimeOffset? At,
    double? Days,
    double ExpectedCost,
    double RelativeCost,
    double P5,
    double P50,
    double P95,
    double CVaR95,
    double FailureProbability,
    double DowntimeHours,
    double DearerThanNowProbability,
    double DifferenceToNow,
    double DifferenceStandardError,
    double Regret);

/// <summary>When waiting stops paying off.</summary>
/// <param name="Option">The option that waits.</param>
/// <param name="FailureProbability">Waiting pays off while P(failure before the planned replacement) is below this.</param>
/// <param name="LifeFactor">Factor on the stated remaining life at which waiting and replacing now cost the same.</param>
public sealed record BreakEvenAnswer(string Option, double FailureProbability, double LifeFactor);

/// <summary>How sensitive the recommendation is to one input.</summary>
/// <param name="Input">The input.</param>
/// <param name="Low">The recommended option's lead with the input at the low end of its range.</param>
/// <param name="High">The lead with the input at the high end; negative when another option is then best.</param>
public sealed record TornadoAnswer(string Input, double Low, double High);

/// <summary>The value of one more check.</summary>
/// <param name="Information">What the result of the check saves on average.</param>
/// <param name="Delay">What deciding later costs on average.</param>
/// <param name="Net">Net value; the check pays off when it is positive.</param>
public sealed record CheckAnswer(double Information, double Delay, double Net);
