namespace TwinModel.Uncertainty;

static class Finite
{
    /// <summary>Rejects outputs of failed runs: an estimate from an incomplete design would be silently wrong.</summary>
    public static void Check(ReadOnlySpan<double> values, string name)
    {
        for (var i = 0; i < values.Length; i++)
            if (!double.IsFinite(values[i])) throw new ArgumentException($"Output {i} is {values[i]}.", name);
    }
}
