using TwinModel.Physics;
using TwinModel.Uncertainty;

namespace TwinModel.Estimation;

/// <summary>
/// An ensemble Kalman filter over states, parameters, unmeasured inputs and sensor biases of one machine. Each tick: parameters, inputs and
/// biases wander, every member is marched with the recorded inputs, and the tick's observations correct all of it. No clock; random numbers
/// depend on the model's seed, the tick and the variable only, so the same ticks give the same bits.
/// </summary>
public sealed class Estimator
{
    // An uncertain reading counts like one ninth of a good one: the deviation is that of an error a good reading has once in 400 times.
    const double UncertainFactor = 3;

    // Ticks with exactly the same value after which a sensor is taken for frozen.
    const int FrozenTicks = 30;

    // Ticks to wait for the first reading of each recorded input; after that the missing ones have their defaults.
    const int LongestWait = 30;

    // Beyond this multiple of its deviation, the influence of an innovation grows no more (P. J. Huber, Ann. Math. Statist. 35 (1964) 73,
    // doi:10.1214/aoms/1177703732).
    const double Outlier = 3;

    /// <summary>Incremented when <see cref="Write"/> writes something else.</summary>
    internal const int Format = 3;

    internal const ulong StreamsPerTick = 1 << 16;

    readonly EstimationSetup setup;
    readonly Ensemble members;

    // What members predict for the sensors after the last correction.
    readonly Ensemble predictions;
    readonly double[] held;
    readonly double[] sameValue, measured, predicted, deviation;
    readonly int[] sameTicks;
    readonly LeftOut[] leftOut;
    readonly SyncWindow sync;
    int waited, replaced;

    /// <summary>An estimator that has seen nothing yet.</summary>
    public Estimator(EstimationSetup setup)
    {
        this.setup = setup;
        var observed = setup.Observed.Length;
        members = new(setup.States + setup.Wanderers.Length, setup.Settings.Ensemble);
        predictions = new(observed, setup.Settings.Ensemble);
        held = new double[setup.Compiled.Inputs.Count];
        Array.Fill(held, double.NaN);
        (sameValue, sameTicks) = (new double[observed], new int[observed]);
        (measured, predicted, deviation) = (new double[observed], new double[observed], new double[observed]);
        Array.Fill(sameValue, double.NaN);
        leftOut = new LeftOut[observed];
        sync = new(observed);
    }

    /// <summary>Number of the last tick.</summary>
    public long Tick { get; private set; } = long.MinValue;

    /// <summary>False until all recorded inputs were heard, or have been waited for in vain.</summary>
    public bool IsStarted { get; private set; }

    /// <summary>Normalised innovation squared of the last tick; 0 without observations.</summary>
    public double Nis { get; private set; }

    /// <summary>Number of observations in it.</summary>
    public int DegreesOfFreedom { get; private set; }

    /// <summary>Processes a tick. After a gap in the ticks, members are at the steady state of their inputs.</summary>
    /// <param name="tick">Its number, above that of the last one.</param>
    /// <param name="readings">Its readings; null when there are none.</param>
    /// <param name="work">Work space of the calling thread.</param>
    public void Step(long tick, TickReadings? readings, EstimationWorkspace work)
    {
        if (tick <= Tick) throw new ArgumentOutOfRangeException(nameof(tick), tick, $"Allowed: ticks after {Tick}.");
        if (work.Setup != setup) throw new ArgumentException("The workspace belongs to another model.", nameof(work));
        var elapsed = tick - Tick;
        Tick = tick;
        if (!setup.HasPhysics)
        {
            IsStarted = true;
            return;
        }
        Hold(readings);
        replaced = 0;
        if (IsStarted)
        {
            Wander(tick, elapsed * setup.TickSeconds);
            if (elapsed == 1) replaced = work.March(members, held);
            else work.Settle(members, held);
        }
        else if (waited++ >= LongestWait || setup.Inputs.All(i => !double.IsNaN(held[i.Number])))
        {
            IsStarted = true;
            Draw(tick);
            work.Settle(members, held);
        }
        if (IsStarted) Correct(readings, work);
    }

    /// <summary>A member, e.g. as the start of a scenario.</summary>
    /// <param name="number">From 0 to the size of the ensemble less one.</param>
    public EnsembleMember Member(int number)
    {
        var (state, parameters, inputs) = (new double[setup.States], setup.Compiled.Parameters.ToArray(), new double[held.Length]);
        members.CopyFrom(number, state);
        setup.Heard(held, inputs);
        setup.Fill(members, number, parameters, inputs);
        return new(state, parameters, inputs);
    }

    /// <summary>The estimate after the last tick; null before the estimator has started.</summary>
    public TwinEstimate? Estimate(EstimationWorkspace work) => IsStarted ? ViewEstimate.Of(setup, members, held, work, new(
        setup.EndOf(Tick), [], [], [], Innovations(), Nis, DegreesOfFreedom, Judgement(), replaced)) : null;

