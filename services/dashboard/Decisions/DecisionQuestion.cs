using Contracts.Query.V1;
using Dashboard.Shown;
using Google.Protobuf.WellKnownTypes;

namespace Dashboard.Decisions;

/// <summary>The question as filled in on the form.</summary>
public sealed class DecisionQuestion(WearingPart part)
{
    /// <summary>Kinds of options without figures, and their labels.</summary>
    public static IReadOnlyList<(string Kind, string Text)> Simple { get; } =
        [("now", "Replace now"), ("optimal-date", "At the best date"), ("run-to-failure", "Run to failure"),
            ("order-spare-now", "Order the spare now, then at the best date")];

    public static IReadOnlyList<double> Waits { get; } = [1, 2, 3, 4, 6];

    public WearingPart Part => part;

    public HashSet<string> Kinds { get; } = ["now", "optimal-date", "run-to-failure"];

    public HashSet<double> Weeks { get; } = [1, 2, 3, 4, 6];

    public List<Stop> Stops { get; } = [];

    public List<Derate> Derates { get; } = [];

    /// <summary>Production rate as a multiple of the present one.</summary>
    public double Rate { get; set; } = 1;

    /// <summary>0 ranks by expected cost, 1 by the mean of the worst 5 %.</summary>
    public double RiskAversion { get; set; }

    public double HorizonDays { get; set; } = 180;

    /// <summary>Local time of the browser: ask as of then, with what was known then; null: now.</summary>
    public DateTime? At { get; set; }

    public DecisionEconomics Economics { get; private set; } = part.Economics.Clone();

    public bool Checks { get; set; }

    public double CheckDelayDays { get; set; } = 7;

    public double CheckCost { get; set; } = 500;

    /// <summary>Remaining life to use instead of the assessed one.</summary>
    public AssumedLife Remaining { get; } = new(30, 2);

    /// <summary>Life of a new part to use instead of the fleet's.</summary>
    public AssumedLife Fresh { get; } = new(365, 2);

    /// <summary>Simulated futures per option.</summary>
    public int Futures { get; set; } = 10_000;

    public ulong Seed { get; set; } = 1;

    public bool HasChangedEconomics => !Economics.Equals(part.Economics);

    public int OptionCount => Kinds.Count + Weeks.Count + Stops.Count(s => s.IsOption) + Derates.Count;

    public void ResetEconomics() => Economics = part.Economics.Clone();

    /// <summary>Takes over the complete question of a decision, so that asking again repeats it as of its time.</summary>
    public void Take(Decision asked, TimeZoneInfo zone)
    {
        (Economics, Rate, RiskAversion, HorizonDays, Seed) = (
            asked.Economics.Clone(), asked.Rate, asked.RiskAversion, asked.HorizonDays, asked.Seed);
        // A query older than this dashboard does not send the rest.
        if (asked.AskedOptions.Count == 0) return;
        (At, Futures) = (Times.Local(asked.At.ToDateTimeOffset(), zone), asked.Futures);
        Kinds.Clear();
        Weeks.Clear();
        Derates.Clear();
        foreach (var option in asked.AskedOptions)
        {
            if (option.Kind == "wait") Weeks.Add(option.Weeks);
            else if (option.Kind == "derate")
                Derates.Add(new()
                {
                    Rate = option.Rate,
                    Weeks = option.Weeks,
                    MarginLossPerDay = option.HasMarginLossPerDay ? option.MarginLossPerDay : null
                });
            else if (option.Kind != "at-stop") Kinds.Add(option.Kind);
        }
        Stops.Clear();
        Stops.AddRange(asked.Stops.Select(s => new Stop
        {
            At = Times.Local(s.At.ToDateTimeOffset(), zone),
            LostHours = s.LostHours,
            IsOption = asked.AskedOptions.Any(o => o.Kind == "at-stop" && o.At.Equals(s.At)),
        }));
        Checks = asked.AskedCheck is not null;
        if (asked.AskedCheck is { } check) (CheckDelayDays, CheckCost) = (check.DelayDays, check.Cost);
        Remaining.Take(asked.RemainingLife);
        Fresh.Take(asked.NewLife);
    }

    public CreateDecisionRequest Request(string assetId, TimeZoneInfo zone)
    {
        var request = new CreateDecisionRequest
        {
            AssetId = assetId,
            Component = part.Component,
            Economics = Economics.Clone(),
            Rate = Rate,
            RiskAversion = RiskAversion,
            HorizonDays = HorizonDays,
            Futures = Futures,
            Seed = Seed,
            RemainingLife = Remaining.Life,
            NewLife = Fresh.Life,
        };
        if (At is { } then) request.At = Timestamp.FromDateTimeOffset(Times.FromLocal(then, zone));
        foreach (var kind in Simple.Where(s => Kinds.Contains(s.Kind))) request.Options.Add(new DecisionOption { Kind = kind.Kind });
        foreach (var stop in Stops)
        {
            var at = Timestamp.FromDateTimeOffset(Times.FromLocal(stop.At, zone));
            request.Stops.Add(new DecisionStop { At = at, LostHours = stop.LostHours });
            if (stop.IsOption) request.Options.Add(new DecisionOption { Kind = "at-stop", At = at });
        }
        foreach (var weeks in Weeks.Order()) request.Options.Add(new DecisionOption { Kind = "wait", Weeks = weeks });
        foreach (var derate in Derates)
        {
            var option = new DecisionOption { Kind = "derate", Rate = derate.Rate, Weeks = derate.Weeks };
            if (derate.MarginLossPerDay is { } loss) option.MarginLossPerDay = loss;
            request.Options.Add(option);
        }
        if (Checks) request.Check = new() { DelayDays = CheckDelayDays, Cost = CheckCost };
        return request;
    }

    /// <summary>A planned stop of the line.</summary>
    public sealed class Stop
    {
        /// <summary>Local time of the browser.</summary>
        public DateTime At { get; set; }

        /// <summary>Hours by which the exchange prolongs the stop.</summary>
        public double LostHours { get; set; } = 2;

        /// <summary>True: an exchange at this stop is an option of its own; false: the stop only counts for the best date.</summary>
        public bool IsOption { get; set; } = true;
    }

    /// <summary>Running slower for some weeks before the exchange.</summary>
    public sealed class Derate
    {
        /// <summary>As a multiple of the planned rate.</summary>
        public double Rate { get; set; } = 0.85;

        /// <summary>The rate in per cent, as shown in the form.</summary>
        public double Percent
        {
            get => Math.Round(100 * Rate, 6);
            set => Rate = value / 100;
        }

        public double Weeks { get; set; } = 3;

        /// <summary>Null: the margin lost through the lower rate.</summary>
        public double? MarginLossPerDay { get; set; }
    }
}
