using Contracts.Query.V1;
using Dashboard.Decisions;
using Google.Protobuf.WellKnownTypes;

namespace Dashboard.Tests;

public class DecisionQuestionTests
{
    static readonly TimeZoneInfo Zone = TimeZoneInfo.CreateCustomTimeZone("UTC+5:45", TimeSpan.FromMinutes(345), null, null);
    static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    static readonly WearingPart Part = new("gearbox-bearing", "Bearing", new() { PartCost = 6_500, MarginPerHour = 400 }, "EUR", true);

    static Timestamp At(double days) => Timestamp.FromDateTimeOffset(Noon.AddDays(days).AddTicks(1_234_560));

    // Differs from the form's defaults in every field.
    static CreateDecisionRequest Whole => new()
    {
        AssetId = "line-1",
        Component = "gearbox-bearing",
        At = At(0),
        Options =
        {
            new DecisionOption { Kind = "now" }, new DecisionOption { Kind = "order-spare-now" },
            new DecisionOption { Kind = "at-stop", At = At(21) }, new DecisionOption { Kind = "wait", Weeks = 2 },
            new DecisionOption { Kind = "wait", Weeks = 5.5 }, new DecisionOption { Kind = "derate", Rate = 0.07, Weeks = 3 },
            new DecisionOption { Kind = "derate", Rate = 0.9, Weeks = 2, MarginLossPerDay = 120.5 },
        },
        Economics = new() { PartCost = 7_000, MarginPerHour = 410, IsSpareOrderedNow = true },
        Stops = { new DecisionStop { At = At(21), LostHours = 3 }, new DecisionStop { At = At(42) } },
        HorizonDays = 120,
        RiskAversion = 0.3,
        Rate = 1.1,
        RemainingLife = new() { Shape = 2.2, ScaleDays = 45 },
        NewLife = new() { Shape = 1.7, ScaleDays = 900.125 },
        Check = new() { DelayDays = 1.5, Cost = 300 },
        Futures = 2_000,
        Seed = ulong.MaxValue,
    };

    static Decision Kept(CreateDecisionRequest r) => new()
    {
        AssetId = r.AssetId,
        Component = r.Component,
        At = r.At,
        AskedOptions = { r.Options },
        Economics = r.Economics,
        Stops = { r.Stops },
        HorizonDays = r.HorizonDays,
        RiskAversion = r.RiskAversion,
        Rate = r.Rate,
        RemainingLife = r.RemainingLife,
        NewLife = r.NewLife,
        AskedCheck = r.Check,
        Futures = r.Futures,
        Seed = r.Seed,
    };

    static DecisionQuestion Taken(Decision decision)
    {
        var question = new DecisionQuestion(Part);
        question.Take(decision, Zone);
        return question;
    }

    [Fact]
    public void A_shared_decision_asked_again_is_the_same_question()
    {
        var question = Taken(Kept(Whole));
        Assert.Equal(7, question.OptionCount);
        Assert.True(question.HasChangedEconomics);
        Assert.Equal(Whole, question.Request("line-1", Zone));
    }

    [Fact]
    public void Without_estimates_and_a_check_the_form_has_none()
    {
        var asked = Whole;
        (asked.RemainingLife, asked.NewLife, asked.Check) = (null, null, null);
        asked.Stops.Clear();
        asked.Options.RemoveAt(2);
        var question = Taken(Kept(asked));
        Assert.Equal((false, false, false), (question.Remaining.IsAssumed, question.Fresh.IsAssumed, question.Checks));
        Assert.Equal(asked, question.Request("line-1", Zone));
    }

    [Fact]
    public void An_estimate_that_is_changed_is_the_one_that_is_seen()
    {
        var question = Taken(Kept(Whole));
        Assert.Equal(Math.Round(45 * Math.Pow(Math.Log(2), 1 / 2.2), 3), question.Remaining.MedianDays);
        question.Remaining.MedianDays = 20;
        Assert.Equal(20 / Math.Pow(Math.Log(2), 1 / 2.2), question.Request("line-1", Zone).RemainingLife.ScaleDays, 9);
        question.At = null;
        Assert.Null(question.Request("line-1", Zone).At);
    }

    [Fact]
    public void An_older_query_tells_no_options_and_the_form_keeps_its_own()
    {
        var old = Kept(Whole);
        old.AskedOptions.Clear();
        var question = Taken(old);
        Assert.Equal((0.3, 120, 8, null), (question.RiskAversion, question.HorizonDays, question.OptionCount, question.At));
    }
}
