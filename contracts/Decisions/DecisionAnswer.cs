namespace Contracts.Decisions;

/// <summary>Options compared, and what to do.</summary>
/// <param name="Recommended">Name of the best option.</param>
/// <param name="Reason">The recommendation with its reason, one sentence.</param>
/// <param name="Options">Best first.</param>
/// <param name="BreakEven">When waiting stops to pay; null when no option waits, or no life makes the two equal.</param>
/// <param name="Tornado">Inputs by their influence on the lead of the recommended option, greatest first.</param>
/// <param name="FlipShare">Share of draws of uncertain inputs in which another option is best, 0 to 1.</param>
/// <param name="PerfectInformationValue">The most that any forecast of the day of failure can be worth.</param>
/// <param name="Check">Value of the check that was offered; null when none was, or there is no trend.</param>
/// <param name="NewPartCostPerDay">What a day of life is worth.</param>
/// <param name="NewPartAgeDays">Best age to replace a new part; null when there is none.</param>
/// <param name="NewPartReason">Why there is no best age; null when there is one.</param>
/// <param name="Warnings">What the reader must know.</param>
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

/// <summary>What an option leads to.</summary>
/// <param name="Name">Of the option.</param>
/// <param name="Kind">Of the option.</param>
/// <param name="At">Planned exchange; null when there is none.</param>
/// <param name="Days">Days to it; null when there is none.</param>
/// <param name="ExpectedCost">Mean cost.</param>
/// <param name="RelativeCost">Mean cost less the worth of the days of life used: what options are compared by.</param>
/// <param name="P5">Of the relative cost over the futures.</param>
/// <param name="P50">Median.</param>
/// <param name="P95">Of 100 futures, 5 are dearer.</param>
/// <param name="CVaR95">Mean of the dearest 5 of 100.</param>
/// <param name="FailureProbability">P(failure before the exchange).</param>
/// <param name="DowntimeHours">Mean lost hours.</param>
/// <param name="DearerThanNowProbability">Share of futures in which it costs more than replacing now.</param>
/// <param name="DifferenceToNow">Mean relative cost less that of replacing now, future by future.</param>
/// <param name="DifferenceStandardError">Its paired standard error.</param>
/// <param name="Regret">Mean of what it costs more than what would have been best in that future.</param>
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

/// <summary>When waiting stops to pay.</summary>
/// <param name="Option">The option that waits.</param>
/// <param name="FailureProbability">It pays while P(failure before it) is below this.</param>
/// <param name="LifeFactor">Remaining life at which the two are equal, in times the stated one.</param>
public sealed record BreakEvenAnswer(string Option, double FailureProbability, double LifeFactor);

/// <summary>How an input decides.</summary>
/// <param name="Input">The input.</param>
/// <param name="Low">Lead of the recommended option with the input at the low end of its range.</param>
/// <param name="High">And at the high end; negative: another option is best then.</param>
public sealed record TornadoAnswer(string Input, double Low, double High);

/// <summary>What one more check is worth.</summary>
/// <param name="Information">What the finding saves on average.</param>
/// <param name="Delay">What deciding later costs on average.</param>
/// <param name="Net">Check when it is positive.</param>
public sealed record CheckAnswer(double Information, double Delay, double Net);
