using MathNet.Numerics.Distributions;

namespace TwinModel.Estimation;

/// <summary>Whether the physics follows the machine.</summary>
public enum SyncState : byte
{
    /// <summary>Too few observations to tell.</summary>
    Unknown = 0,

    /// <summary>The differences between sensors and physics are as large as predicted.</summary>
    InSync = 1,

    /// <summary>They are larger than chance allows.</summary>
    Drifting = 2,

    /// <summary>They would be even if all predicted deviations were three times as large.</summary>
    Lost = 3,
}

/// <summary>
/// Judges the normalised innovations squared (NIS) of the last ticks against the chi-square distribution: their sum over a window is
/// chi-square with as many degrees of freedom as there were observations (Y. Bar-Shalom, X. R. Li and T. Kirubarajan, Estimation with
/// Applications to Tracking and Navigation, 2001, 5.4.2). Judged on the upper side only: deviations that are declared too large are no
/// reason to distrust the estimate.
/// </summary>
sealed class SyncWindow(int sensors)
{
    /// <summary>Ticks that are judged together.</summary>
    const int Length = 30;

    // With fewer observed ticks nothing is said.
    const int Fewest = 6;
    const double Worse = 0.999;
    const double Better = 0.95;
    const double LostFactor = 3;

    readonly double[] nis = new double[Length];
    readonly int[] freedom = new int[Length];
    readonly double[] normalised = new double[Length * sensors];
    int next;

    public SyncState State { get; private set; }

    /// <summary>Tick in which the state was entered.</summary>
    public long Since { get; private set; }

    /// <summary>Number of the sensor that deviates most; -1 when none does more than chance allows.</summary>
    public int Sensor { get; private set; } = -1;

    /// <summary>Adds a tick.</summary>
    /// <param name="tick">Its number.</param>
    /// <param name="value">NIS.</param>
    /// <param name="observations">Number of observations.</param>
    /// <param name="innovations">Innovation over its standard deviation, by sensor; NaN without an observation.</param>
    public void Add(long tick, double value, int observations, ReadOnlySpan<double> innovations)
    {
        (nis[next], freedom[next]) = (value, observations);
        innovations.CopyTo(normalised.AsSpan(next * sensors));
        next = (next + 1) % Length;
        var state = Judged();
        if (state != State) (State, Since) = (state, tick);
        Sensor = Largest();
    }

    SyncState Judged()
    {
        var (sum, count) = (0.0, 0);
        for (var t = 0; t < Length; t++) (sum, count) = (sum + nis[t], count + freedom[t]);
        if (freedom.Count(f => f > 0) < Fewest) return SyncState.Unknown;
        var (drift, loss) = (ChiSquared.CDF(count, sum), ChiSquared.CDF(count, sum / (LostFactor * LostFactor)));
        // Falls back only when the better state is clear, so that the judgement does not flicker.
        if (loss > (State == SyncState.Lost ? Better : Worse)) return SyncState.Lost;
        return drift > (State is SyncState.Lost or SyncState.Drifting ? Better : Worse) ? SyncState.Drifting : SyncState.InSync;
    }

    int Largest()
    {
        var (worst, largest) = (-1, 0.0);
        for (var s = 0; s < sensors; s++)
        {
            var (sum, count) = (0.0, 0);
            for (var t = 0; t < Length; t++)
            {
                var value = normalised[t * sensors + s];
                if (freedom[t] > 0 && double.IsFinite(value)) (sum, count) = (sum + value * value, count + 1);
            }
            if (count > 0 && sum / count > largest && ChiSquared.CDF(count, sum) > Worse) (worst, largest) = (s, sum / count);
        }
        return worst;
    }

    /// <summary>
    /// How far a sensor has deviated to one side during the window: the sum of its normalised innovations over the root of their number, a
    /// standard normal number when the physics follows the machine. 0 without an observation.
    /// </summary>
    public double Score(int sensor)
    {
        var (sum, count) = (0.0, 0);
        for (var t = 0; t < Length; t++)
        {
            var value = normalised[t * sensors + sensor];
            if (freedom[t] > 0 && double.IsFinite(value)) (sum, count) = (sum + value, count + 1);
        }
        return count == 0 ? 0 : sum / Math.Sqrt(count);
    }

    public void Write(BinaryWriter to)
    {
        to.Write(next);
        foreach (var value in nis) to.Write(value);
        foreach (var value in freedom) to.Write(value);
        foreach (var value in normalised) to.Write(value);
        to.Write((byte)State);
        to.Write(Since);
        to.Write(Sensor);
    }

    public void Read(BinaryReader from)
    {
        next = from.ReadInt32();
        for (var i = 0; i < nis.Length; i++) nis[i] = from.ReadDouble();
        for (var i = 0; i < freedom.Length; i++) freedom[i] = from.ReadInt32();
        for (var i = 0; i < normalised.Length; i++) normalised[i] = from.ReadDouble();
        (State, Since, Sensor) = ((SyncState)from.ReadByte(), from.ReadInt64(), from.ReadInt32());
    }
}
