using TwinModel.Assets;
using TwinModel.Detection;
using TwinModel.Signals;
using TwinModel.Telemetry;
using TwinModel.Twins;
using TwinModel.Uncertainty;

namespace TwinModel.Estimation;

/// <summary>
/// Calculated signals and the limits on signals, tick by tick. Every calculation is made for each member of the ensemble, from which its
/// standard deviation follows, and once more from the means, which gives its value: the mean of a quotient would lie above the quotient of
/// the means. Members differ in what a sensor shows by its noise, which is new in every tick; without it they are calculated, too, as what
/// the estimate does not know stays the same for minutes.
/// </summary>
sealed class SignalFold
{
    // Random numbers of measured values and windows come after those of the wanderers of a tick.
    const ulong FirstStream = Estimator.StreamsPerTick / 2;

    readonly EstimationSetup setup;
    readonly (double Mean, double Error, long Tick)[] heard;
    readonly Dictionary<Window, SignalWindow> windows = new(ReferenceEqualityComparer.Instance);
    readonly Dictionary<Departure, NormalOperation> departures = new(ReferenceEqualityComparer.Instance);
    readonly Estimate[] calculated;
    readonly double[] watched;
    readonly LimitCondition[] conditions;
    long previous = long.MinValue;

    public SignalFold(EstimationSetup setup)
    {
        this.setup = setup;
        heard = new (double, double, long)[setup.Measured.Length];
        Array.Fill(heard, (double.NaN, double.NaN, long.MinValue));
        foreach (var window in setup.Windows) windows.Add(window, new(window.Ticks));
        foreach (var departure in setup.Departures) departures.Add(departure, new(Least(departure), departure.Learn, departure.Weight));
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
        Hear(tick, readings);
        Compare(tick);
        var rows = new Rows(setup, tick, heard, Draws(tick), estimator.Evaluate(setup.UsedSignals, work), windows, departures);
        for (var i = 0; i < calculated.Length; i++) calculated[i] = rows.Calculate(setup.Model.Calculated[i]);
        for (var i = 0; i < conditions.Length; i++)
        {
            watched[i] = rows.MeanOf(setup.SignalLimits[i].Signal!, calculated);
            // A delay counts what is seen without interruption.
            if (tick != previous + 1 || !double.IsFinite(watched[i])) conditions[i] = conditions[i] with { PendingSince = null };
            if (!double.IsFinite(watched[i])) continue;
            conditions[i] = conditions[i].Next(
                setup.SignalLimits[i], new(0, (tick + 1) * setup.TickMicros, watched[i], Quality.Good));
        }
        previous = tick;
    }

    // A sensor keeps its value until it counts as missing.
    void Hear(long tick, TickReadings? readings)
    {
        for (var s = 0; s < heard.Length; s++)
        {
            var sensor = setup.Measured[s];
            if (readings?.Of(sensor.Number) is { IsUncertain: false } mean)
                heard[s] = (mean.Value, sensor.Noise / Math.Sqrt(mean.Count), tick);
            if (heard[s].Tick == long.MinValue) continue;
            var silence = (tick - heard[s].Tick) * setup.TickSeconds;
            if (silence > Math.Max(sensor.MissingAfter.TotalSeconds, setup.TickSeconds)) heard[s] = (double.NaN, double.NaN, long.MinValue);
        }
    }

    void Compare(long tick)
    {
        foreach (var departure in setup.Departures)
        {
            int[] sensors = [.. departure.Of.Select(m => setup.MeasuredNumber(m.Number))];
            departures[departure].Step([.. sensors.Select(s => heard[s].Mean)], sensors.All(s => heard[s].Tick == tick));
        }
    }

    // What a sensor's noise leaves in the mean of a hundred readings; more cannot be said of one that shows exactly the same.
    double[] Least(Departure departure) =>
        [.. departure.Of.Select(m => Math.Max(0.1 * setup.Measured[setup.MeasuredNumber(m.Number)].Noise, 1e-9))];

    // A row for each sensor, then one for each window.
    Ensemble Draws(long tick)
    {
        var draws = new Ensemble(setup.Measured.Length + setup.Windows.Length, setup.Settings.Ensemble);
        for (var row = 0; row < draws.Variables; row++)
        {
            var stream = (ulong)tick * Estimator.StreamsPerTick + FirstStream + (ulong)row;
            for (var m = 0; m < draws.Members; m++) draws[row][m] = KeyedRandom.Normal(setup.Settings.Seed, stream, m);
        }
        SecondOrderDraws.Whiten(draws);
        return draws;
    }

