using Contracts.Calibrations;
using Contracts.Estimates;
using Contracts.Events;
using TwinModel.Estimation;
using TwinModel.Tests.Estimation;
using TwinModel.Twins;

namespace TwinModel.Tests.Calibration;

/// <summary>The alarm of adopted parameters that the machine has left.</summary>
public class CalibrationAlarmTests
{
    static readonly EstimationSetup Shipped = EstimatedPlant.SetupOf();
    static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(56);

    // The model declares 10 % between machines.
    static readonly ParameterSet Adopted = new("c1", Shipped.Model.Hash, [new("polymer.consistency", "Pa s^n", 10_000, 0.01)], [[1]]);

    static EstimateView Estimate(double consistency, double deviation = 50) => new(
        "line-1", "line", 7, 10, Now, new("in-sync", Now, null), [], [],
        [
            new("parameter", "polymer.consistency", "Pa s^n", consistency, deviation, 10_000, true),
            new("parameter", "drive.efficiency", "1", 0.5, 0.01, 0.87, true),
        ], [], 1, 1, "");

    static IReadOnlyList<object> Decide(AlarmBook book, EstimateView estimate, ParameterSet? adopted) =>
        DecideAlarms.ForCalibration("line-1", Shipped.Model, book, estimate, adopted);

    [Fact]
    public void A_parameter_that_has_left_its_calibration_is_named_until_it_is_back()
    {
        Assert.Empty(Decide(AlarmBook.Empty, Estimate(10_400), Adopted));
        var raised = Assert.IsType<AlarmRaised>(Assert.Single(Decide(AlarmBook.Empty, Estimate(10_600), Adopted)));
        Assert.Equal(("calibration-drifted", "warning"), (raised.LimitId, raised.Severity));
        Assert.Contains("'polymer.consistency' is +6 % from it", raised.Message, StringComparison.Ordinal);
        var book = AlarmBook.Empty.Apply(raised);
        Assert.Empty(Decide(book, Estimate(10_700), Adopted));
        Assert.Empty(Decide(book, Estimate(10_300), Adopted));
        Assert.Equal(raised.AlarmId, Assert.IsType<AlarmCleared>(Assert.Single(Decide(book, Estimate(10_200), Adopted))).AlarmId);
    }

    [Fact]
    public void Other_parameters_in_force_clear_it() => Assert.IsType<AlarmCleared>(Assert.Single(Decide(
        AlarmBook.Empty.Apply(Decide(AlarmBook.Empty, Estimate(12_000), Adopted)[0]), Estimate(12_000), null)));

    [Fact]
    public void What_chance_may_do_or_was_not_adopted_raises_nothing()
    {
        Assert.Empty(Decide(AlarmBook.Empty, Estimate(10_600, deviation: 200), Adopted));
        Assert.Empty(Decide(AlarmBook.Empty, Estimate(12_000), null));
    }
}
