using TwinModel.Lifetimes;
using TwinModel.Maintenance;
using TwinModel.Prognostics;
using static TwinModel.Tests.Maintenance.RankOptionsTests;

namespace TwinModel.Tests.Maintenance;

public class ValueOfCheckTests
{
    // A young trend: level and slope are still uncertain.
    static MaintenanceQuestion AtLevel(double ln)
    {
        var trend = new LogLinearTrend(ln, 0.03, 0.02, 0.0004, 0, 0.08);
        return WithStop(45) with
        {
            RemainingLife = RulDistribution.Of(trend.RemainingLife(0, new(7.1))),
            Check = new(trend, 0, new(7.1), 1, 100),
        };
    }

    static CheckValue ValueAt(double ln) => ValueOfCheck.Of(AtLevel(ln), AtLevel(ln).Check!, 500);

    [Fact]
    public void Check_is_worth_most_when_the_decision_is_close()
    {
        var (hopeless, close, harmless) = (ValueAt(1.8), ValueAt(0.9), ValueAt(-2));

        Assert.True(close.Information > 200);
        Assert.True(close.Information > 5 * hopeless.Information);
        Assert.True(close.Information > 5 * harmless.Information);
        Assert.All([hopeless, close, harmless], c => Assert.True(c.Information >= 0));
        Assert.Equal(close.Information - close.Delay - 100, close.Net, 9);
    }

    [Fact]
    public void Check_is_never_worth_more_than_knowing_the_day_of_failure()
    {
        foreach (var ln in new[] { 0.7, 0.9, 1.1 })
            Assert.True(ValueAt(ln).Information < RankOptions.Compare(AtLevel(ln)).PerfectInformationValue);
    }

    [Fact]
    public void Delay_costs_most_when_the_part_is_about_to_fail()
    {
        Assert.True(ValueAt(1.8).Delay > 1000);
        Assert.InRange(ValueAt(-2).Delay, -50, 50);
    }

    [Fact]
    public void Answer_values_the_check_it_is_offered_on_any_number_of_threads()
    {
        var answers = new[] { 1, 4 }.Select(threads => Advice(AtLevel(0.9) with { Threads = threads }).Check).ToList();

        Assert.NotNull(answers[0]);
        Assert.Equal(answers[0], answers[1]);
        Assert.Null(Advice(WithStop(45)).Check);
    }

    [Fact]
    public void Check_in_the_past_is_refused()
    {
        var question = AtLevel(0.9);
        Assert.Equal("DelayDays", Assert.Throws<ArgumentOutOfRangeException>(() => ValueOfCheck.Of(question, question.Check! with
        {
            DelayDays = -1,
        })).ParamName);
    }
}
