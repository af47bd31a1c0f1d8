using TwinModel.Signals;

namespace TwinModel.Tests.Signals;

public class SignalWindowTests
{
    static SignalWindow Of(int ticks, params double[] values)
    {
        var window = new SignalWindow(ticks);
        for (var i = 0; i < values.Length; i++) window.Add(100 + i, values[i]);
        return window;
    }

    [Fact]
    public void It_holds_the_last_ticks()
    {
        var window = Of(4, 9, 1, 2, 6, 3);
        Assert.Equal((3, 0, 4), window.Of(WindowFunction.Mean, 10));
        Assert.Equal((1, 0, 4), window.Of(WindowFunction.Min, 10));
        Assert.Equal((6, 0, 4), window.Of(WindowFunction.Max, 10));
    }

    [Fact]
    public void There_is_no_value_before_half_of_it_has_values()
    {
        Assert.True(double.IsNaN(Of(4, 9).Of(WindowFunction.Mean, 10).Value));
        Assert.Equal(8, Of(4, 9, 7).Of(WindowFunction.Mean, 10).Value);
        Assert.True(double.IsNaN(Of(4, 9, 7, double.NaN, double.NaN, double.NaN, 1).Of(WindowFunction.Max, 10).Value));
    }

    [Fact]
    public void A_rate_is_the_slope_per_second_with_its_standard_error()
    {
        Assert.Equal((0.2, 0, 5), Of(5, 1, 3, 5, 7, 9).Of(WindowFunction.Rate, 10));
        // Slope 0.1 per tick and residuals ±1: s² = 4 / 2, Σ(t - 1.5)² = 5.
        var (slope, error, _) = Of(4, 1, -1 + 0.1, 0.2 - 1, 1 + 0.3).Of(WindowFunction.Rate, 1);
        Assert.Equal(0.1, slope, 1e-12);
        Assert.Equal(Math.Sqrt(4.0 / 2 / 5), error, 1e-12);
    }

    [Fact]
    public void After_a_silence_it_begins_anew()
    {
        var window = Of(4, 9, 7, 5, 3);
        window.Add(1000, 2);
        Assert.True(double.IsNaN(window.Of(WindowFunction.Mean, 10).Value));
        window.Add(1001, 4);
        Assert.Equal(3, window.Of(WindowFunction.Mean, 10).Value);
    }
}
