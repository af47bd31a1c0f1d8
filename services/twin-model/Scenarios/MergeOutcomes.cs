using System.Globalization;
using Contracts.Scenarios;
using TwinModel.Assets;
using TwinModel.Estimation;
using TwinModel.Physics;
using TwinModel.Uncertainty;
using TwinModel.Units;

namespace TwinModel.Scenarios;

/// <summary>Merges the outcomes of all members into the result: bands, probabilities, contributors, warnings.</summary>
sealed class MergeOutcomes
{
    const int MostContributors = 3;

    // Standard normal number of the upper quartile.
    const double Quartile = 0.6744897501960817;

    // Fewer members are not enough for a second-degree model.
    const int FewestForContributors = 40;

    readonly AssetModel model;
    readonly RecordedInputs inputs;
    readonly ScenarioSetup setup;
    readonly List<MemberOutcome> outcomes;
    readonly MemberOutcome nominal;
    readonly List<MemberOutcome> members;

    // Those of the nominal member.
    readonly double[] inputsAtStart;

    readonly EstimationSettings? estimation;

    // Of each scalar signal, in its unit.
    readonly double[] discrepancies;

    public MergeOutcomes(AssetModel model, RecordedInputs inputs, ScenarioSetup setup, List<MemberOutcome> outcomes)
    {
        (this.model, this.inputs, this.setup, this.outcomes) = (model, inputs, setup, outcomes);
        nominal = outcomes[0];
        inputsAtStart = setup.InputsAt(0, setup.Nominal, []);
        estimation = CalibratedModels.Of(model, inputs.Parameters).Estimation;
        discrepancies = [.. setup.Scalars.Select(s => estimation?.DiscrepancyOf(s.Signal.Id) ?? 0)];
        if (nominal.Failure is { } failure) throw new ScenarioFailedException(failure);
        members = [.. outcomes.Skip(1).Take(setup.Members - 1).Where(o => o.Failure is null)];
        if (members.Count * 2 < setup.Members - 1)
        {
            var first = outcomes.Skip(1).First(o => o.Failure is not null);
            throw new ScenarioFailedException(
                $"{setup.Members - 1 - members.Count} of {setup.Members - 1} members failed; the first, member {first.Member}: "
                    + $"{first.Failure}");
        }
    }

    public ScenarioResult Result()
    {
        var signals = setup.Scalars.Select(Signal).ToList();
        return new(
            setup.Definition, setup.Times, signals, [.. setup.Profiles.Select(Profile)], [.. signals.Select(AtEnd)], Limits(),
            Contributors(), Sweep(), Solved(),
            Statistics(), Provenance(), setup.Steady.Model.Assumptions, [.. Warnings()],
            DescribeStart.Of(inputs.Estimate, setup));
    }

    SignalResult Signal(SignalPlace place, int s)
    {
        var count = setup.Scalars.Length;
        BandSeries Series(Func<MemberOutcome, int, double> value, Func<int, double> discrepancy) =>
            Bands(setup.Times.Length, (member, t) => value(member, t * count + s), discrepancy);
        // What the physics leaves out of a level is common to both; what it leaves out of the difference is another matter.
        return new(place.Signal.Id, place.Signal.Name, place.Signal.Unit.Symbol,
            Series((m, k) => place.Report(m.Baseline[k]), _ => discrepancies[s]),
            Series((m, k) => place.Report(m.Scenario[k]), _ => discrepancies[s]),
            Series((m, k) => place.Report(m.Scenario[k]) - place.Report(m.Baseline[k]),
                t => estimation?.ChangeDiscrepancyOf(place.Signal.Id, signal => ChangeOf(signal, t)) ?? 0));
    }

    // Of the nominal member, in the signal's unit.
    double ChangeOf(string signal, int t)
    {
        var s = Array.FindIndex(setup.Scalars, p => p.Signal.Id == signal);
        var k = t * setup.Scalars.Length + s;
        return setup.Scalars[s].Report(nominal.Scenario[k]) - setup.Scalars[s].Report(nominal.Baseline[k]);
    }

    ProfileResult Profile(SignalPlace place, int p)
    {
        var cells = setup.Steady.Axis.Cells;
        BandSeries Series(Func<MemberOutcome, int, double> value) => Bands(cells, (member, i) => value(member, p * cells + i));
        return new(place.Signal.Id, place.Signal.Name, place.Signal.Unit.Symbol,
            [.. Enumerable.Range(0, cells).Select(setup.Steady.Axis.Centre)],
            Series((m, k) => place.Report(m.BaselineProfiles[k])),
            Series((m, k) => place.Report(m.ScenarioProfiles[k])),
            Series((m, k) => place.Report(m.ScenarioProfiles[k]) - place.Report(m.BaselineProfiles[k])));
    }

