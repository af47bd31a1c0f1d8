using TwinModel.Estimation;
using TwinModel.Scenarios;
using TwinModel.Telemetry;

namespace TwinModel.Calibration;

/// <summary>
/// The readings of a window and of the warm-up before it, reduced to means over the ticks of the estimation, so that a week of them needs
/// some megabytes. Each reading must be added once; the event log holds each once.
/// </summary>
public sealed class WindowReadings
{
    // What varies less is the same value, rounded.
    const double Equal = 1e-12;

    readonly EstimationSetup setup;
    readonly double[][] sums;
    readonly int[][] counts;
    readonly bool[] isObserved;

    /// <param name="setup">The machine's estimation.</param>
    /// <param name="from">Start of the window, microseconds since 1970.</param>
    /// <param name="to">Its end.</param>
    public WindowReadings(EstimationSetup setup, long from, long to)
    {
        (this.setup, From, To) = (setup, from, to);
        var ticks = (int)(BinOf(to - 1) + 1);
        sums = [.. setup.Sensors.Select(_ => new double[ticks])];
        counts = [.. setup.Sensors.Select(_ => new int[ticks])];
        isObserved = [.. setup.Sensors.Select(s => setup.Observed.Any(o => o.Sensor.Number == s.Number))];
    }

    /// <summary>Start of the window, microseconds since 1970.</summary>
    public long From { get; }

    /// <summary>Its end, microseconds since 1970.</summary>
    public long To { get; }

    /// <summary>First sample time that is of use, microseconds since 1970.</summary>
    public long First => From - (long)(RecordInputs.WarmUpSeconds * Micros.PerSecond);

    internal double Seconds => (To - From) / (double)Micros.PerSecond;

    /// <summary>Adds a reading; those of no use are ignored.</summary>
    public void Add(in Reading reading)
    {
        if (reading.SampledAt < First || reading.SampledAt >= To || !TickReadings.IsUsed(setup, reading)) return;
        var (slot, bin) = (setup.SlotOf(reading.Sensor), BinOf(reading.SampledAt));
        // What is doubtful must not decide about parameters.
        if (reading.Quality != Quality.Good && isObserved[slot]) return;
        sums[slot][bin] += reading.Value;
        counts[slot][bin]++;
    }

    /// <summary>A sensor's means over the ticks between two times, s from the start of the window, with the ticks' middles.</summary>
    internal List<(double Seconds, double Value)> Of(ushort sensor, double from, double to)
    {
        List<(double Seconds, double Value)> means = [];
        var slot = setup.SlotOf(sensor);
        var tick = setup.TickMicros / (double)Micros.PerSecond;
        var start = -RecordInputs.WarmUpSeconds;
        var last = Math.Min(sums[slot].Length, (int)Math.Ceiling((to - start) / tick));
        for (var bin = Math.Max(0, (int)Math.Floor((from - start) / tick)); bin < last; bin++)
        {
            var middle = start + (bin + 0.5) * tick;
            if (middle >= from && middle < to && counts[slot][bin] > 0) means.Add((middle, sums[slot][bin] / counts[slot][bin]));
        }
        return means;
    }

    /// <summary>Settings of the inputs that sensors record.</summary>
    internal RecordedInputs Inputs() => RecordInputs.From(setup.Model, setup.Inputs.SelectMany(i =>
        Of(i.Sensor.Number, -RecordInputs.WarmUpSeconds, Seconds).Select(m =>
            new Reading(i.Sensor.Number, From + (long)(m.Seconds * Micros.PerSecond), m.Value))), From, Seconds);

    /// <summary>True for means that are all the same: a sensor that lives has noise.</summary>
    internal static bool IsFrozen(List<(double Seconds, double Value)> means) =>
        means.Count > 1 && means.TrueForAll(m => Math.Abs(m.Value - means[0].Value) <= Equal * Math.Abs(means[0].Value));

    int BinOf(long sampledAt) => (int)((sampledAt - First) / setup.TickMicros);
}
