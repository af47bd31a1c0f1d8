using System.Collections.Immutable;

namespace TwinModel.Maintenance;

/// <summary>The answer to a <see cref="MaintenanceQuestion"/>.</summary>
public abstract record MaintenanceAnswer
{
    MaintenanceAnswer()
    {
    }

    /// <summary>The options compared, with a recommendation.</summary>
    /// <param name="Comparison">All options.</param>
    /// <param name="BreakEven">When waiting stops paying off; null when no option waits, or no remaining life makes the two equal.</param>
    /// <param name="Tornado">Inputs by their influence on the recommended option's lead over the next best, largest first.</param>
    /// <param name="FlipShare">Share of draws of the uncertain inputs in which another option is best, 0 to 1; null when each future has
    /// its own load.</param>
    /// <param name="Check">EVSI of the check that the question offers; null when it offers none.</param>
    /// <param name="Reason">The recommendation and its reason in one sentence.</param>
    public sealed record Advice(
        Comparison Comparison, BreakEven? BreakEven, ImmutableArray<TornadoBar> Tornado, double? FlipShare, CheckValue? Check,
        string Reason)
        : MaintenanceAnswer;

    /// <summary>There is no basis for an answer.</summary>
    /// <param name="Reason">Why, in one sentence.</param>
    public sealed record NoAnswer(string Reason) : MaintenanceAnswer;
}

/// <summary>The options side by side.</summary>
/// <param name="Options">In the order of the question.</param>
/// <param name="Ranking">Indices into <paramref name="Options"/>, best first.</param>
/// <param name="NewPartCostPerDay">g: the value of a day of life.</param>
/// <param name="NewPart">Best age replacement of a new part, or why there is none.</param>
/// <param name="PerfectInformationValue">EVPI: upper bound on the value of any forecast of the day of failure, given these options.</param>
public sealed record Comparison(
    ImmutableArray<OptionOutcome> Options, ImmutableArray<int> Ranking, double NewPartCostPerDay, AgeReplacementResult NewPart,
    double PerfectInformationValue)
{
    /// <summary>The best option.</summary>
    public OptionOutcome Recommended => Options[Ranking[0]];

    internal ImmutableArray<Plan> Plans { get; init; }
}

/// <summary>The outcome of an option.</summary>
/// <param name="Name">Name of the option.</param>
/// <param name="At">Planned replacement; null when there is none.</param>
/// <param name="Days">Days until the planned replacement; null when there is none.</param>
/// <param name="IsExact">True when expectations are by quadrature; otherwise they are simulated.</param>
/// <param name="ExpectedCost">E[cost].</param>
/// <param name="RelativeCost">J: E[cost] minus the value of the days of life used; options are compared by this.</param>
/// <param name="Simulated">Distribution of the relative cost over the futures.</param>
/// <param name="DifferenceToNow">Simulated mean relative cost minus that of replacing now, paired by future.</param>
/// <param name="DifferenceStandardError">Paired standard error of that difference.</param>
/// <param name="FailureProbability">P(failure before the planned replacement).</param>
/// <param name="DowntimeHours">E[lost hours].</param>
/// <param name="DearerThanNowProbability">Share of futures in which the option costs more than replacing now.</param>
/// <param name="Regret">Mean extra cost over the option that is best in each future.</param>
/// <param name="Rank">Ranking criterion: J + lambda (CVaR95 - mean).</param>
public sealed record OptionOutcome(
    string Name, DateTimeOffset? At, double? Days, bool IsExact, double ExpectedCost, double RelativeCost, Spread Simulated,
    double DifferenceToNow,
    double DifferenceStandardError, double FailureProbability, double DowntimeHours, double DearerThanNowProbability, double Regret,
    double Rank);

/// <summary>Where waiting and replacing now cost the same, by expected cost.</summary>
/// <param name="Option">The waiting option.</param>
/// <param name="FailureProbability">Waiting pays off while its P(failure before the planned replacement) is below this.</param>
/// <param name="LifeFactor">Factor on the remaining life at which the two cost the same: above 1 longer, below 1 shorter.</param>
public sealed record BreakEven(string Option, double FailureProbability, double LifeFactor);

/// <summary>How one input changes the recommended option's lead over the next best.</summary>
/// <param name="Input">The input.</param>
/// <param name="LowLead">Lead with the input at its low end; negative when the recommendation changes.</param>
/// <param name="HighLead">Lead with the input at its high end.</param>
public sealed record TornadoBar(string Input, double LowLead, double HighLead)
{
    /// <summary>How much the lead changes.</summary>
    public double Swing => Math.Abs(HighLead - LowLead);
}
