namespace TwinModel.Uncertainty;

/// <summary>
/// Random numbers by key: the same (seed, stream, index) gives the same number, in any order and on any thread. Applies the finaliser of
/// SplitMix64 (Steele, Lea and Flood, 2014, doi:10.1145/2660193.2660195) to the key; stateless.
/// </summary>
static class KeyedRandom
{
    /// <summary>Uniform on the open interval (0, 1): 0 and 1 would give infinite quantiles.</summary>
    public static double Uniform(ulong seed, ulong stream, int index) =>
        ((Mix(Mix(seed + 0x9E3779B97F4A7C15 * (stream + 1)) + 0x9E3779B97F4A7C15 * ((ulong)index + 1)) >> 11) + 0.5) * (1.0 / (1UL << 53));

    /// <summary>Standard normal.</summary>
    public static double Normal(ulong seed, ulong stream, int index) =>
        MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, Uniform(seed, stream, index));

    /// <summary>Stratified uniform: one number in each of <paramref name="count"/> equal parts, ascending with the index.</summary>
    public static double Stratified(ulong seed, ulong stream, int index, int count) => (index + Uniform(seed, stream, index)) / count;

    static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