    BandSeries Bands(int points, Func<MemberOutcome, int, double> value, Func<int, double>? discrepancy = null)
    {
        var nominals = new double[points];
        var quantiles = new double[5][];
        for (var q = 0; q < 5; q++) quantiles[q] = new double[points];
        var values = new double[members.Count];
        for (var i = 0; i < points; i++)
        {
            nominals[i] = value(nominal, i);
            for (var m = 0; m < values.Length; m++) values[m] = value(members[m], i);
            var bands = Widened(BandOf(nominals[i], values), discrepancy?.Invoke(i) ?? 0);
            (quantiles[0][i], quantiles[1][i], quantiles[2][i], quantiles[3][i], quantiles[4][i]) = (
                bands.P5, bands.P25, bands.P50, bands.P75, bands.P95);
        }
        return new(nominals, quantiles[0], quantiles[1], quantiles[2], quantiles[3], quantiles[4]);
    }

    // Without an ensemble the spread is unknown: the band collapses to the nominal value.
    static Band BandOf(double nominal, double[] values)
    {
        if (values.Length == 0) return new(nominal, nominal, nominal, nominal, nominal, nominal);
        var bands = Quantiles.BandsOf(values);
        return new(nominal, bands.P5, bands.P25, bands.P50, bands.P75, bands.P95);
    }

    // Variances add: each quantile moves away from the median as those of two independent normal distributions together would.
    static Band Widened(Band band, double discrepancy)
    {
        if (discrepancy == 0 || band.P5 == band.P95) return band;
        double Moved(double quantile, double score) =>
            band.P50 + Math.Sign(score) * Math.Sqrt(Math.Pow(quantile - band.P50, 2) + Math.Pow(score * discrepancy, 2));
        return band with
        {
            P5 = Moved(band.P5, -Normal.Band90),
            P25 = Moved(band.P25, -Quartile),
            P75 = Moved(band.P75, Quartile),
            P95 = Moved(band.P95, Normal.Band90),
        };
    }

    KpiResult AtEnd(SignalResult signal)
    {
        static Band Last(BandSeries s) => new(s.Nominal[^1], s.P5[^1], s.P25[^1], s.P50[^1], s.P75[^1], s.P95[^1]);
        return new(signal.Id, signal.Name, signal.Unit, Last(signal.Baseline), Last(signal.Scenario), Last(signal.Difference));
    }

    List<LimitResult> Limits()
    {
        List<LimitResult> results = [];
        IReadOnlyList<MemberOutcome> all = members.Count > 0 ? members : [nominal];
        foreach (var limit in model.Limits)
        {
            var s = Array.FindIndex(
                setup.Scalars, p => limit.Signal is { } signal ? p.Signal.Id == signal : p.Signal.Sensor == limit.Sensor);
            if (s < 0) continue;
            var place = setup.Scalars[s];
            var threshold = model.Sensor(limit.Sensor)?.Unit.ConvertTo(place.Signal.Unit, limit.Threshold) ?? limit.Threshold;
            // What the physics leaves out stays the same throughout a run. Without an ensemble no spread is stated.
            var discrepancy = members.Count > 0 ? discrepancies[s] : 0;
            double Beyond(double[] values)
            {
                var over = Enumerable.Range(0, setup.Times.Length).Select(t => place.Report(values[t * setup.Scalars.Length + s]))
                    .Max(v => limit.IsAbove ? v - threshold : threshold - v);
                return discrepancy > 0 ? MathNet.Numerics.Distributions.Normal.CDF(0, discrepancy, over) : over > 0 ? 1 : 0;
            }
            results.Add(new(limit.Id, place.Signal.Id, threshold, place.Signal.Unit.Symbol, limit.IsAbove,
                limit.Severity.ToString().ToLowerInvariant(),
                all.Average(m => Beyond(m.Baseline)), all.Average(m => Beyond(m.Scenario))));
        }
        return results;
    }

    List<ContributorResult> Contributors()
    {
        List<ContributorResult> results = [];
        if (members.Count < FewestForContributors) return results;
        var samples = members.Select(m => setup.Samples[m.Member - 1]).ToArray();
        var last = (setup.Times.Length - 1) * setup.Scalars.Length;
        for (var s = 0; s < setup.Scalars.Length; s++)
        {
            double[] differences = [.. members.Select(m => m.Scenario[last + s] - m.Baseline[last + s])];
            var size = members.Max(m => Math.Abs(m.Baseline[last + s]));
            if (differences.Max() - differences.Min() <= 1e-9 * size) continue;
            var found = Uncertainty.Contributions.FromEnsemble(samples, differences);
            results.AddRange(
                found.Inputs.Select((c, k) => (Contribution: c, Parameter: setup.Columns[k]))
                    .OrderByDescending(c => c.Contribution.Total).ThenBy(c => c.Parameter, StringComparer.Ordinal)
                .Take(MostContributors)
                    .Select(c => new ContributorResult(
                        setup.Scalars[s].Signal.Id, c.Parameter, c.Contribution.First, c.Contribution.Total, found.Predicted)));
        }
        return results;
    }

