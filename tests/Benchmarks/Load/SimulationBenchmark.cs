using System.Diagnostics;
using System.Globalization;
using TwinModel.Physics;
using TwinModel.Solvers;

namespace Benchmarks.Load;

/// <summary>
/// Speed of the extrusion line's physics compared with CVODE and SciPy on the same model, tolerance and machine. Uses only the processor,
/// no servers.
/// </summary>
static class SimulationBenchmark
{
    const int Cells = 200;
    static readonly double[] Tolerances = [1e-3, 1e-4, 1e-5, 1e-6];

    public static async Task Run(string repository, CancellationToken cancel)
    {
        Report.Title($"Simulation: {Environment.ProcessorCount} cores, .NET {Environment.Version}; best of several runs, so that other "
            + "load counts little");
        Parts(repository);
        var exact = new ExtruderRun(repository, Cells).Barrel600(1e-10);
        var (rodas, trBdf) = (WorkPrecision(repository, "RODAS3", exact), WorkPrecision(repository, "TR-BDF2", exact));
        var weeks = ThreeWeeks(repository, 1e-3);
        Steady(repository);
        Ensemble(repository);
        Scaling(repository);

        Report.Title("The reference programs in the same run");
        var cvode = await ReferencePrograms.Cvode(repository, Cells, cancel);
        var scipy = await ReferencePrograms.SciPy(repository, Cells, Tolerances, cancel);
        if (cvode is null)
            Console.WriteLine(
                "CVODE: absent. It needs gcc, the shared reference and SUNDIALS with KLU (packages libsundials-dev and libsuitesparse-dev, "
                    + "or POLLUX_REFERENCE_ROOT).");
        if (scipy is null)
            Console.WriteLine(
                "SciPy: absent. It needs the shared reference and /usr/bin/python3 with SciPy (package python3-scipy, or "
                    + "POLLUX_REFERENCE_ROOT).");

        Report.Title("Work and precision: ms for the 2 h step, mK of largest error of the barrel after 600 s against our solution at "
            + "1e-10");
        Console.WriteLine($"{"tolerance",-10}{"RODAS3",20}{"TR-BDF2",20}{"CVODE",20}{"SciPy BDF",20}");
        for (var i = 0; i < Tolerances.Length; i++)
        {
            string Cell((double Milliseconds, double Error)? point) =>
                point is { } p
                    ? string.Create(CultureInfo.InvariantCulture, $"{p.Milliseconds,9:N1} ms {p.Error * 1e3,5:G3} mK")
                    : "absent";
            Console.WriteLine(
                $"{Tolerances[i],-10:0e+0}{Cell(rodas[i]),20}{Cell(trBdf[i]),20}{Cell(cvode?.Points[i]),20}{Cell(scipy?.Points[i]),20}");
        }

        if (ReferencePrograms.Barrel600(repository, Cells) is { } radau)
            Report.Figure("our solution at 1e-10 against SciPy's Radau at 1e-10", exact.Zip(radau, (a, b) => Math.Abs(a - b)).Max() * 1e3,
                "mK", "G3");

        Report.Title("Goals");
        Report.Goal("2 h step, N = 200, 1e-4 (RODAS3)", rodas[1].Milliseconds, "ms", 8, false);
        if (cvode is not null) Report.Goal("  time over CVODE's", rodas[1].Milliseconds / cvode.Points[1].Milliseconds, "x", 1, false);
        if (scipy is not null)
            Report.Goal("  times faster than SciPy BDF", scipy.Points[1].Milliseconds / rodas[1].Milliseconds, "x", 10, true);
        Report.Goal("three weeks, 63 shifts, N = 200 (RODAS3 at 1e-3)", weeks / 1e3, "s", 0.9, false, "N3");
        if (cvode is not null) Report.Figure("  times faster than CVODE at 1e-4", cvode.ThreeWeeks / weeks, "x", "N2");
        if (scipy is not null) Report.Figure("  times faster than SciPy BDF at 1e-4", scipy.ThreeWeeks / weeks, "x", "N1");
    }

    static void Parts(string repository)
    {
        Report.Title("Parts of a step, N = 200, 616 states");
        var extruder = new ExtruderRun(repository, Cells);
        extruder.Settle(80);
        extruder.Speed(91.832332);
        var (run, state) = (extruder.Run, extruder.State);
        var shape = extruder.Model.Equations.Shape;
        var (derivative, matrix, lu) = (new double[shape.States], new BorderedMatrix(shape), new BorderedLu(shape));
        var turn = 0;
        // Alternates the state, because results for an unchanged state are cached.
        void Other() => state[0] += ++turn % 2 == 0 ? 1e-9 : -1e-9;
        var rhs = Microseconds(() => { Other(); run.Derivative(0, state, derivative); });
        var both = Microseconds(() => { Other(); run.Derivative(0, state, derivative); run.Jacobian(0, state, matrix); });
        var factor = Microseconds(() => lu.Factor(matrix, 0.1));
        var solve = Microseconds(() => lu.Solve(derivative));
        Report.Goal("right-hand side", rhs, "us", 10, false);
        Report.Goal("Jacobian, when the right-hand side is known", both - rhs, "us", 25, false);
        Report.Figure($"LU with border ({extruder.Model.Equations.NonZeros} non-zeros)", factor, "us", "N2");
        Report.Figure("solution with the factors", solve, "us", "N2");
    }

