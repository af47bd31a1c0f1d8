using TwinModel.Detection;
using TwinModel.Uncertainty;

namespace TwinModel.Tests.Detection;

public class NormalOperationTests
{
    const int Learn = 100;

    static readonly double[] Least = [1e-3, 1e-3];

    // Two sensors that go together, with a noise of their own.
    static double[] Normal(RandomStream random)
    {
        var common = random.NextNormal();
        return [5 + common + 0.1 * random.NextNormal(), -3 + 2 * common + 0.1 * random.NextNormal()];
    }

    static NormalOperation Learned(RandomStream random, double weight = 0.5)
    {
        NormalOperation normal = new(Least, Learn, weight);
        for (var i = 0; i < Learn; i++)
        {
            Assert.True(double.IsNaN(normal.Departure));
            normal.Step(Normal(random), areNew: true);
        }
        return normal;
    }

    [Fact]
    public void Nothing_departs_while_nothing_changes()
    {
        var random = new RandomStream(1, 0);
        var normal = Learned(random);
        var beyond = 0;
        for (var i = 0; i < 10_000; i++)
        {
            normal.Step(Normal(random), areNew: true);
            if (normal.Departure > 3) beyond++;
        }
        Assert.InRange(beyond, 0, 10);
    }

    [Fact]
    public void What_goes_together_is_no_departure_and_what_does_not_is_one_and_named()
    {
        var random = new RandomStream(2, 0);
        var normal = Learned(random);
        for (var i = 0; i < 20; i++) normal.Step([6, -1], areNew: true);
        Assert.InRange(normal.Departure, 0, 3);
        for (var i = 0; i < 20; i++) normal.Step([5, 3], areNew: true);
        Assert.True(normal.Departure > 5, $"{normal.Departure}");
        Assert.True(normal.ShareOf(1) > 0.9, $"{normal.ShareOf(1)}");
        Assert.Equal(1, normal.ShareOf(0) + normal.ShareOf(1), 12);
    }

    [Fact]
    public void Ticks_without_new_readings_are_not_learned_from_and_a_missing_sensor_says_nothing()
    {
        var random = new RandomStream(3, 0);
        NormalOperation normal = new(Least, Learn, 0.5);
        for (var i = 0; i < 2 * Learn; i++) normal.Step(Normal(random), areNew: false);
        Assert.False(normal.IsLearned);
        for (var i = 0; i < Learn; i++) normal.Step(Normal(random), areNew: true);
        Assert.True(normal.IsLearned);
        var before = normal.Departure;
        normal.Step([double.NaN, double.NaN], areNew: false);
        Assert.Equal(before, normal.Departure);
        for (var i = 0; i < 20; i++) normal.Step([double.NaN, 40], areNew: false);
        Assert.True(normal.Departure > 5);
    }

    [Fact]
    public void A_sensor_that_never_moved_may_move_by_its_noise()
    {
        NormalOperation normal = new([0.1, 0.1], Learn, 0.5);
        for (var i = 0; i < Learn; i++) normal.Step([7, i % 2], areNew: true);
        normal.Step([7.05, 0.5], areNew: true);
        Assert.InRange(normal.Departure, 0, 5);
        for (var i = 0; i < 20; i++) normal.Step([9, 0.5], areNew: true);
        Assert.True(normal.Departure > 20);
    }

    [Fact]
    public void As_many_ticks_are_learned_from_as_its_sensors_need()
    {
        NormalOperation normal = new(new double[6], 3, 0.5);
        for (var i = 0; i < 29; i++) normal.Step([i % 2, i % 3, i % 5, i % 7, i % 11, i % 13], areNew: true);
        Assert.False(normal.IsLearned);
        normal.Step([1, 1, 1, 1, 1, 1], areNew: true);
        Assert.True(normal.IsLearned);
    }
}
