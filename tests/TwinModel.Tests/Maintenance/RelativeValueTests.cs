using TwinModel.Lifetimes;
using TwinModel.Maintenance;
using static TwinModel.Tests.Maintenance.RankOptionsTests;

namespace TwinModel.Tests.Maintenance;

public class RelativeValueTests
{
    [Fact]
    public void Relative_value_is_the_difference_of_money_spent_over_a_long_horizon()
    {
        // Each policy once for the worn part, then new parts replaced at their best age, all up to the same day: money alone, without
        // credits or rates.
        var comparison = RankOptions.Compare(Table);
        var (best, fresh) = (Assert.IsType<AgeReplacementResult.Optimum>(comparison.NewPart), new WeibullLife(1.8, 900));
        const double horizon = 10_000;
        const int futures = 20_000;
        foreach (var option in new[] { 3, 5 })
        {
            var random = new Random(4);
            var (sum, square) = (0.0, 0.0);
            for (var i = 0; i < futures; i++)
            {
                var life = new WeibullLife(2.2, 45).Quantile(random.NextDouble());
                double[] lives = [.. Enumerable.Range(0, 60).Select(_ => fresh.Quantile(random.NextDouble()))];
                var difference = Spent(life, comparison.Options[option].Days!.Value, lives) - Spent(life, 0, lives);
                sum += difference;
                square += difference * difference;
            }
            var (mean, error) = (sum / futures, Math.Sqrt((square / futures - Math.Pow(sum / futures, 2)) / futures));
            Assert.Equal(comparison.Options[option].RelativeCost - comparison.Options[0].RelativeCost, mean, 3 * error);
        }

        double Spent(double life, double day, double[] lives)
        {
            var time = Math.Min(life, day);
            var spent = life <= day
                ? Costs.FailureCost + Costs.MarginPerHour * Costs.WaitingHoursPerDay * Math.Max(0, Costs.SpareLeadDays - life)
                : Costs.PlannedCost(Costs.PlannedHours);
            for (var k = 0; time < horizon; k++)
            {
                var run = Math.Min(lives[k], best.AgeDays);
                // The part running at the horizon has already used up a share of the next exchange.
                spent += (lives[k] <= best.AgeDays ? Costs.FailureCost : Costs.PlannedCost(Costs.PlannedHours))
                    * Math.Min(1, (horizon - time) / run);
                time += run;
            }
            return spent;
        }
    }
}
