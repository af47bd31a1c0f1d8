using Query.Histories;

namespace Query.Tests;

public class EstimateLevelTests
{
    static HistoryPoint Point(int second, double mean, long count = 1) => new(
        Given.Noon.AddSeconds(second), count, mean - 1, mean + 1, mean, mean, Given.Noon.AddSeconds(second), mean,
        Given.Noon.AddSeconds(second + 0.5));

    [Fact]
    public void A_mean_of_many_readings_weighs_more_than_one_reading()
    {
        var estimated = EstimateLevel.Of([Point(0, 100), Point(1, 100, 100), Point(2, 102), Point(3, 100, 100), Point(4, 100)], 1);
        Assert.InRange(estimated[2].Estimate!.Value, 100, 100.5);
        Assert.True(estimated[1].EstimateStandardDeviation < 0.1 + 1e-9);
        Assert.Equal([100, 100, 102, 100, 100], estimated.Select(p => p.Mean));
    }

    [Fact]
    public void Without_noise_or_readings_nothing_is_estimated()
    {
        Assert.Empty(EstimateLevel.Of([], 1));
        Assert.Null(EstimateLevel.Of([Point(0, 100), Point(1, 101)], 0)[0].Estimate);
    }
}
