namespace TwinModel.Estimation;

/// <summary>Reads signals and what was learned from the members of an ensemble.</summary>
static class ViewEstimate
{
    public static TwinEstimate Of(
        EstimationSetup setup, Ensemble members, ReadOnlySpan<double> held, EstimationWorkspace work, TwinEstimate frame)
    {
        var (count, cells) = (members.Members, setup.Compiled.Axis.Cells);
        var scalars = setup.Compiled.Signals.Where(s => !s.Signal.IsProfile).ToArray();
        var profiles = setup.Compiled.Signals.Where(s => s.Signal.IsProfile).ToArray();
        var values = new Ensemble(scalars.Length, count);
        var courses = new Ensemble(profiles.Length * cells, count);
        for (var m = 0; m < count; m++)
        {
            work.Evaluate(members, m, held);
            for (var s = 0; s < scalars.Length; s++) values[s][m] = scalars[s].Report(work.Outputs.Value(scalars[s].Output));
            for (var p = 0; p < profiles.Length; p++)
            {
                var profile = work.Outputs.Profile(profiles[p].Output);
                for (var c = 0; c < cells; c++) courses[p * cells + c][m] = profiles[p].Report(profile[c]);
            }
        }
        return frame with
        {
            Signals = [.. scalars.Select((s, i) => new SignalEstimate(s.Signal.Id, s.Signal.Unit.Symbol, values.Of(i)))],
            Profiles = [.. profiles.Select((p, i) => new ProfileEstimate(
                p.Signal.Id, p.Signal.Unit.Symbol, [.. Enumerable.Range(i * cells, cells).Select(courses.Of)]))],
            Learned = [.. setup.Wanderers.Select((w, i) => Learned(w, members[setup.States + i]))],
        };
    }

    static LearnedEstimate Learned(Wanderer wanderer, ReadOnlySpan<double> row)
    {
        var reported = new double[row.Length];
        for (var m = 0; m < row.Length; m++) reported[m] = wanderer.Report(row[m]);
        return new(wanderer.KindName, wanderer.Id, wanderer.Unit.Symbol, Moments.Of(reported),
            Moments.Of(row).StandardDeviation / wanderer.Deviation);
    }
}
