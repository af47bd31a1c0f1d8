using TwinModel.Telemetry;
using TwinModel.Twins;

namespace TwinModel.Estimation;

/// <summary>
/// What a tick needs of its readings: exact sums per sensor, good and uncertain readings apart. The content does not depend on the order of
/// arrival. Each reading must be added once; the event log holds each once.
/// </summary>
public sealed class TickReadings(EstimationSetup setup)
{
    readonly Rollup[] good = new Rollup[setup.Sensors.Length];
    Rollup[]? uncertain;

    /// <summary>Adds a reading; false when the estimation has no use for it.</summary>
    public bool Add(in Reading reading)
    {
        if (!IsUsed(setup, reading)) return false;
        var slot = setup.SlotOf(reading.Sensor);
        ref var sum = ref (reading.Quality == Quality.Good ? good : uncertain ??= new Rollup[good.Length])[slot];
        sum = sum.Merge(Rollup.Of(reading.SampledAt, reading.Value, setup.FixedPointBits[slot]));
        return true;
    }

    /// <summary>True for a reading of a sensor that is used, with a value.</summary>
    internal static bool IsUsed(EstimationSetup setup, in Reading reading) =>
        reading.Quality != Quality.Bad && double.IsFinite(reading.Value) && setup.SlotOf(reading.Sensor) >= 0;

    /// <summary>Readings of a sensor: the good ones, or the uncertain ones when there is no good one; null when there are none.</summary>
    internal TickMean? Of(ushort sensor)
    {
        var slot = setup.SlotOf(sensor);
        if (good[slot].Count > 0) return Mean(good[slot], slot, isUncertain: false);
        return uncertain is not null && uncertain[slot].Count > 0 ? Mean(uncertain[slot], slot, isUncertain: true) : null;
    }

    TickMean Mean(in Rollup sum, int slot, bool isUncertain) =>
        new(sum.Mean(setup.FixedPointBits[slot]), sum.Last, sum.Count, sum.Min == sum.Max, isUncertain);

    internal void Write(BinaryWriter to)
    {
        foreach (var sum in good) RollupBytes.Write(to, sum);
        to.Write(uncertain is not null);
        foreach (var sum in uncertain ?? []) RollupBytes.Write(to, sum);
    }

    internal static TickReadings Read(EstimationSetup setup, BinaryReader from)
    {
        var readings = new TickReadings(setup);
        for (var i = 0; i < readings.good.Length; i++) readings.good[i] = RollupBytes.Read(from, setup.FixedPointBits[i]);
        if (!from.ReadBoolean()) return readings;
        readings.uncertain = new Rollup[readings.good.Length];
        for (var i = 0; i < readings.good.Length; i++) readings.uncertain[i] = RollupBytes.Read(from, setup.FixedPointBits[i]);
        return readings;
    }
}

/// <summary>A sensor's readings in one tick.</summary>
/// <param name="Value">Their mean, in the sensor's unit.</param>
/// <param name="Last">The last one.</param>
/// <param name="Count">How many there are.</param>
/// <param name="IsConstant">All are exactly equal.</param>
/// <param name="IsUncertain">None of them is good.</param>
readonly record struct TickMean(double Value, double Last, long Count, bool IsConstant, bool IsUncertain);
