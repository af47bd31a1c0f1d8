using Contracts.Query.V1;
using Dashboard.Shown;
using Google.Protobuf.WellKnownTypes;

namespace Dashboard.Decisions;

/// <summary>The question as it is filled in.</summary>
public sealed class Question(WearingPart part)
{
    /// <summary>Kinds of options that have no figures, and what people call them.</summary>
    public static IReadOnlyList<(string Kind, string Text)> Simple { get; } =
        [("now", "Replace now"), ("optimal-date", "At the best date"), ("run-to-failure", "Run to failure"), ("order-spare-now", "Order the spare now, then at the best date")];

    public static IReadOnlyList<double> Waits { get; } = [1, 2, 3, 4, 6];

    public WearingPart Part => part;

    public HashSet<string> Kinds { get; } = ["now", "optimal-date", "run-to-failure"];

    public HashSet<double> Weeks { get; } = [1, 2, 3, 4, 6];

    public List<Stop> Stops { get; } = [];

    public bool Derates { get; set; }

    public double DeratePercent { get; set; } = 85;

    public double DerateWeeks { get; set; } = 3;

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

    /// <summary>The remaining life is assumed here instead of read from the condition.</summary>
    public bool Assumes { get; set; }

    public double MedianDays { get; set; } = 30;

    public double Shape { get; set; } = 2;

    /// <summary>Weibull's scale that has the median.</summary>
    public double ScaleDays => MedianDays / Math.Pow(Math.Log(2), 1 / Shape);

    public bool HasChangedEconomics => !Economics.Equals(part.Economics);

    public int OptionCount => Kinds.Count + Weeks.Count + Stops.Count + (Derates ? 1 : 0);

    public void ResetEconomics() => Economics = part.Economics.Clone();

    /// <summary>Takes over what an earlier decision was asked with.</summary>
    public void Take(Decision asked) => (Economics, Rate, RiskAversion, HorizonDays) = (asked.Economics.Clone(), asked.Rate, asked.RiskAversion, asked.HorizonDays);

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
        };
        if (At is { } then) request.At = Timestamp.FromDateTimeOffset(Times.FromLocal(then, zone));
        foreach (var kind in Simple.Where(s => Kinds.Contains(s.Kind))) request.Options.Add(new DecisionOption { Kind = kind.Kind });
        foreach (var stop in Stops)
        {
            var at = Timestamp.FromDateTimeOffset(Times.FromLocal(stop.At, zone));
            request.Stops.Add(new DecisionStop { At = at, LostHours = stop.LostHours });
            request.Options.Add(new DecisionOption { Kind = "at-stop", At = at });
        }
        foreach (var weeks in Waits.Where(Weeks.Contains)) request.Options.Add(new DecisionOption { Kind = "wait", Weeks = weeks });
        if (Derates) request.Options.Add(new DecisionOption { Kind = "derate", Rate = DeratePercent / 100, Weeks = DerateWeeks });
        if (Checks) request.Check = new() { DelayDays = CheckDelayDays, Cost = CheckCost };
        if (Assumes) request.RemainingLife = new() { Shape = Shape, ScaleDays = ScaleDays };
        return request;
    }

    /// <summary>A stop of the line that takes place anyway.</summary>
    public sealed class Stop
    {
        /// <summary>On the browser's clock.</summary>
        public DateTime At { get; set; }

        /// <summary>What the exchange makes it longer.</summary>
        public double LostHours { get; set; } = 2;
    }
}
