using System.Diagnostics;
using System.Globalization;
using TwinModel.Estimation;

namespace TwinModel.Tests.Estimation;

public class ScratchTests(ITestOutputHelper output)
{
    static string Env(string name, string otherwise) => Environment.GetEnvironmentVariable(name) ?? otherwise;

    [Fact]
    public void Explore()
    {
        var setup = EstimatedPlant.SetupOf(y => y.Replace("ensemble: 50", "ensemble: " + Env("E_N", "50")).Replace("inflation: 0.2", "inflation: " + Env("E_I", "0.2")));
        var line = new System.Text.StringBuilder();
        var nees = 0.0; var count = 0; var inside = 0; var all = 0; var nis = 0.0; var ms = 0.0; var rms = 0.0; var band = 0;
        var lower = MathNet.Numerics.Distributions.ChiSquared.InvCDF(10, 0.025);
        var upper = MathNet.Numerics.Distributions.ChiSquared.InvCDF(10, 0.975);
        var seeds = int.Parse(Env("E_S", "4"), CultureInfo.InvariantCulture);
        for (var seed = 1; seed <= seeds; seed++)
        {
            var plant = new EstimatedPlant(setup, (ulong)seed, ("channel.melt-coefficient", 1.2), ("polymer.consistency", 0.9));
            var work = new EstimationWorkspace(setup);
            var estimator = new Estimator(setup);
            var watch = new Stopwatch();
            for (var t = 0; t < 720; t++)
            {
                if (t == 360) plant.Set("screw-speed", 92 / 60.0);
                var readings = new TickReadings(setup);
                foreach (var r in plant.Tick()) readings.Add(r);
                watch.Start();
                estimator.Step(setup.TickOf(EstimatedPlant.Origin) + t, readings, work);
                watch.Stop();
                if (t % 10 == 0 || t > 700)
                {
                    var e = estimator.Estimate(work)!;
                    all++; nis += e.Nis;
                    if (e.Nis >= lower && e.Nis <= upper) inside++;
                    if (t is 359 or 719 || t == 60 || t == 180)
                    {
                        line.Append(CultureInfo.InvariantCulture, $"t {t,3} ");
                        foreach (var l in e.Learned.Where(l => l.Kind == "parameter"))
                        {
                            var truth = plant[l.Id];
                            var est = TwinModel.Units.Unit.Of(TwinModel.Units.Unit.QuantityOf(l.Unit), l.Unit)!.ConvertTo(TwinModel.Units.Unit.OfCalculation(TwinModel.Units.Unit.QuantityOf(l.Unit)), l.Value.Mean);
                            var rel = l.Value.StandardDeviation / l.Value.Mean;
                            var err = est / truth - 1;
                            line.Append(CultureInfo.InvariantCulture, $"| {err * 100,6:F2} +-{rel * 100,5:F2} ");
                            nees += err / rel * (err / rel); count++;
                            if (Math.Abs(err / rel) <= 1.645) band++;
                            if (t == 719) rms += err * err;
                        }
                        line.AppendLine();
                    }
                }
            }
            ms += watch.Elapsed.TotalMilliseconds / 720;
            output.WriteLine(work.Statistics.ToString());
        }
        output.WriteLine(line.ToString());
        output.WriteLine($"N {setup.Settings.Ensemble} I {setup.Settings.Inflation} nees/dof {nees / count:F2} 90% band covers {(double)band/count:P0} inside {(double)inside / all:P1} mean nis {nis / all:F2}; rms err {Math.Sqrt(rms / seeds / 6) * 100:F2} %; {ms / seeds:F2} ms per tick");
    }
}
