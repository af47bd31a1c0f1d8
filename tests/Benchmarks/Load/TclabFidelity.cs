using System.Globalization;
using Contracts.Calibrations;
using Contracts.Scenarios;
using TwinModel.Assets;
using TwinModel.Calibration;
using TwinModel.Estimation;
using TwinModel.Scenarios;
using TwinModel.Telemetry;

namespace Benchmarks.Load;

/// <summary>
/// Measured runs of boards with two heaters: the model of the asset 'heater-pair' is calibrated on one run and foretells another run of the
/// same board from its duties alone. Nothing measured is used after the first second of that run, of which the temperature of the room is
/// taken.
/// </summary>
static class TclabFidelity
{
    const string Published = "nd_step50_a";

    static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    static readonly (string Learned, string Foretold)[] Pairs =
        [("apm_two_heater_steps", "apm_random_steps_a"), ("apm_random_steps_a", "apm_two_heater_steps")];

    sealed record Run(string Name, double[] Seconds, double[][] Values)
    {
        public double Length => Seconds[^1];

        // As both show it while nothing is heated.
        public double Shown(double[] biases) => (Values[2][0] - biases[0] + Values[3][0] - biases[1]) / 2;
    }

    /// <param name="Parameters">Of the board.</param>
    /// <param name="Biases">Of its sensors, K.</param>
    /// <param name="Offset">By how much the air around the hot board is warmer than the sensors show before, K.</param>
    sealed record Learned(ParameterSet? Parameters, double[] Biases, double Offset);

    public static void Print(string repository, CancellationToken cancel)
    {
        var folder = Path.Combine(repository, "../shared/data/tclab/dev");
        if (!Directory.Exists(folder))
        {
            Console.WriteLine($"tclab: not run, {folder} is not there");
            return;
        }
        Report.Title("tclab: measured runs of boards with two heaters, calibrated on one, foretold on another of the same board");
        var setup = new EstimationSetup(ReadAssetModel.FromText(
            File.ReadAllText(Path.Combine(repository, "contracts/assets/heater-pair.asset.yaml")), "heater-pair.asset.yaml"));
        var fit = Calibrated(setup, Read(folder, Published), cancel);
        Show($"{Published}: fit (published four states: 0.161, 0.154)", Compare(setup, fit, Read(folder, Published), cancel));
        foreach (var (learned, foretold) in Pairs)
        {
            var parameters = Calibrated(setup, Read(folder, learned), cancel);
            Show($"{learned}: fit", Compare(setup, parameters, Read(folder, learned), cancel));
            Show($"{learned} -> {foretold} (goal 0.85, 1.0 K)", Compare(setup, parameters, Read(folder, foretold), cancel));
        }
    }

