using MathNet.Numerics;
using TwinModel.Assets;
using TwinModel.Estimation;
using TwinModel.Scenarios;
using TwinModel.Units;

namespace TwinModel.Calibration;

/// <summary>A part of a window over which sensors and physics are compared by their means.</summary>
/// <param name="IsSteady">No signal has a trend, and no input was changed just before; otherwise the machine is on the way.</param>
/// <param name="Start">Start, s from the start of the window.</param>
/// <param name="End">End, s.</param>
/// <param name="Measured">Means of the observed sensors in the signals' units, in their order; NaN for one that is left out.</param>
/// <param name="Shares">Number of spans that show the same steady state. What the model leaves out is the same in all of them, so that
/// together they count as one.</param>
sealed record Span(bool IsSteady, double Start, double End, double[] Measured, int Shares);

/// <summary>Finds the parts of a window that say something about parameters.</summary>
static class FindSpans
{
    const double TrendSeconds = 600;

    // Two hours: later, ambient and material may be others.
    const int MostShares = 12;

    // A slope counts when chance would hardly make it and the signal moves by more than the model's deviation within ten minutes.
    const double SlopeScores = 4;

    const double LeastCoverage = 0.5;

    /// <summary>Spans in order; says why parts are left out.</summary>
    public static List<Span> Of(EstimationSetup setup, WindowReadings readings, RecordedInputs inputs, List<string> warnings)
    {
        List<Span> spans = [];
        var block = setup.Settings.CalibrationBlock.TotalSeconds;
        var (silent, outside, frozen) = (0, 0, new SortedSet<string>(StringComparer.Ordinal));
        foreach (var (start, end) in Pieces(inputs, readings.Seconds))
        {
            if (end - start < block / 2) continue;
            List<Span> steady = [];
            foreach (var (from, to) in Blocks(start, end, block))
            {
                if (setup.Inputs.Any(i => Coverage(setup, readings, i.Sensor, from, to) < LeastCoverage)) silent++;
                else if (!IsCalibrated(setup, inputs, (from + to) / 2)) outside++;
                else if (Block(setup, readings, from, to, frozen) is { } span)
                {
                    // A trend is not always seen in what is on the way after a change.
                    if (span.IsSteady && (from > start || start == 0)) steady.Add(span);
                    else spans.Add(span with { IsSteady = false });
                }
                else silent++;
            }
            foreach (var shared in steady.Chunk(MostShares)) spans.AddRange(shared.Select(s => s with { Shares = shared.Length }));
        }
        var length = Shown(setup.Settings.CalibrationBlock);
        if (silent > 0) warnings.Add($"{silent} parts of {length} without enough readings were left out.");
        if (outside > 0) warnings.Add($"{outside} parts of {length} outside the range in which the model holds were left out.");
        foreach (var sensor in frozen)
            warnings.Add($"Sensor '{sensor}' shows exactly the same value for {length}; it is left out there.");
        return [.. spans.OrderBy(s => s.Start)];
    }

    // Between two changes of inputs.
    public static IEnumerable<(double Start, double End)> Pieces(RecordedInputs inputs, double seconds)
    {
        double[] times = [
            0,
            .. inputs.Courses.Values.SelectMany(c => c.Select(s => s.Seconds)).Where(t => t > 0 && t < seconds).Distinct().Order(),
            seconds,
        ];
        return times.Zip(times.Skip(1));
    }

    /// <summary>In words, e.g. 10 minutes.</summary>
    public static string Shown(TimeSpan time) =>
        time >= TimeSpan.FromMinutes(2) ? FormattableString.Invariant($"{time.TotalMinutes:0.#} minutes")
        : FormattableString.Invariant($"{time.TotalSeconds:0.#} seconds");

    static IEnumerable<(double From, double To)> Blocks(double start, double end, double block)
    {
        var count = Math.Max(1, (int)Math.Floor((end - start) / block + 0.5));
        for (var i = 0; i < count; i++) yield return (start + i * block, i == count - 1 ? end : start + (i + 1) * block);
    }

    static double Coverage(EstimationSetup setup, WindowReadings readings, Sensor sensor, double from, double to) =>
        readings.Of(sensor.Number, from, to).Count * SecondsEach(setup, sensor) / (to - from);

    // A sensor that sends less often than ticks come has no reading in some of them.
    static double SecondsEach(EstimationSetup setup, Sensor sensor) => Math.Max(setup.TickSeconds, sensor.Interval.TotalSeconds);

    static bool IsCalibrated(EstimationSetup setup, RecordedInputs inputs, double at) => setup.Inputs.All(i =>
    {
        if (i.Input.Calibrated is not { } range || !inputs.Courses.TryGetValue(i.Input.Id, out var course)) return true;
        var value = Unit.OfCalculation(i.Input.Unit.Quantity).ConvertTo(i.Input.Unit, course.Last(s => s.Seconds <= at).Value);
        return value >= range.Min && value <= range.Max;
    });

    static Span? Block(EstimationSetup setup, WindowReadings readings, double from, double to, SortedSet<string> frozen)
    {
        var measured = new double[setup.Observed.Length];
        Array.Fill(measured, double.NaN);
        var isSteady = !setup.Settings.IsCalibratedOnTheWay;
        for (var k = 0; k < measured.Length; k++)
        {
            var observed = setup.Observed[k];
            var means = readings.Of(observed.Sensor.Number, from, to).ConvertAll(m => (m.Seconds, Value: observed.InSignalUnit(m.Value)));
            if (means.Count * SecondsEach(setup, observed.Sensor) < LeastCoverage * (to - from)) continue;
            // In less time a sensor of coarse steps shows the same, too.
            if (!setup.Settings.IsCalibratedOnTheWay && WindowReadings.IsFrozen(means))
            {
                frozen.Add(observed.Sensor.Id);
                continue;
            }
            measured[k] = means.Average(m => m.Value);
            isSteady &= !HasTrend(means, observed.Deviation);
        }
        return measured.All(double.IsNaN) ? null : new(isSteady, from, to, measured, 1);
    }

    static bool HasTrend(List<(double Seconds, double Value)> means, double deviation)
    {
        double[] x = [.. means.Select(m => m.Seconds)], y = [.. means.Select(m => m.Value)];
        var (intercept, slope) = Fit.Line(x, y);
        var middle = x.Average();
        var spread = x.Sum(v => (v - middle) * (v - middle));
        var error = Math.Sqrt(x.Zip(y).Sum(p => Math.Pow(p.Second - intercept - slope * p.First, 2)) / (x.Length - 2) / spread);
        return Math.Abs(slope) * TrendSeconds > deviation && Math.Abs(slope) > SlopeScores * error;
    }
}
