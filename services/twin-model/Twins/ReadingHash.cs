using TwinModel.Telemetry;

namespace TwinModel.Twins;

/// <summary>A 128-bit hash of one reading, designed to be summed: two rounds of the SplitMix64 finalizer per half.</summary>
static class ReadingHash
{
    public static UInt128 Of(in Reading reading)
    {
        var value = BitConverter.DoubleToUInt64Bits(reading.Value);
        var label = (ulong)reading.Sensor << 8 | (byte)reading.Quality;
        var low = Mix(Mix((ulong)reading.SampledAt + 0x9E3779B97F4A7C15) ^ value) + label;
        var high = Mix(Mix(value + 0xD1B54A32D192ED03) ^ (ulong)reading.SampledAt) ^ label * 0x9E3779B97F4A7C15;
        return new(Mix(high), Mix(low));
    }

    static ulong Mix(ulong x)
    {
        x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9;
        x = (x ^ x >> 27) * 0x94D049BB133111EB;
        return x ^ x >> 31;
    }
}
