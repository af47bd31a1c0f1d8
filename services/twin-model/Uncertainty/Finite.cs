namespace TwinModel.Uncertainty;

static class Finite
{
    /// <summary>Refuses outputs of failed runs: an estimate with holes in its design would be wrong without a sign of it.</summary>
    public static void Check(ReadOnlySpan<double> values, string name)
    {
        for (var i = 0; i < values.Length; i++)
            if (!double.IsFinite(values[i])) throw new ArgumentException($"Output {i} is {values[i]}.", name);
    }
}
