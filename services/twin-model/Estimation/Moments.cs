namespace TwinModel.Estimation;

/// <summary>Sample moments over the members of an ensemble, summed in a fixed order.</summary>
static class Moments
{
    public static double Mean(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values) sum += value;
        return sum / values.Length;
    }

    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }

    public static Estimate Of(ReadOnlySpan<double> values)
    {
        var mean = Mean(values);
        return new(mean, Math.Sqrt(Variance(values, mean)));
    }

    public static double Variance(ReadOnlySpan<double> values, double mean)
    {
        var sum = 0.0;
        foreach (var value in values) sum += (value - mean) * (value - mean);
        return sum / (values.Length - 1);
    }

    /// <summary>Writes the differences from the mean, and returns the mean.</summary>
    public static double Centre(ReadOnlySpan<double> values, Span<double> differences)
    {
        var mean = Mean(values);
        for (var i = 0; i < values.Length; i++) differences[i] = values[i] - mean;
        return mean;
    }

    /// <summary>Removes the component along another vector; a vector of zeros removes nothing.</summary>
    public static void Project(Span<double> values, ReadOnlySpan<double> along)
    {
        var length = Dot(along, along);
        if (length == 0) return;
        var share = Dot(values, along) / length;
        for (var i = 0; i < values.Length; i++) values[i] -= share * along[i];
    }
}
