using System.Text.Json;
using TwinModel.Prognostics;
using TwinModel.Uncertainty;

namespace TwinModel.Tests.Prognostics;

public class LearnLifeTests
{
    const int Horizon = 40;
    static readonly LearnLifeSettings Settings = new(Horizon) { Features = 60 };
    static readonly RunToFailure[] Lives = [.. Enumerable.Range(0, 40).Select(Life)];
    static readonly LearnedLife Learned = LearnLife.From(Lives, Settings);

    // A signal that rises in the last thirty steps or so, one that falls, and one that says nothing.
    static RunToFailure Life(int number)
    {
        var random = new RandomStream(7, (ulong)number);
        var (steps, began) = (50 + random.NextInteger(60), 25 + random.NextInteger(10));
        return new([.. Enumerable.Range(1, steps).Select(i => Math.Max(0, began - (steps - i)) / (double)began).Select(worn => new[]
        {
            2 * worn * worn + 0.1 * random.NextNormal(), -worn + 0.1 * random.NextNormal(), 3.5,
        })]);
    }

    static double[][] Rows(double value = 0) => [.. Enumerable.Range(0, 30).Select(_ => new[] { value, 0, 3.5 })];

    [Fact]
    public void Lives_that_it_has_not_seen_end_where_it_says()
    {
        List<(double Error, double Constant, bool Within)> looks = [];
        foreach (var life in Enumerable.Range(100, 40).Select(Life))
        {
            for (var remaining = 2; remaining <= 20; remaining += 3)
            {
                var foretold = Learned.Predict(life.Rows.AsSpan()[..(life.Rows.Length - remaining)]);
                looks.Add((foretold.MeanUntil(Horizon) - remaining, 11 - remaining,
                    remaining >= foretold.Quantile(0.05) && remaining <= foretold.Quantile(0.95)));
            }
        }

        Assert.InRange(Math.Sqrt(looks.Average(l => l.Error * l.Error)), 0, 3.5);
        Assert.True(looks.Average(l => l.Error * l.Error) < 0.4 * looks.Average(l => l.Constant * l.Constant));
        Assert.InRange(looks.Count(l => l.Within) / (double)looks.Count, 0.8, 1);
    }

    [Fact]
    public void A_life_without_signs_lasts_as_long_as_those_it_has_seen()
    {
        var foretold = Learned.Predict(Rows());

        Assert.True(foretold.Quantile(0.05) > 10);
        Assert.Equal(0, foretold.NeverProbability);
    }

    [Fact]
    public void What_was_learned_is_data()
    {
        var again = JsonSerializer.Deserialize<LearnedLife>(JsonSerializer.Serialize(LearnLife.From(Lives, Settings)))!;

        Assert.Equal(JsonSerializer.Serialize(Learned), JsonSerializer.Serialize(again));
        Assert.Equal(Learned.Predict(Lives[3].Rows.AsSpan()[..40]).Probability, again.Predict(Lives[3].Rows.AsSpan()[..40]).Probability);
        Assert.NotEqual(
            JsonSerializer.Serialize(Learned), JsonSerializer.Serialize(LearnLife.From(Lives, Settings with { Seed = 2 })));
    }

    [Fact]
    public void What_comes_later_plays_no_part()
    {
        var life = Lives[5].Rows.ToArray();
        var before = Learned.Predict(life.AsSpan(0, 30));
        for (var i = 30; i < life.Length; i++) life[i] = [99, 99, 99];

        Assert.Equal(before.Days, Learned.Predict(life.AsSpan(0, 30)).Days);
    }

    [Fact]
    public void What_cannot_be_learned_from_is_refused()
    {
        string Refused(IReadOnlyList<RunToFailure> lives) =>
            Assert.ThrowsAny<ArgumentException>(() => LearnLife.From(lives, Settings)).Message;

        Assert.Contains("lives.Count is 7; allowed: 8 or more", Refused(Lives[..7]), StringComparison.Ordinal);
        Assert.Contains("life.Rows.Length is 2; allowed: 4 or more", Refused([.. Lives, new([.. Rows()[..2]])]), StringComparison.Ordinal);
        Assert.Contains("signals of a row is 2; allowed: 3 as in the first row",
            Refused([.. Lives, new([.. Rows(), [1, 2]])]), StringComparison.Ordinal);
        Assert.Contains(
            "value is NaN; allowed: a finite number", Refused([.. Lives, new([.. Rows(double.NaN)])]), StringComparison.Ordinal);
        Assert.Contains("rows.Length is 2; allowed: 3 or more",
            Assert.ThrowsAny<ArgumentException>(() => Learned.Predict(Rows().AsSpan(0, 2))).Message, StringComparison.Ordinal);
        Assert.Contains("signals of a row is 1; allowed: 3",
            Assert.ThrowsAny<ArgumentException>(() => Learned.Predict([[1], [1], [1], [1]])).Message, StringComparison.Ordinal);
    }
}
