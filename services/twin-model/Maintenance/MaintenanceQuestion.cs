using System.Collections.Immutable;
using TwinModel.Lifetimes;

namespace TwinModel.Maintenance;

/// <summary>One course of action for a worn part.</summary>
/// <param name="Name">Its name in the answer; unique within a question.</param>
public abstract record MaintenanceOption(string Name)
{
    /// <summary>Replace now.</summary>
    public sealed record ReplaceNow() : MaintenanceOption("replace now");

    /// <summary>Replace at a stop in the calendar.</summary>
    /// <param name="At">The stop's time.</param>
    public sealed record AtPlannedStop(DateTimeOffset At) : MaintenanceOption(
        FormattableString.Invariant($"at the stop on {At:yyyy-MM-dd}"));

    /// <summary>Replace after the given number of weeks, outside a stop unless there is one at that time.</summary>
    /// <param name="Weeks">Weeks to wait, 0 or more.</param>
    public sealed record WaitWeeks(double Weeks) : MaintenanceOption($"wait {Spell(Weeks)}");

    /// <summary>Replace on failure.</summary>
    public sealed record RunToFailure() : MaintenanceOption("run to failure");

    /// <summary>Replace at the date of least expected cost within the horizon, including stops.</summary>
    public sealed record OptimalDate() : MaintenanceOption("optimal date");

    /// <summary>Run slower from now on and replace after the given number of weeks.</summary>
    /// <param name="Weeks">Weeks to wait, 0 or more.</param>
    /// <param name="AgeingRate">Days of ageing per day relative to the present load (<see cref="Iso281.AgeingRate"/>), greater than
    /// 0.</param>
    /// <param name="MarginLossPerDay">Margin per day of the production lost, 0 or more.</param>
    public sealed record DerateAndWait(double Weeks, double AgeingRate, double MarginLossPerDay)
        : MaintenanceOption($"derate and wait {Spell(Weeks)}");

    /// <summary>Order the spare now and replace at the best date after its arrival.</summary>
    public sealed record OrderSpareNow() : MaintenanceOption("order the spare now, exchange when it is here");

    static string Spell(double weeks) => FormattableString.Invariant($"{weeks:0.##} {(weeks == 1 ? "week" : "weeks")}");
}

/// <summary>Everything a maintenance decision depends on; the same question gives the same answer, bit for bit.</summary>
/// <param name="Now">Day 0 of all lives.</param>
/// <param name="RemainingLife">Remaining life of the worn part at the present load; null when no prognosis is possible yet.</param>
/// <param name="NewLife">Life of a new part, which determines the value of a day of life.</param>
/// <param name="Economics">Costs and times.</param>
/// <param name="Options">The options to compare, one or more.</param>
public sealed record MaintenanceQuestion(
    DateTimeOffset Now, ILifetime? RemainingLife, ILifetime NewLife, Economics Economics, ImmutableArray<MaintenanceOption> Options)
{
    /// <summary>Calendar of planned stops, none before <see cref="Now"/>.</summary>
    public ImmutableArray<PlannedStop> Stops { get; init; } = [];

    /// <summary>Latest day on which a replacement can be planned; also when a part that may never fail is replaced under run-to-failure. 1
    /// to 3650.</summary>
    public double HorizonDays { get; init; } = 180;

    /// <summary>lambda of the rank <c>J + lambda (CVaR95 - mean)</c>; 0 ranks by expected cost. 0 to 1.</summary>
    public double RiskAversion { get; init; }

    /// <summary>Planned load from now on.</summary>
    public RateHistory Rates { get; init; } = RateHistory.Unchanged;

    /// <summary>
    /// The load of each future (0 to <see cref="Futures"/> - 1), instead of <see cref="Rates"/>; called from several threads. The answer
    /// then uses the simulated costs, because no single distribution describes them.
    /// </summary>
    public Func<int, RateHistory>? RatesOfFuture { get; init; }

    /// <summary>A vibration check that could be made before deciding; null when none is offered.</summary>
    public OfferedCheck? Check { get; init; }

    /// <summary>Number of simulated futures, 100 or more.</summary>
    public int Futures { get; init; } = 10_000;

    /// <summary>Seed of the simulated futures.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Threads to use; does not change the answer.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Throws when the question is invalid.</summary>
    /// <exception cref="ArgumentException">Names the field, its value and what is allowed.</exception>
    public void Validate()
    {
        Economics.Validate();
        if (Options.IsDefaultOrEmpty) throw new ArgumentException("There are no options to compare; give at least one.", nameof(Options));
        if (Options.Select(o => o.Name).Distinct().Count() < Options.Length)
            throw new ArgumentException("Two options are the same; give each only once.", nameof(Options));
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
                    throw Require.Outside(s.At, "the time of a planned stop", nameof(MaintenanceOption.AtPlannedStop)),
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
