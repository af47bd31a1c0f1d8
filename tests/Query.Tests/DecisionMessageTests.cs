using Contracts.Decisions;
using Google.Protobuf;
using Query.Decisions;
using TwinModel.Assets;
using Proto = Contracts.Query.V1;

namespace Query.Tests;

public class DecisionMessageTests
{
    static readonly AssetModel Model = Given.A_model("extrusion-line");

    static DecisionDefinition Whole => new(
        "line-1", "gearbox-bearing", Given.Noon,
        [new("now"), new("at-stop", Given.Noon.AddDays(21)), new("wait", Weeks: 5), new("derate", Weeks: 2.5, Rate: 0.07),
            new("derate", Weeks: 2, Rate: 0.9, MarginLossPerDay: 120.5), new("run-to-failure")],
        new(1, 2, 3, 4, 5, 6, 0.35, 8, 9, 0.1, 11, 12, 13, 14, false), [new(Given.Noon.AddDays(21), 2), new(Given.Noon.AddDays(42), 0)],
        120, 0.25, 1.1, new(2.2, 45), new(1.7, 900), new(1.5, 300), 2_000, ulong.MaxValue);

    static DecisionView Kept(DecisionDefinition definition) => new(
        "0195a0b4-0000-7000-8000-000000000003", definition.AssetId, definition.Component, "recommended", definition, "ab12", 42, null,
        new("replace now", "because", [], null, [], null, 0, null, 0, null, null, []), Given.Noon, null, null, 1);

    [Fact]
    public void A_decision_over_grpc_holds_all_of_its_question()
    {
        var decision = Proto.Decision.Parser.ParseFrom(DecisionMessage.Of(Kept(Whole)).ToByteArray());
        var again = new Proto.CreateDecisionRequest
        {
            AssetId = decision.AssetId,
            Component = decision.Component,
            At = decision.At,
            Options = { decision.AskedOptions },
            Economics = decision.Economics,
            Stops = { decision.Stops },
            HorizonDays = decision.HorizonDays,
            RiskAversion = decision.RiskAversion,
            Rate = decision.Rate,
            RemainingLife = decision.RemainingLife,
            NewLife = decision.NewLife,
            Check = decision.AskedCheck,
            Futures = decision.Futures,
            Seed = decision.Seed,
        };
        var defined = DecisionMessage.Asked(again).Define(Model, Given.Noon.AddDays(1));
        Assert.Equal(Whole.Options, defined.Options);
        Assert.Equal(Whole.Stops, defined.Stops);
        Assert.Equal(Whole with { Options = [], Stops = [] }, defined with { Options = [], Stops = [] });
    }

    [Fact]
    public void What_the_question_left_to_the_condition_and_the_fleet_is_absent()
    {
        var decision = DecisionMessage.Of(Kept(Whole with { RemainingLife = null, NewLife = null, Check = null, Stops = [] }));
        Assert.Equal((null, null, null), (decision.RemainingLife, decision.NewLife, decision.AskedCheck));
        Assert.Empty(decision.Stops);
        var derate = decision.AskedOptions[3];
        Assert.Equal(("derate", false, null), (derate.Kind, derate.HasMarginLossPerDay, derate.At));
    }
}
