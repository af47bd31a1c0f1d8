using TwinModel.ConditionMonitoring;
using TwinModel.Prognostics;

namespace TwinModel.Tests.Prognostics;

public class PowerScaleTests
{
    const double Centre = 0.2;

    [Theory, InlineData(0.5), InlineData(1), InlineData(1.5), InlineData(2)]
    public void Growth_by_a_power_of_itself_is_a_straight_line(double exponent)
    {
        var scale = new PowerScale(exponent, Centre);
        foreach (var days in new[] { 0.0, 3, 11, 19 })
        {
            // The solution of dy/dt = r exp((m - 1)(y - c)) from c on.
            var ln = Centre + (exponent == 1 ? 0.04 * days : Math.Log(1 + (1 - exponent) * 0.04 * days) / (1 - exponent));
            Assert.Equal(0.04 * days, scale.Of(ln), 1e-12);
            Assert.Equal(ln, scale.Ln(0.04 * days), 1e-12);
            Assert.Equal((scale.Of(ln + 1e-6) - scale.Of(ln - 1e-6)) / 2e-6, scale.SlopeAt(ln), 1e-6);
        }
    }

    [Fact]
    public void On_the_scale_of_exponent_1_the_evidence_is_that_of_the_trend_itself()
    {
        TrendPoint[] points = [new(1, 0.31), new(2, 0.35), new(3, 0.42)];
        var trend = new WienerTrend(0, 0, 0.05, 0.01, 0.0004, 0, 0.05, 0.04);
        var scale = new PowerScale(1, Centre);

        Assert.Equal(
            (trend with { Level = Centre }).Update(points).LogEvidence,
            points.Aggregate(trend, (t, p) => scale.Update(t, p, 0.04)).LogEvidence, 1e-12);
    }

    // Wear of the emulated plant's bearing, dw = r (1 + 2 w) dt with ln v = ln 1.2 + 2.4 w, seen through wobbling loads.
    [Theory, InlineData(0.6), InlineData(0.75), InlineData(0.9)]
    public void Growth_that_feeds_on_itself_is_not_foretold_as_if_it_stayed_as_it_is(double share)
    {
        const double life = 60;
        var k = Math.Log(1 + 2 * Math.Log(7.1 / 1.2) / 2.4);
        var settings = new RulSettings(new(7.1, 0.05), null) { SlopePerDay = 0.04 };
        var now = share * life;
        var history = new PartHistory(
            ConditionLevel.Degrading, new(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1), 144, Math.Log(1.2), 0.05, 0), now,
            now, [.. Enumerable.Range(0, (int)(2 * now)).Select(i => i / 2.0).Select(t => new TrendPoint(
                t, Math.Log(1.2) + 1.2 * (Math.Exp(k * (t + Math.Sin(0.9 * t)) / life) - 1) + 0.05 * Math.Sin(37.0 * t)))]);
        var rul = Assert.IsType<Prognosis.Rul>(AssessRul.Of(settings, history));

        Assert.InRange(life - now, rul.Life.Quantiles.P05, rul.Life.Quantiles.P95);
        Assert.Equal(life - now, rul.Life.Quantiles.P50, 0.25 * (life - now));
        var straight = Assert.IsType<Prognosis.Rul>(AssessRul.Of(settings with { Exponents = [] }, history));
        Assert.True(straight.Life.Quantiles.P50 > 1.1 * rul.Life.Quantiles.P50, $"{straight.Life.Quantiles.P50} {rul.Life.Quantiles.P50}");
    }
}