    /// <summary>What is known of the machine after the last tick, e.g. for the members of a scenario; null before the estimator has
    /// started.</summary>
    public Posterior? Posterior()
    {
        if (!IsStarted) return null;
        int[] learned = [.. Enumerable.Range(0, setup.Wanderers.Length).Where(w => setup.Wanderers[w].Kind != WandererKind.Bias)];
        var differences = new Ensemble(learned.Length, members.Members);
        var means = new LearnedMean[learned.Length];
        for (var i = 0; i < learned.Length; i++)
        {
            var mean = Moments.Centre(members[setup.States + learned[i]], differences[i]);
            means[i] = new(setup.Wanderers[learned[i]].Id, setup.Wanderers[learned[i]].KindName, mean);
        }
        var covariance = new double[learned.Length][];
        for (var i = 0; i < learned.Length; i++)
        {
            covariance[i] = new double[learned.Length];
            for (var j = 0; j < learned.Length; j++)
                covariance[i][j] = Moments.Dot(differences[i], differences[j]) / (members.Members - 1);
        }
        return new(setup.EndOf(Tick), Judgement(), Innovations(), means, covariance);
    }

    /// <summary>Signals of the physics for each member, in their units; null before the estimator has started, and without
    /// physics.</summary>
    internal Ensemble? Evaluate(IReadOnlyList<SignalPlace> signals, EstimationWorkspace work)
    {
        if (!IsStarted || signals.Count == 0) return null;
        var values = new Ensemble(signals.Count, members.Members);
        for (var m = 0; m < members.Members; m++)
        {
            work.Evaluate(members, m, held);
            for (var s = 0; s < signals.Count; s++) values[s][m] = signals[s].Report(work.Outputs.Value(signals[s].Output));
        }
        return values;
    }

    /// <summary>Writes the whole state.</summary>
    public void Write(BinaryWriter to)
    {
        to.Write(Tick);
        to.Write(IsStarted);
        to.Write(waited);
        foreach (var value in held) to.Write(value);
        for (var o = 0; o < measured.Length; o++)
        {
            to.Write(sameValue[o]);
            to.Write(sameTicks[o]);
            to.Write(measured[o]);
            to.Write(predicted[o]);
            to.Write(deviation[o]);
            to.Write((byte)leftOut[o]);
        }
        to.Write(Nis);
        to.Write(DegreesOfFreedom);
        to.Write(replaced);
        sync.Write(to);
        if (!IsStarted) return;
        members.Write(to);
        predictions.Write(to);
    }

    /// <summary>Reads what <see cref="Write"/> wrote for the same model.</summary>
    public static Estimator Read(EstimationSetup setup, BinaryReader from)
    {
        var estimator = new Estimator(setup) { Tick = from.ReadInt64(), IsStarted = from.ReadBoolean(), waited = from.ReadInt32() };
        for (var i = 0; i < estimator.held.Length; i++) estimator.held[i] = from.ReadDouble();
        for (var o = 0; o < estimator.measured.Length; o++)
        {
            estimator.sameValue[o] = from.ReadDouble();
            estimator.sameTicks[o] = from.ReadInt32();
            estimator.measured[o] = from.ReadDouble();
            estimator.predicted[o] = from.ReadDouble();
            estimator.deviation[o] = from.ReadDouble();
            estimator.leftOut[o] = (LeftOut)from.ReadByte();
        }
        (estimator.Nis, estimator.DegreesOfFreedom, estimator.replaced) = (from.ReadDouble(), from.ReadInt32(), from.ReadInt32());
        estimator.sync.Read(from);
        if (!estimator.IsStarted) return estimator;
        estimator.members.Read(from);
        estimator.predictions.Read(from);
        return estimator;
    }

    void Hold(TickReadings? readings)
    {
        foreach (var input in setup.Inputs)
        {
            if (readings?.Of(input.Sensor.Number) is { } mean) held[input.Number] = input.InCalculation(mean.Value);
        }
    }

    void Draw(long tick)
    {
        var draws = Draws(tick);
        SecondOrderDraws.Whiten(draws);
        for (var w = 0; w < draws.Variables; w++)
        {
            var wanderer = setup.Wanderers[w];
            var row = members[setup.States + w];
            for (var m = 0; m < row.Length; m++) row[m] = wanderer.Mean + wanderer.Deviation * draws[w][m];
        }
        Limit();
    }

    void Wander(long tick, double seconds)
    {
        var draws = Draws(tick);
        var learned = new Ensemble(draws.Variables, members.Members);
        for (var w = 0; w < learned.Variables; w++) members[setup.States + w].CopyTo(learned[w]);
        // What is new must not seem to be connected with what is known: chance correlations within the ensemble add up over the ticks until
        // the estimate is far too sure of itself.
        SecondOrderDraws.Whiten(draws, learned, predictions);
        for (var w = 0; w < draws.Variables; w++)
        {
            var wanderer = setup.Wanderers[w];
            var row = members[setup.States + w];
            var (keep, variance) = wanderer.Over(seconds);
            var spread = Math.Sqrt(variance);
            for (var m = 0; m < row.Length; m++) row[m] = wanderer.Mean + keep * (row[m] - wanderer.Mean) + spread * draws[w][m];
        }
        Limit();
    }

