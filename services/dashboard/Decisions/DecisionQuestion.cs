using Contracts.Query.V1;
using Dashboard.Shown;
using Google.Protobuf.WellKnownTypes;

namespace Dashboard.Decisions;

/// <summary>The question as it is filled in.</summary>
public sealed class DecisionQuestion(WearingPart part)
{
    /// <summary>Kinds of options that have no figures, and what people call them.</summary>
    public static IReadOnlyList<(string Kind, string Text)> Simple { get; } =
        [("now", "Replace now"), ("optimal-date", "At the best date"), ("run-to-failure", "Run to failure"),
            ("order-spare-now", "Order the spare now, then at the best date")];

    public static IReadOnlyList<double> Waits { get; } = [1, 2, 3, 4, 6];

    public WearingPart Part => part;

    public HashSet<string> Kinds { get; } = ["now", "optimal-date", "run-to-failure"];

    public HashSet<double> Weeks { get; } = [1, 2, 3, 4, 6];

    public List<Stop> Stops { get; } = [];

    public List<Derate> Derates { get; } = [];

    /// <summary>In times the present one.</summary>
    public double Rate { get; set; } = 1;

    /// <summary>0: by expected cost, to 1: by the worst twentieth.</summary>
    public double RiskAversion { get; set; }

    public double HorizonDays { get; set; } = 180;

    /// <summary>On the browser's clock: the question as of then, from what was stated then; null: now.</summary>
    public DateTime? At { get; set; }

    public DecisionEconomics Economics { get; private set; } = part.Economics.Clone();

    public bool Checks { get; set; }

    public double CheckDelayDays { get; set; } = 7;

    public double CheckCost { get; set; } = 500;

    /// <summary>Instead of what the condition says.</summary>
    public AssumedLife Remaining { get; } = new(30, 2);

    /// <summary>Of a new part, instead of the fleet's.</summary>
    public AssumedLife Fresh { get; } = new(365, 2);

    /// <summary>Of each option.</summary>
    public int Futures { get; set; } = 10_000;

    public ulong Seed { get; set; } = 1;

    public bool HasChangedEconomics => !Economics.Equals(part.Economics);

    public int OptionCount => Kinds.Count + Weeks.Count + Stops.Count(s => s.IsOption) + Derates.Count;

    public void ResetEconomics() => Economics = part.Economics.Clone();

    /// <summary>Takes over all that a decision was asked with: asked again, it is the same question, as of then.</summary>
    public void Take(Decision asked, TimeZoneInfo zone)
    {
        (Economics, Rate, RiskAversion, HorizonDays, Seed) = (
            asked.Economics.Clone(), asked.Rate, asked.RiskAversion, asked.HorizonDays, asked.Seed);
        // A query that is older than this dashboard does not tell the rest.
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

    /// <summary>A stop of the line that takes place anyway.</summary>
    public sealed class Stop
    {
        /// <summary>On the browser's clock.</summary>
        public DateTime At { get; set; }

        /// <summary>What the exchange makes it longer.</summary>
        public double LostHours { get; set; } = 2;

        /// <summary>The exchange at this stop is compared; otherwise the stop only is there for the best date.</summary>
        public bool IsOption { get; set; } = true;
    }

    /// <summary>Running slower for some weeks, then the exchange.</summary>
    public sealed class Derate
    {
        /// <summary>In times the planned one.</summary>
        public double Rate { get; set; } = 0.85;

        /// <summary>As it is filled in.</summary>
        public double Percent
        {
            get => Math.Round(100 * Rate, 6);
            set => Rate = value / 100;
        }

        public double Weeks { get; set; } = 3;

        /// <summary>Null: the share of the margin that the lower rate costs.</summary>
        public double? MarginLossPerDay { get; set; }
    }
}
