using Simulation.Scenarios;

namespace Simulation.Tests;

public class DealAgainTests
{
    static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    readonly DealAgain deal = new();

    [Fact]
    public void Shards_of_a_scenario_that_stands_still_are_sent_again_after_ever_longer_pauses()
    {
        var sent = Enumerable.Range(0, 300).Where(second => Due(second, 0.5).Count > 0).ToList();
        Assert.Equal([30, 90, 210], sent);
    }

    [Fact]
    public void A_scenario_that_goes_on_is_left_alone()
    {
        Assert.DoesNotContain(Enumerable.Range(0, 300), second => Due(second, second / 1000.0).Count > 0);
        // Pauses begin anew.
        Assert.Equal([329], Enumerable.Range(300, 31).Where(second => Due(second, 0.299).Count > 0));
    }

    [Fact]
    public void A_scenario_that_has_ended_is_forgotten()
    {
        Due(0, 0.5);
        deal.Due([], Noon.AddSeconds(10));
        Assert.Empty(Due(31, 0.5));
        Assert.Single(Due(61, 0.5));
    }

    IReadOnlyList<ShardsProgress> Due(int second, double progress) => deal.Due([new("one", progress, 2)], Noon.AddSeconds(second));
}