    static void Show(string what, (double[] Rms, double[] Bias, double[] Covered, double[] Width) of) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{what,-60} RMSE {of.Rms[0]:0.000} / {of.Rms[1]:0.000} K, bias {of.Bias[0]:+0.00;-0.00} / {of.Bias[1]:+0.00;-0.00} K, "
            + $"90 % band holds {of.Covered[0]:0.0} / {of.Covered[1]:0.0} %, width {of.Width[0]:0.00} / {of.Width[1]:0.00} K"));

    static Run Read(string folder, string name)
    {
        var lines = File.ReadAllLines(Path.Combine(folder, $"{name}.csv")).Skip(1)
            .Select(l => l.Split(',').Select(c => double.Parse(c, CultureInfo.InvariantCulture)).ToArray()).ToArray();
        return new(name, [.. lines.Select(l => l[0])], [.. Enumerable.Range(1, 4).Select(c => lines.Select(l => l[c]).ToArray())]);
    }

    // Before the run, the heaters were off for a long time.
    static IEnumerable<Reading> Readings(Run run)
    {
        long At(double seconds) => Micros.From(Start) + (long)Math.Round(seconds * 1e6);
        for (ushort duty = 1; duty <= 2; duty++) yield return new(duty, At(-2), 0);
        for (var i = 0; i < run.Seconds.Length; i++)
            for (ushort sensor = 1; sensor <= 4; sensor++) yield return new(sensor, At(run.Seconds[i]), run.Values[sensor - 1][i]);
    }

    static Learned Calibrated(EstimationSetup setup, Run run, CancellationToken cancel)
    {
        var window = new WindowReadings(setup, Micros.From(Start), Micros.From(Start.AddSeconds(run.Length)));
        foreach (var reading in Readings(run)) window.Add(reading);
        var result = new CalibrateModel(setup, window, null).Run([], cancel);
        Console.WriteLine(FormattableString.Invariant(
            $"  {run.Name}: {result.Spans.Count} parts, chi2 {result.Chi2:0} of {result.DegreesOfFreedom}"));
        foreach (var p in result.Parameters)
            Console.WriteLine(FormattableString.Invariant(
                $"    {p.Id} {p.After:0.####} {p.Unit} {(p.IsIdentified ? $"within {100 * p.Deviation:0} %" : "not identified")}"));
        foreach (var condition in result.Conditions)
            Console.WriteLine(FormattableString.Invariant($"    {condition.Kind} {condition.Id} {condition.Value:0.00} {condition.Unit}"));
        foreach (var warning in result.Warnings) Console.WriteLine($"  {warning}");
        var parameters = FoldCalibration.Parameters(
            new(run.Name, setup.Model.Id, setup.Model.Hash, null!, "adopted", true, "bench", Start, Start, null, null, result, null, null),
            null);
        double Condition(string id) => result.Conditions.First(c => c.Id == id).Value;
        double[] biases = [Condition("temperature-1"), Condition("temperature-2")];
        return new(parameters, biases, Condition("ambient-temperature") - run.Shown(biases));
    }

    static (double[] Rms, double[] Bias, double[] Covered, double[] Width) Compare(
        EstimationSetup setup, Learned learned, Run run, CancellationToken cancel)
    {
        var (parameters, biases, offset) = learned;
        var model = CalibratedModels.Of(setup.Model, parameters);
        var inputs = RecordInputs.From(model, Readings(run).Where(r => r.Sensor <= 2), Micros.From(Start), run.Length);
        var courses = inputs.Courses.ToDictionary();
        courses["ambient-temperature"] = [new(-inputs.WarmUpSeconds, run.Shown(biases) + offset)];
        inputs = inputs with { Courses = courses };
        var plan = new ScenarioPlan(model, new(
            "bench", Start, 0, "transient", run.Length, [], parameters is null ? 0 : 200, "latin-hypercube", 1, 1e-5, "rodas3", 20, []),
            parameters is null ? inputs : inputs.With(parameters));
        var result = plan.Merge([.. Enumerable.Range(0, plan.Shards).Select(s => plan.RunShard(s, null, cancel))]);
        double[] rms = [0, 0], bias = [0, 0], covered = [0, 0], width = [0, 0];
        for (var s = 0; s < 2; s++)
        {
            var band = result.Signals.First(r => r.Id == $"temperature-{s + 1}").Baseline;
            for (var i = 0; i < run.Seconds.Length; i++)
            {
                double At(IReadOnlyList<double> values) => Interpolated(result.TimesSeconds, values, run.Seconds[i]) + biases[s];
                var (measured, share) = (run.Values[2 + s][i], 1.0 / run.Seconds.Length);
                rms[s] += share * Math.Pow(At(band.Nominal) - measured, 2);
                bias[s] += share * (At(band.Nominal) - measured);
                width[s] += share * (At(band.P95) - At(band.P5));
                if (measured >= At(band.P5) && measured <= At(band.P95)) covered[s] += 100 * share;
            }
            rms[s] = Math.Sqrt(rms[s]);
        }
        return (rms, bias, covered, width);
    }

    static double Interpolated(IReadOnlyList<double> times, IReadOnlyList<double> values, double at)
    {
        var k = 1;
        while (k < times.Count - 1 && times[k] < at) k++;
        return values[k - 1] + (values[k] - values[k - 1]) * (at - times[k - 1]) / (times[k] - times[k - 1]);
    }
}
