using TwinModel.Estimation;
using TwinModel.Physics.Equations;
using TwinModel.Scenarios;
using TwinModel.Solvers;

namespace TwinModel.Calibration;

/// <summary>
/// Runs the physics through a window with its recorded inputs, and takes the means of the observed signals over each span. Work space of
/// one thread.
/// </summary>
sealed class ReplayWindow
{
    // Tight enough for differences between runs, from which sensitivities are taken.
    const double RelativeTolerance = 1e-4;

    const double SecondsBetween = 60;

    readonly EstimationSetup setup;
    readonly IReadOnlyList<Setting>?[] courses;
    readonly double start, end;
    readonly double[] times;
    readonly int[] spanOf, counts;
    readonly EquationRun run;
    readonly Rodas3 solver;
    readonly SteadySolver steady;
    readonly double[] nominalStart;

    /// <exception cref="SolverException">The model's own values have no steady state at the start.</exception>
    public ReplayWindow(EstimationSetup setup, RecordedInputs inputs, IReadOnlyList<Span> spans)
    {
        this.setup = setup;
        courses = [.. setup.Compiled.Model.Inputs.Select(i => inputs.Courses.GetValueOrDefault(i.Id))];
        (start, end) = (-inputs.WarmUpSeconds, spans.Max(s => s.End));
        var points = spans.SelectMany((span, number) => Middles(span).Select(time => (time, number))).OrderBy(p => p.time).ToList();
        (times, spanOf) = ([.. points.Select(p => p.time)], [.. points.Select(p => p.number)]);
        counts = new int[spans.Count];
        foreach (var span in spanOf) counts[span]++;
        (run, solver, steady) = (setup.Compiled.NewRun(), new(setup.Compiled.Equations.Shape), new(setup.Compiled.Equations.Shape));
        nominalStart = setup.Compiled.GuessState();
        run.SetInputs(Segments.InputsAt(start, Nominal, courses, []));
        steady.Solve(run, nominalStart);
    }

    MemberValues Nominal => new([.. setup.Compiled.Parameters], [.. setup.Compiled.Inputs]);

    /// <summary>Means in the signals' units, span by span, in the order of the observed signals.</summary>
    /// <param name="machine">Parameters and inputs in units of calculation.</param>
    /// <param name="cancel">Honoured between steps.</param>
    /// <exception cref="SolverException">The machine cannot be run through the window.</exception>
    public double[] Run(MemberValues machine, CancellationToken cancel)
    {
        var signals = setup.Observed.Length;
        var means = new double[counts.Length * signals];
        double[] state = [.. nominalStart];
        run.SetParameters(machine.Parameters);
        run.SetInputs(Segments.InputsAt(start, machine, courses, []));
        steady.Solve(run, state, cancellationToken: cancel);
        var settings = new OdeSettings(new(RelativeTolerance));
        foreach (var segment in Segments.Of(start, end, machine, courses, []))
        {
            run.SetInputs(segment.Inputs, segment.Slopes, segment.Start);
            var first = Array.FindIndex(times, t => t > segment.Start);
            var within = times.Where(t => t > segment.Start && t <= segment.End).ToArray();
            solver.Integrate(run, state, segment.Start, segment.End, settings, within, (index, time, at) =>
            {
                run.EvaluateOutputs(time, at);
                var span = spanOf[first + index];
                for (var k = 0; k < signals; k++)
                {
                    var place = setup.Observed[k].Place;
                    means[span * signals + k] += place.Report(run.Value(place.Output)) / counts[span];
                }
            }, cancel);
        }
        return means;
    }

    static IEnumerable<double> Middles(Span span)
    {
        var count = Math.Max(5, (int)((span.End - span.Start) / SecondsBetween));
        for (var i = 0; i < count; i++) yield return span.Start + (i + 0.5) * (span.End - span.Start) / count;
    }
}