    SweepResult? Sweep() =>
        setup.SweepPoints == 0 ? null : new(setup.Definition.Sweep, [.. setup.Scalars.Select((place, s) => new SweepSignal(
        place.Signal.Id, place.Signal.Name, place.Signal.Unit.Symbol,
        [.. outcomes.Skip(setup.Members).Select(o => o.Failure is null ? place.Report(o.Scenario[s]) : (double?)null)]))]);

    List<SolvedInput> Solved() => [.. setup.SolvedInputs.Select((input, k) =>
    {
        var calculation = Unit.OfCalculation(input.Unit.Quantity);
        double Report(double value) => calculation.ConvertTo(input.Unit, value);
        return new SolvedInput(
            input.Id, input.Unit.Symbol, Report(inputsAtStart[InputNumber(input)]),
            BandOf(Report(nominal.Solved[k]), [.. members.Select(m => Report(m.Solved[k]))]));
    })];

    int InputNumber(PhysicsInput input) => setup.Steady.Model.Inputs.ToList().IndexOf(input);

    SolverStatistics Statistics() => new(
        setup.IsTransient ? setup.Definition.Solver : "steady", outcomes.Count, outcomes.Count(o => o.Failure is not null),
        outcomes.Sum(o => (long)o.Steps.Steps), outcomes.Sum(o => (long)o.Steps.Rejected),
        outcomes.Sum(o => (long)o.Steps.Derivatives), outcomes.Sum(o => (long)o.Steps.Jacobians),
        outcomes.Sum(o => (long)o.Steps.Factorisations), outcomes.Max(o => o.EnergyError));

    Provenance Provenance()
    {
        var baseline = setup.Steady.Model.Inputs.Select(
            (input, i) => (input.Id, Value: Unit.OfCalculation(input.Unit.Quantity).ConvertTo(input.Unit, inputsAtStart[i])));
        var parameters = setup.Steady.Equations.Parameters.Zip(setup.Nominal.Parameters).OrderBy(p => p.First, StringComparer.Ordinal);
        return new(model.Id, model.Hash, setup.Definition.KnownAt, inputs.Hash, baseline.ToDictionary(i => i.Id, i => i.Value),
            parameters.ToDictionary(p => p.First, p => p.Second), ScenarioIdentity.Version,
            inputs.Parameters?.CalibrationId);
    }

    IEnumerable<string> Warnings()
    {
        if (DescribeStart.Warning(inputs, model, setup.Definition.ValidAt) is { } start) yield return start;
        for (var i = 0; i < setup.Courses.Length; i++)
        {
            var input = setup.Steady.Model.Inputs[i];
            if (input.Calibrated is not { } calibrated) continue;
            var calculation = Unit.OfCalculation(input.Unit.Quantity);
            var (low, high) = (
                calculation.ConvertTo(input.Unit, nominal.Reached[2 * i]), calculation.ConvertTo(input.Unit, nominal.Reached[2 * i + 1]));
            if (low < calibrated.Min || high > calibrated.Max)
            {
                yield return string.Create(CultureInfo.InvariantCulture,
                    $"Extrapolation: {input.Id} is {(low < calibrated.Min ? low : high):0.##} {input.Unit.Symbol}, the model is calibrated "
                        + $"from {calibrated.Min} to {calibrated.Max}.");
            }
        }
        var failed = outcomes.Skip(1).Take(setup.Members - 1).Count(o => o.Failure is not null);
        if (failed > 0)
            yield return $"{failed} of {setup.Members - 1} members failed and are left out of the bands; the first: "
                + $"{outcomes.Skip(1).First(o => o.Failure is not null).Failure}";
        var empty = outcomes.Skip(setup.Members).Count(o => o.Failure is not null);
        if (empty > 0)
            yield return $"{empty} of {setup.SweepPoints} points of the sweep have no steady state; the first: "
                + $"{outcomes.Skip(setup.Members).First(o => o.Failure is not null).Failure}";
        if (inputs.Courses.Count == 0) yield return "No input was recorded around the start; the model's defaults are used.";
        if (setup.Definition.EnsembleSize is > 0 and < 50)
            yield return $"With only {setup.Definition.EnsembleSize} members, the outer quantiles are rough.";
    }
}
