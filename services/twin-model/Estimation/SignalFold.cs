using TwinModel.Assets;
using TwinModel.Signals;
using TwinModel.Telemetry;
using TwinModel.Twins;
using TwinModel.Uncertainty;

namespace TwinModel.Estimation;

/// <summary>
/// Calculated signals and the limits on signals, tick by tick. Every calculation is made for each member of the ensemble, from which its
/// standard deviation follows, and once more from the means, which gives its value: the mean of a quotient would lie above the quotient of
/// the means. Members differ in what a sensor shows by its noise.
/// </summary>
sealed class SignalFold
{
    // Random numbers of measured values come after those of the wanderers of a tick.
    const ulong FirstStream = Estimator.StreamsPerTick / 2;

    readonly EstimationSetup setup;
    readonly (double Mean, double Error, long Tick)[] heard;
    readonly Dictionary<Window, SignalWindow> windows = new(ReferenceEqualityComparer.Instance);
    readonly Estimate[] calculated;
    readonly double[] watched;
    readonly LimitCondition[] conditions;

    public SignalFold(EstimationSetup setup)
    {
        this.setup = setup;
        heard = new (double, double, long)[setup.Measured.Length];
        Array.Fill(heard, (double.NaN, double.NaN, long.MinValue));
        foreach (var window in setup.Windows) windows.Add(window, new(window.Ticks));
        calculated = new Estimate[setup.Model.Calculated.Count];
        Array.Fill(calculated, new(double.NaN, double.NaN));
        (watched, conditions) = (new double[setup.SignalLimits.Length], new LimitCondition[setup.SignalLimits.Length]);
        Array.Fill(watched, double.NaN);
    }

    /// <summary>The calculated signals after the last tick; not a number where there is no value.</summary>
    public IEnumerable<SignalEstimate> Values =>
        calculated.Select((value, i) => new SignalEstimate(setup.Model.Calculated[i].Id, setup.Model.Calculated[i].Unit.Symbol, value));

    /// <summary>The limits on signals after the last tick.</summary>
    public IEnumerable<SignalLimit> Limits => conditions.Select((condition, i) => new SignalLimit(
        setup.SignalLimits[i], condition.IsViolated, condition.IsViolated ? Micros.ToTime(condition.Since) : null,
        double.IsNaN(watched[i]) ? null : watched[i]));

    /// <summary>Processes a tick, after the estimator has.</summary>
    public void Step(long tick, TickReadings? readings, Estimator estimator, EstimationWorkspace work)
    {
        if (calculated.Length == 0 && conditions.Length == 0) return;
        var rows = new Rows(setup, tick, Measured(tick, readings), estimator.Evaluate(setup.UsedSignals, work), windows);
        for (var i = 0; i < calculated.Length; i++) calculated[i] = rows.Calculate(setup.Model.Calculated[i]);
        for (var i = 0; i < conditions.Length; i++)
        {
            watched[i] = rows.MeanOf(setup.SignalLimits[i].Signal!, calculated);
            if (!double.IsFinite(watched[i])) continue;
            conditions[i] = conditions[i].Next(
                setup.SignalLimits[i], new(0, (tick + 1) * setup.TickMicros, watched[i], Quality.Good));
        }
    }

    // A sensor keeps its value until it counts as missing.
    Ensemble Measured(long tick, TickReadings? readings)
    {
        var members = setup.Settings.Ensemble;
        var rows = new Ensemble(setup.Measured.Length, members);
        for (var s = 0; s < heard.Length; s++)
        {
            var sensor = setup.Measured[s];
            if (readings?.Of(sensor.Number) is { IsUncertain: false } mean)
                heard[s] = (mean.Value, sensor.Noise / Math.Sqrt(mean.Count), tick);
            var age = tick - heard[s].Tick;
            if (heard[s].Tick == long.MinValue || age * setup.TickSeconds > Math.Max(sensor.MissingAfter.TotalSeconds, setup.TickSeconds))
                heard[s] = (double.NaN, double.NaN, long.MinValue);
            for (var m = 0; m < members; m++)
                rows[s][m] = KeyedRandom.Normal(setup.Settings.Seed, (ulong)tick * Estimator.StreamsPerTick + FirstStream + (ulong)s, m);
        }
        SecondOrderDraws.Whiten(rows);
        for (var s = 0; s < heard.Length; s++)
        {
            foreach (ref var value in rows[s]) value = heard[s].Mean + heard[s].Error * value;
        }
        return rows;
    }

