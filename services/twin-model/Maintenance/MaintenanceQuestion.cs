using System.Collections.Immutable;
using TwinModel.Lifetimes;

namespace TwinModel.Maintenance;

/// <summary>One way to go on with a worn part.</summary>
/// <param name="Name">What the answer calls it; unique in a question.</param>
public abstract record MaintenanceOption(string Name)
{
    /// <summary>Exchange now.</summary>
    public sealed record ReplaceNow() : MaintenanceOption("replace now");

    /// <summary>Exchange at a stop of the calendar.</summary>
    /// <param name="At">The stop's time.</param>
    public sealed record AtPlannedStop(DateTimeOffset At) : MaintenanceOption(
        FormattableString.Invariant($"at the stop on {At:yyyy-MM-dd}"));

    /// <summary>Exchange in so many weeks, outside a stop unless there is one at that time.</summary>
    /// <param name="Weeks">0 or more.</param>
    public sealed record WaitWeeks(double Weeks) : MaintenanceOption($"wait {Spell(Weeks)}");

    /// <summary>Exchange when it has failed.</summary>
    public sealed record RunToFailure() : MaintenanceOption("run to failure");

    /// <summary>Exchange at the date of least expected cost within the horizon, stops included.</summary>
    public sealed record OptimalDate() : MaintenanceOption("optimal date");

    /// <summary>Run slower from now on and exchange in so many weeks.</summary>
    /// <param name="Weeks">0 or more.</param>
    /// <param name="AgeingRate">Days of ageing per day against the present load (<see cref="Iso281.AgeingRate"/>), greater than 0.</param>
    /// <param name="MarginLossPerDay">Margin of the production that is not made, 0 or more.</param>
    public sealed record DerateAndWait(double Weeks, double AgeingRate, double MarginLossPerDay)
        : MaintenanceOption($"derate and wait {Spell(Weeks)}");

    /// <summary>Order the spare now and exchange at the best date from its arrival on.</summary>
    public sealed record OrderSpareNow() : MaintenanceOption("order the spare now, exchange when it is here");

    static string Spell(double weeks) => FormattableString.Invariant($"{weeks:0.##} {(weeks == 1 ? "week" : "weeks")}");
}

/// <summary>Everything a maintenance decision depends on; the same question has the same answer, bit for bit.</summary>
/// <param name="Now">Day 0 of all lives.</param>
/// <param name="RemainingLife">Of the worn part at the present load; null when nothing can be said of it yet.</param>
/// <param name="NewLife">Of a new part: the worth of a day of life.</param>
/// <param name="Economics">Costs and times.</param>
/// <param name="Options">One or more.</param>
public sealed record MaintenanceQuestion(
    DateTimeOffset Now, ILifetime? RemainingLife, ILifetime NewLife, Economics Economics, ImmutableArray<MaintenanceOption> Options)
{
    /// <summary>Calendar of planned stops, none before <see cref="Now"/>.</summary>
    public ImmutableArray<PlannedStop> Stops { get; init; } = [];

    /// <summary>No exchange is planned later, in days; the end of running to failure for a part that may never fail. 1 to 3650.</summary>
    public double HorizonDays { get; init; } = 180;

    /// <summary>lambda of the rank <c>J + lambda (CVaR95 - mean)</c>; 0 ranks by expected cost. 0 to 1.</summary>
    public double RiskAversion { get; init; }

    /// <summary>Planned load from now on.</summary>
    public RateHistory Rates { get; init; } = RateHistory.Unchanged;

    /// <summary>
    /// The load of each future (0 to <see cref="Futures"/> - 1), instead of <see cref="Rates"/>; called from several threads. The simulated
    /// costs are then the answer, as no single distribution describes them.
    /// </summary>
    public Func<int, RateHistory>? RatesOfFuture { get; init; }

    /// <summary>A vibration check that could be made before deciding; null when none is offered.</summary>
    public OfferedCheck? Check { get; init; }

    /// <summary>Number of simulated futures, 100 or more.</summary>
    public int Futures { get; init; } = 10_000;

    /// <summary>Seed of the futures.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Threads to use; does not change the answer.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Throws when the question has no meaning.</summary>
    /// <exception cref="ArgumentException">Names the field, its value and what is allowed.</exception>
    public void Validate()
    {
        Economics.Validate();
        if (Options.IsDefaultOrEmpty) throw new ArgumentException("There are no options to compare; give one or more.", nameof(Options));
        if (Options.Select(o => o.Name).Distinct().Count() < Options.Length)
            throw new ArgumentException("Two options are the same; each may be given once.", nameof(Options));
        if (!(HorizonDays is >= 1 and <= 3650)) throw Require.Outside(HorizonDays, "1 to 3650", nameof(HorizonDays));
        Require.Share(RiskAversion);
        Require.AtLeast(100, Futures);
        Require.AtLeast(1, Threads);
        foreach (var stop in Stops)
        {
            if (stop.At < Now) throw Require.Outside(stop.At, $"not before now ({Now:O})", nameof(Stops));
            Require.NotNegative(stop.LostHours, nameof(PlannedStop.LostHours));
        }
        foreach (var option in Options)
        {
            var days = option switch
            {
                MaintenanceOption.AtPlannedStop s when s.At < Now =>
                    throw Require.Outside(s.At, $"not before now ({Now:O})", nameof(MaintenanceOption.AtPlannedStop)),
                MaintenanceOption.AtPlannedStop s when Stops.All(stop => stop.At != s.At) =>
                    throw Require.Outside(s.At, "the time of a stop of the calendar", nameof(MaintenanceOption.AtPlannedStop)),
                MaintenanceOption.AtPlannedStop s => (s.At - Now).TotalDays,
                MaintenanceOption.WaitWeeks w => 7 * Require.NotNegative(w.Weeks),
                MaintenanceOption.DerateAndWait d =>
                    7 * Require.NotNegative(d.Weeks) + 0 * Require.Positive(d.AgeingRate) * Require.NotNegative(d.MarginLossPerDay),
                _ => 0,
            };
            if (days > HorizonDays)
                throw Require.Outside(days, FormattableString.Invariant($"within the horizon of {HorizonDays:0.#} days"), option.Name);
        }
    }
}
