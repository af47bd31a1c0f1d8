using Contracts.Calibrations;
using Contracts.Events;
using TwinModel.Calibration;

namespace TwinModel.Tests.Calibration;

public class FoldCalibrationTests
{
    const string Asset = "line-1", Model = "ab12";
    static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(56);

    static CalibratedParameter Parameter(string id, double after, bool isIdentified) =>
        new(id, "Pa", 1, 1, after, after, after, 0.1, 0.01, isIdentified);

    static object[] Proposal(string id, string model, params CalibratedParameter[] parameters) => [
        new CalibrationRequested(id, Asset, "line", model, new(Asset, Now, Now.AddHours(1), 7, []), "eve", Now),
        new CalibrationProposed(id, Asset, new(
            true, null, [], parameters, [.. parameters.Where(p => p.IsIdentified).Select((_, i) =>
                parameters.Where(p => p.IsIdentified).Select((_, j) => i == j ? 1.0 : 0.5).ToArray())],
            [], [], null, 0, 1, 1, "", []), Now),
    ];

    static AssetCalibrations Fold(params IEnumerable<object>[] events) =>
        events.SelectMany(e => e).Aggregate(AssetCalibrations.None, FoldCalibration.Apply);

    static readonly object[] First = Proposal("c1", Model, Parameter("a.x", 2, true), Parameter("a.y", 3, true));
    static readonly object[] Second = Proposal("c2", Model, Parameter("a.x", 5, true), Parameter("a.y", 9, false));

    static (IReadOnlyList<object> Events, Contracts.Decisions.Refusal? Refusal) Adopt(
        AssetCalibrations known, string id, ParameterSet? inForce = null, string model = Model) =>
        DecideCalibration.Adopt(known, Asset, id, model, inForce, "eve", "why", Now);

    [Fact]
    public void Adoption_gives_the_asset_what_was_identified_and_keeps_what_was_in_force_of_the_rest()
    {
        var (events, refusal) = Adopt(Fold(First), "c1");
        Assert.Null(refusal);
        var first = Assert.IsType<CalibrationAdopted>(Assert.Single(events)).Parameters;
        Assert.Equal([("a.x", 2.0), ("a.y", 3.0)], first.Values.Select(v => (v.Id, v.Value)));
        Assert.Equal([[1, 0.5], [0.5, 1]], first.Correlation);

        var known = Fold(First, events, Second);
        Assert.Equal(("c1", "adopted"), (known.InForce, known.Find("c1")!.State));
        var second = Assert.IsType<CalibrationAdopted>(Assert.Single(Adopt(known, "c2", first).Events));
        Assert.Equal("c1", second.ReplacedId);
        Assert.Equal([("a.x", 5.0), ("a.y", 3.0)], second.Parameters.Values.Select(v => (v.Id, v.Value)));
        Assert.Equal([[1, 0], [0, 1]], second.Parameters.Correlation);
    }

    [Fact]
    public void Roll_back_gives_the_asset_what_it_had_before()
    {
        var adopted = Adopt(Fold(First), "c1").Events;
        var set = ((CalibrationAdopted)adopted[0]).Parameters;
        var known = Fold(First, adopted, Second);
        known = Fold(First, adopted, Second, Adopt(known, "c2", set).Events);
        var (back, refusal) = DecideCalibration.RollBack(known, Asset, "c2", id => id == "c1" ? set : null, "eve", null, Now);
        Assert.Null(refusal);
        var rolledBack = Assert.IsType<CalibrationRolledBack>(Assert.Single(back));
        Assert.Equal(("c1", set), (rolledBack.RestoredId, rolledBack.Parameters));
        known = back.Aggregate(known, FoldCalibration.Apply);
        Assert.Equal(("c1", "rolled-back"), (known.InForce, known.Find("c2")!.State));
        back = DecideCalibration.RollBack(known, Asset, "c1", _ => null, "eve", null, Now).Events;
        Assert.Null(Assert.IsType<CalibrationRolledBack>(Assert.Single(back)).Parameters);
        known = back.Aggregate(known, FoldCalibration.Apply);
        Assert.Null(known.InForce);
        // The second time it has no effect.
        Assert.Equal(([], null), DecideCalibration.RollBack(known, Asset, "c1", _ => null, "eve", null, Now));
    }

    [Fact]
    public void What_cannot_be_adopted_is_refused()
    {
        var requested = Fold(First.Take(1));
        Assert.Equal("not-found", Adopt(requested, "other").Refusal!.Kind);
        Assert.Contains("is requested", Adopt(requested, "c1").Refusal!.Message, StringComparison.Ordinal);
        Assert.Contains("another model", Adopt(Fold(First), "c1", model: "cd34").Refusal!.Message, StringComparison.Ordinal);
        var nothing = Fold(Proposal("c3", Model, Parameter("a.x", 1, false)));
        Assert.Contains("identified no parameter", Adopt(nothing, "c3").Refusal!.Message, StringComparison.Ordinal);
        var failed = Fold(First.Take(1), [new CalibrationFailed("c1", Asset, "invalid", "no readings", Now)]);
        Assert.Equal(("failed", "invalid", "no readings"), (failed.Find("c1")!.State, failed.Find("c1")!.Cause, failed.Find("c1")!.Reason));
        Assert.Contains("is failed", Adopt(failed, "c1").Refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Adopting_what_is_in_force_and_rolling_back_what_is_not_have_no_effect()
    {
        var known = Fold(First, Adopt(Fold(First), "c1").Events, Second);
        Assert.Equal(([], null), Adopt(known, "c1"));
        var (events, refusal) = DecideCalibration.RollBack(known, Asset, "c2", _ => null, "eve", null, Now);
        Assert.Empty(events);
        Assert.Contains("'c1' is", refusal!.Message, StringComparison.Ordinal);
    }
}