    Ensemble Draws(long tick)
    {
        var draws = new Ensemble(setup.Wanderers.Length, members.Members);
        for (var w = 0; w < draws.Variables; w++)
        {
            for (var m = 0; m < draws.Members; m++)
                draws[w][m] = KeyedRandom.Normal(setup.Settings.Seed, (ulong)tick * StreamsPerTick + (ulong)w, m);
        }
        return draws;
    }

    void Limit()
    {
        for (var w = 0; w < setup.Wanderers.Length; w++)
        {
            var allowed = setup.Wanderers[w].Allowed;
            foreach (ref var value in members[setup.States + w]) value = Math.Clamp(value, allowed.Min, allowed.Max);
        }
    }

    void Correct(TickReadings? readings, EstimationWorkspace work)
    {
        Span<double> variances = stackalloc double[setup.Observed.Length];
        Observe(readings, work.Predicted, variances);
        Judge(work.Predicted, variances);
        if (DegreesOfFreedom == 0) return;
        Span<double> spreads = stackalloc double[setup.Settings.Inflation > 0 ? members.Variables : 0];
        for (var v = 0; v < spreads.Length; v++) spreads[v] = members.Of(v).StandardDeviation;
        for (var o = 0; o < variances.Length; o++)
        {
            if (leftOut[o] != LeftOut.No) continue;
            var now = work.Predicted.Of(o);
            var error = Math.Abs(measured[o] - now.Mean)
                / Math.Sqrt(now.StandardDeviation * now.StandardDeviation + variances[o]);
            SquareRootUpdate.Apply(
                work.Predicted[o], measured[o], variances[o] * Math.Max(1, error / Outlier), members, work.Predicted);
        }
        for (var v = 0; v < spreads.Length; v++) Relax(members[v], spreads[v]);
        for (var o = 0; o < predictions.Variables; o++) work.Predicted[o].CopyTo(predictions[o]);
        Limit();
    }

    // Relaxation to prior spread (J. S. Whitaker and T. M. Hamill, Mon. Weather Rev. 140 (2012) 3078): gives back part of the spread where
    // a correction removed some. A constant factor would blow up what the sensors do not see.
    void Relax(Span<double> row, double before)
    {
        var now = Moments.Of(row);
        if (!(now.StandardDeviation > 0)) return;
        var factor = 1 + setup.Settings.Inflation * (before - now.StandardDeviation) / now.StandardDeviation;
        foreach (ref var value in row) value = now.Mean + factor * (value - now.Mean);
    }

    void Observe(TickReadings? readings, Ensemble predictions, Span<double> variances)
    {
        for (var o = 0; o < measured.Length; o++)
        {
            var signal = setup.Observed[o];
            predicted[o] = Moments.Mean(predictions[o]);
            if (readings?.Of(signal.Sensor.Number) is not { } mean)
            {
                (measured[o], leftOut[o]) = (double.NaN, LeftOut.Missing);
                continue;
            }
            measured[o] = signal.InSignalUnit(mean.Value);
            var isSame = mean.IsConstant && mean.Last == sameValue[o];
            (sameValue[o], sameTicks[o]) = (mean.Last, isSame ? sameTicks[o] + 1 : 0);
            leftOut[o] = sameTicks[o] >= FrozenTicks ? LeftOut.Frozen : LeftOut.No;
            var spread = signal.Deviation * (mean.IsUncertain ? UncertainFactor : 1);
            variances[o] = spread * spread;
        }
    }

    // All observations together, before any of them is used.
    void Judge(Ensemble predictions, ReadOnlySpan<double> variances)
    {
        var (value, normalised) = Consistency.Of(predictions, predicted, measured, variances, leftOut, deviation);
        (Nis, DegreesOfFreedom) = (value, leftOut.Count(l => l == LeftOut.No));
        sync.Add(Tick, Nis, DegreesOfFreedom, normalised);
    }

    /// <summary>Whether the physics follows the machine, and what deviations point to.</summary>
    public Sync Judgement() => new(sync.State, sync.State == SyncState.Unknown ? null : setup.EndOf(sync.Since),
        sync.Sensor < 0 ? null : setup.Observed[sync.Sensor].Sensor.Id,
        AttributeDeviations.Of(setup, [.. Enumerable.Range(0, setup.Observed.Length).Select(sync.Score)], leftOut));

    Innovation[] Innovations() => [.. setup.Observed.Select(Innovation)];

    Innovation Innovation(ObservedSignal signal, int o) => new(
        signal.Sensor.Id, signal.Correcting.Signal, double.IsNaN(measured[o]) ? null : measured[o], predicted[o],
        leftOut[o] == LeftOut.No ? deviation[o] : null, leftOut[o]);
}