    static (double Milliseconds, double Error)[] WorkPrecision(string repository, string solver, double[] exact) =>
    [
        .. Tolerances.Select(tolerance =>
        {
            var extruder = new ExtruderRun(repository, Cells, solver);
            var error = extruder.Barrel600(tolerance).Zip(exact, (a, b) => Math.Abs(a - b)).Max();
            extruder.Settle(80);
            var start = extruder.State.ToArray();
            extruder.Speed(91.832332);
            var time = Milliseconds(15, () => extruder.Step(start, 7200, tolerance));
            return (time, error);
        }),
    ];

    static double ThreeWeeks(string repository, double tolerance)
    {
        Report.Title("Three weeks: 63 shifts of 8 h, screw speed 72 + 20 frac(0.618 i) per minute, RODAS3 at 1e-3");
        var result = 0.0;
        foreach (var cells in new[] { 50, Cells })
        {
            var extruder = new ExtruderRun(repository, cells);
            extruder.Settle(80);
            var start = extruder.State.ToArray();
            OdeStatistics total = default;
            result = Milliseconds(3, () => total = extruder.ThreeWeeks(start, tolerance));
            Report.Figure($"N = {cells}: {total.Steps} steps, {total.Rejected} rejected, {total.Derivatives} derivatives; final melt "
                + $"{extruder.MeltTemperature.ToString("F4", CultureInfo.InvariantCulture)} degC", result / 1e3, "s", "N3");
        }
        return result;
    }

    static void Steady(string repository)
    {
        Report.Title("Steady states, N = 200");
        var extruder = new ExtruderRun(repository, Cells);
        extruder.Settle(80);
        var near = extruder.State.ToArray();
        var guess = extruder.Model.GuessState();
        Report.Goal("from the crude guess", Milliseconds(20, () => { guess.CopyTo(extruder.State.AsSpan()); extruder.Settle(80); }), "ms",
            5, false);
        Report.Figure("from the neighbour at 80 to 91.8 per minute",
            Milliseconds(20, () => { near.CopyTo(extruder.State.AsSpan()); extruder.Settle(91.832332); }), "ms", "N2");
    }

    static void Ensemble(string repository)
    {
        const int members = 200;
        Report.Title($"Ensemble of {members} pairs of steady states (80 and 91.8 per minute), common parameters, 2 threads");
        var model = new ExtruderRun(repository, Cells).Model;
        var uncertain = ExtruderRun.Uncertain(model);
        var samples = ExtruderRun.Sample(model, uncertain, members);
        var rises = new double[members];
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var allocated = 0L;
        var time = Milliseconds(5, () =>
        {
            var at = GC.GetTotalAllocatedBytes(precise: true);
            Parallel.For(0, 2, new ParallelOptions { MaxDegreeOfParallelism = 2 }, thread =>
            {
                var extruder = new ExtruderRun(model);
                var guess = model.GuessState();
                for (var i = thread; i < members; i += 2)
                {
                    extruder.Run.SetParameters(samples[i]);
                    guess.CopyTo(extruder.State.AsSpan());
                    extruder.Settle(80);
                    var melt = extruder.MeltTemperature;
                    extruder.Settle(91.832332);
                    rises[i] = extruder.MeltTemperature - melt;
                }
            });
            allocated = GC.GetTotalAllocatedBytes(precise: true) - at;
        });
        Report.Goal("wall time", time / 1e3, "s", 1, false, "N3");
        Report.Goal("memory allocated while it runs", allocated / 1e6, "MB", 300, false);
        Report.Figure("memory of the process before: compiled models and all else", before / 1e6, "MB", "N1");
        Runs(model, members);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"rise of the melt temperature p5/p50/p95: {Report.Percentile([.. rises], 0.05):F2} / {Report.Percentile([.. rises], 0.5):F2} "
                + $"/ {Report.Percentile([.. rises], 0.95):F2} K"));
    }

    // A worker needs only one run; this is the memory for keeping all members at once.
    static void Runs(CompiledModel model, int members)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var runs = Enumerable.Range(0, members).Select(_ => (model.NewRun(), model.GuessState())).ToArray();
        Report.Goal($"memory of {members} members held at once: values and states",
            (GC.GetTotalMemory(forceFullCollection: true) - before) / 1e6, "MB", 300, false);
        GC.KeepAlive(runs);
    }

    static void Scaling(string repository)
    {
        Report.Title("Cost against cells and horizon, RODAS3 at 1e-4");
        foreach (var cells in new[] { 50, 100, 200, 400, 800 })
        {
            var watch = Stopwatch.StartNew();
            var extruder = new ExtruderRun(repository, cells);
            var compile = watch.Elapsed.TotalMilliseconds;
            extruder.Settle(80);
            var start = extruder.State.ToArray();
            extruder.Speed(91.832332);
            var times = new[] { 600.0, 7200, 86400 }.Select(horizon => Milliseconds(3, () => extruder.Step(start, horizon, 1e-4)))
                .ToArray();
            Console.WriteLine(
                string.Create(CultureInfo.InvariantCulture,
                    $"N = {cells,4}: compiled in {compile,6:N0} ms; 10 min {times[0],7:N2} ms, 2 h {times[1],7:N2} ms, 24 h "
                        + $"{times[2],7:N2} ms ({extruder.Last.Steps} steps)"));
        }
    }

    static double Milliseconds(int times, Action action)
    {
        action();
        var best = double.PositiveInfinity;
        for (var i = 0; i < times; i++)
        {
            var start = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return best;
    }

    // In batches shorter than a time slice, so that the best one was not interrupted.
    static double Microseconds(Action action) => Milliseconds(2000, () =>
    {
        for (var i = 0; i < 5; i++) action();
    }) / 5 * 1e3;
}