    public void Write(BinaryWriter to)
    {
        foreach (var (mean, error, tick) in heard)
        {
            to.Write(mean);
            to.Write(error);
            to.Write(tick);
        }
        foreach (var window in setup.Windows) windows[window].Write(to);
        foreach (var value in calculated)
        {
            to.Write(value.Mean);
            to.Write(value.StandardDeviation);
        }
        for (var i = 0; i < conditions.Length; i++)
        {
            to.Write(watched[i]);
            conditions[i].Write(to);
        }
    }

    public static SignalFold Read(EstimationSetup setup, BinaryReader from)
    {
        var fold = new SignalFold(setup);
        for (var s = 0; s < fold.heard.Length; s++) fold.heard[s] = (from.ReadDouble(), from.ReadDouble(), from.ReadInt64());
        foreach (var window in setup.Windows) fold.windows[window].Read(from);
        for (var i = 0; i < fold.calculated.Length; i++) fold.calculated[i] = new(from.ReadDouble(), from.ReadDouble());
        for (var i = 0; i < fold.conditions.Length; i++)
            (fold.watched[i], fold.conditions[i]) = (from.ReadDouble(), LimitCondition.Read(from));
        return fold;
    }

    /// <summary>The calculations of one tick, for all members at once and, in the last column, for the means; in SI units.</summary>
    sealed class Rows(
        EstimationSetup setup, long tick, Ensemble measured, Ensemble? estimated, Dictionary<Window, SignalWindow> windows)
    {
        readonly int columns = setup.Settings.Ensemble + 1;
        readonly List<double[]> calculated = [];

        public Estimate Calculate(CalculatedSignal signal)
        {
            var row = Of(signal.Calculation);
            calculated.Add(row);
            var reported = Array.ConvertAll(row, value => (value - signal.Unit.Offset) / signal.Unit.Factor);
            return Array.TrueForAll(reported, double.IsFinite)
                ? new(reported[^1], Moments.Of(reported.AsSpan(..^1)).StandardDeviation)
                : new(double.NaN, double.NaN);
        }

        public double MeanOf(string signal, Estimate[] calculated)
        {
            var number = setup.Model.Calculated.Select(c => c.Id).ToList().IndexOf(signal);
            if (number >= 0) return calculated[number].Mean;
            return estimated is null ? double.NaN : Moments.Mean(estimated[setup.UsedSignalNumber(signal)]);
        }

        double[] Of(Calculation calculation)
        {
            switch (calculation)
            {
                case Constant constant:
                    return All(constant.Value);
                case Measured sensor:
                    return InSi(measured[setup.MeasuredNumber(sensor.Number)], sensor.Unit);
                case Estimated signal:
                    return estimated is null ? All(double.NaN) : InSi(estimated[setup.UsedSignalNumber(signal.Id)], signal.Unit);
                case Calculated other:
                    return [.. calculated[other.Number]];
                case Negative negative:
                    return Array.ConvertAll(Of(negative.Of), value => -value);
                case Combination pair:
                    return Combined(pair.Operator, Of(pair.Left), Of(pair.Right));
                case Window window:
                    return Windowed(window, Of(window.Of));
                default:
                    throw new ArgumentOutOfRangeException(nameof(calculation), calculation, "Allowed: the kinds there are.");
            }
        }

        // What is not known now was not known a few minutes ago, in the same way: members keep their distances.
        double[] Windowed(Window window, double[] row)
        {
            var (now, spread) = (row[^1], Moments.Of(row.AsSpan(..^1)).StandardDeviation);
            windows[window].Add(tick, now);
            var (value, error) = windows[window].Of(window.Function, setup.TickSeconds);
            var scale = window.Function != WindowFunction.Rate ? 1 : spread > 0 ? error / spread : 0;
            return Array.ConvertAll(row, r => value + scale * (r - now));
        }

        static double[] Combined(char op, double[] left, double[] right)
        {
            for (var m = 0; m < left.Length; m++)
            {
                left[m] = op switch
                {
                    '+' => left[m] + right[m],
                    '-' => left[m] - right[m],
                    '*' => left[m] * right[m],
                    _ => left[m] / right[m],
                };
            }
            return left;
        }

        static double[] InSi(ReadOnlySpan<double> row, Units.Unit unit)
        {
            var converted = new double[row.Length + 1];
            for (var m = 0; m < row.Length; m++) converted[m] = row[m] * unit.Factor + unit.Offset;
            converted[^1] = Moments.Mean(row) * unit.Factor + unit.Offset;
            return converted;
        }

        double[] All(double value)
        {
            var row = new double[columns];
            Array.Fill(row, value);
            return row;
        }
    }
}
