using System.Collections.Immutable;

namespace TwinModel.Maintenance;

/// <summary>What can be said to a <see cref="MaintenanceQuestion"/>.</summary>
public abstract record MaintenanceAnswer
{
    MaintenanceAnswer()
    {
    }

    /// <summary>The options compared, and what to do.</summary>
    /// <param name="Comparison">All options.</param>
    /// <param name="BreakEven">When waiting stops to pay; null when no option waits, or no life makes the two equal.</param>
    /// <param name="Tornado">Inputs by their influence on the lead of the recommended option, greatest first.</param>
    /// <param name="FlipShare">Share of draws of uncertain inputs in which another option is best, 0 to 1; null when each future has its
    /// own load.</param>
    /// <param name="Check">EVSI of the check that the question offers; null when it offers none.</param>
    /// <param name="Reason">The recommendation with its reason, one sentence.</param>
    public sealed record Advice(
        Comparison Comparison, BreakEven? BreakEven, ImmutableArray<TornadoBar> Tornado, double? FlipShare, CheckValue? Check,
        string Reason)
        : MaintenanceAnswer;

    /// <summary>There is no ground for an answer.</summary>
    /// <param name="Reason">Why, in one sentence.</param>
    public sealed record NoAnswer(string Reason) : MaintenanceAnswer;
}

/// <summary>Options side by side.</summary>
/// <param name="Options">In the order of the question.</param>
/// <param name="Ranking">Indices into <paramref name="Options"/>, best first.</param>
/// <param name="NewPartCostPerDay">g: what a day of life is worth.</param>
/// <param name="NewPart">Best age replacement of a new part, or why there is none.</param>
/// <param name="PerfectInformationValue">EVPI: the most that any forecast of the day of failure can be worth, given these options.</param>
public sealed record Comparison(
    ImmutableArray<OptionOutcome> Options, ImmutableArray<int> Ranking, double NewPartCostPerDay, AgeReplacementResult NewPart,
    double PerfectInformationValue)
{
    /// <summary>The best option.</summary>
    public OptionOutcome Recommended => Options[Ranking[0]];

    internal ImmutableArray<Plan> Plans { get; init; }
}

/// <summary>What an option leads to.</summary>
/// <param name="Name">Of the option.</param>
/// <param name="At">Planned exchange; null when there is none.</param>
/// <param name="Days">Days from now to it; null when there is none.</param>
/// <param name="IsExact">Expectations are by quadrature; otherwise simulated.</param>
/// <param name="ExpectedCost">E[cost].</param>
/// <param name="RelativeCost">J: E[cost] less the worth of the days of life used. What options are compared by.</param>
/// <param name="Simulated">Spread of the relative cost over the futures.</param>
/// <param name="DifferenceToNow">Simulated mean of the relative cost less that of replacing now, future by future.</param>
/// <param name="DifferenceStandardError">Its paired standard error.</param>
/// <param name="FailureProbability">P(failure before the exchange).</param>
/// <param name="DowntimeHours">E[lost hours].</param>
/// <param name="DearerThanNowProbability">Share of futures in which it costs more than replacing now.</param>
/// <param name="Regret">Mean of what it costs more than the option that would have been best in that future.</param>
/// <param name="Rank">What options are ordered by: J + lambda (CVaR95 - mean).</param>
public sealed record OptionOutcome(
    string Name, DateTimeOffset? At, double? Days, bool IsExact, double ExpectedCost, double RelativeCost, Spread Simulated,
    double DifferenceToNow,
    double DifferenceStandardError, double FailureProbability, double DowntimeHours, double DearerThanNowProbability, double Regret,
    double Rank);

/// <summary>Where waiting and replacing now cost the same, by expected cost.</summary>
/// <param name="Option">The waiting option.</param>
/// <param name="FailureProbability">Waiting pays while its P(failure before) is below this.</param>
/// <param name="LifeFactor">The remaining life would have to be longer by this factor (or shorter, below 1).</param>
public sealed record BreakEven(string Option, double FailureProbability, double LifeFactor);

/// <summary>How one input moves the lead of the recommended option over the next.</summary>
/// <param name="Input">Which.</param>
/// <param name="LowLead">Lead with the input at its low end; negative when the recommendation changes.</param>
/// <param name="HighLead">Lead with the input at its high end.</param>
public sealed record TornadoBar(string Input, double LowLead, double HighLead)
{
    /// <summary>How far the lead moves.</summary>
    public double Swing => Math.Abs(HighLead - LowLead);
}