    public void Write(BinaryWriter to)
    {
        to.Write(previous);
        foreach (var (mean, error, tick) in heard)
        {
            to.Write(mean);
            to.Write(error);
            to.Write(tick);
        }
        foreach (var window in setup.Windows) windows[window].Write(to);
        foreach (var departure in setup.Departures) departures[departure].Write(to);
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
        var fold = new SignalFold(setup) { previous = from.ReadInt64() };
        for (var s = 0; s < fold.heard.Length; s++) fold.heard[s] = (from.ReadDouble(), from.ReadDouble(), from.ReadInt64());
        foreach (var window in setup.Windows) fold.windows[window].Read(from);
        foreach (var departure in setup.Departures) fold.departures[departure].Read(from);
        for (var i = 0; i < fold.calculated.Length; i++) fold.calculated[i] = new(from.ReadDouble(), from.ReadDouble());
        for (var i = 0; i < fold.conditions.Length; i++)
            (fold.watched[i], fold.conditions[i]) = (from.ReadDouble(), LimitCondition.Read(from));
        return fold;
    }

    /// <summary>
    /// The calculations of one tick in SI units. A row holds the members with the noise of sensors, the value from the means, and the
    /// members without that noise.
    /// </summary>
    sealed class Rows(
        EstimationSetup setup, long tick, (double Mean, double Error, long Tick)[] heard, Ensemble draws, Ensemble? estimated,
        Dictionary<Window, SignalWindow> windows, Dictionary<Departure, NormalOperation> departures)
    {
        readonly int members = setup.Settings.Ensemble;
        readonly List<double[]> calculated = [];

        public Estimate Calculate(CalculatedSignal signal)
        {
            var row = Of(signal.Calculation);
            calculated.Add(row);
            var reported = Array.ConvertAll(row, value => (value - signal.Unit.Offset) / signal.Unit.Factor);
            var deviation = Moments.Of(reported.AsSpan(..members)).StandardDeviation;
            // The history holds single precision.
            return Math.Abs(reported[members]) <= float.MaxValue && deviation <= float.MaxValue
                ? new(reported[members], deviation)
                : new(double.NaN, double.NaN);
        }

        public double MeanOf(string signal, Estimate[] calculated)
        {
            var number = setup.Model.Calculated.Select(c => c.Id).ToList().IndexOf(signal);
            if (number >= 0) return calculated[number].Mean;
            return estimated is null ? double.NaN : Moments.Mean(estimated[setup.UsedSignalNumber(signal)]);
        }

        double[] Of(Calculation calculation) => calculation switch
        {
            Constant constant => Exact(constant.Value),
            Measured sensor => OfSensor(setup.MeasuredNumber(sensor.Number), sensor.Unit),
            Estimated signal => estimated is null
                ? Exact(double.NaN)
                : OfSignal(setup.UsedSignalNumber(signal.Id), signal.Unit),
            Calculated other => [.. calculated[other.Number]],
            Negative negative => Array.ConvertAll(Of(negative.Of), value => -value),
            Combination pair => Combined(pair.Operator, Of(pair.Left), Of(pair.Right)),
            Window window => Windowed(window, Of(window.Of)),
            Departure departure => Exact(departures[departure].Departure),
            DepartureShare share => Exact(ShareOf(share)),
            _ => throw new ArgumentOutOfRangeException(nameof(calculation), calculation, "Allowed: the kinds there are."),
        };

        double[] Exact(double value) => Row(_ => value, value, _ => value);

        double ShareOf(DepartureShare share) => Enumerable.Range(0, share.In.Of.Count)
            .Where(s => share.In.Of[s].Unit.Quantity == share.Quantity).Sum(departures[share.In].ShareOf);

        double[] OfSensor(int number, Units.Unit unit)
        {
            var (mean, error, _) = heard[number];
            var value = mean * unit.Factor + unit.Offset;
            return Row(m => value + error * draws[number][m] * unit.Factor, value, _ => value);
        }

        double[] OfSignal(int number, Units.Unit unit)
        {
            double Of(int member) => estimated![number][member] * unit.Factor + unit.Offset;
            return Row(Of, Moments.Mean(estimated![number]) * unit.Factor + unit.Offset, Of);
        }

        // What the estimate does not know now it did not know a few minutes ago, in the same way: members keep their distances. Noise
        // averages out.
        double[] Windowed(Window window, double[] row)
        {
            var number = Array.IndexOf(setup.Windows, window);
            windows[window].Add(tick, row[members]);
            var (value, error, count) = windows[window].Of(window.Function, setup.TickSeconds);
            if (window.Function != WindowFunction.Rate)
            {
                var noise = new double[members];
                for (var m = 0; m < members; m++) noise[m] = row[m] - row[members + 1 + m];
                error = Moments.Of(noise).StandardDeviation / (window.Function == WindowFunction.Mean ? Math.Sqrt(count) : 1);
            }
            double Without(int m) => window.Function == WindowFunction.Rate ? value : value + row[members + 1 + m] - row[members];
            return Row(m => Without(m) + error * draws[setup.Measured.Length + number][m], value, Without);
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

        double[] Row(Func<int, double> member, double value, Func<int, double> withoutNoise)
        {
            var row = new double[2 * members + 1];
            row[members] = value;
            for (var m = 0; m < members; m++) (row[m], row[members + 1 + m]) = (member(m), withoutNoise(m));
            return row;
        }
    }
}
