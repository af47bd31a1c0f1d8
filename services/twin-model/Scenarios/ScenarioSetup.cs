using System.Globalization;
using Contracts.Scenarios;
using TwinModel.Assets;
using TwinModel.Estimation;
using TwinModel.Physics;
using TwinModel.Uncertainty;
using TwinModel.Units;

namespace TwinModel.Scenarios;

/// <summary>An intervention with names resolved to indices.</summary>
/// <param name="Name">Target, for error messages.</param>
/// <param name="Change">The change; for a target, its value refers to the signal.</param>
/// <param name="Signal">Index of the output that has to reach the value; -1 when nothing is solved for.</param>
readonly record struct PlannedChange(string Name, Change Change, int Signal);

/// <summary>A machine as a member assumes it, in units of calculation.</summary>
/// <param name="Parameters">All parameters.</param>
/// <param name="Inputs">All inputs, where no course is recorded.</param>
readonly record struct MemberValues(double[] Parameters, double[] Inputs);

/// <summary>Everything about a scenario that its members share.</summary>
sealed class ScenarioSetup
{
    // Output times, s after a change, where its effect appears; in addition to evenly spaced ones.
    static readonly double[] AfterChange = [1, 2, 5, 10, 20, 40, 60, 120, 300];
    const int EvenTimes = 120;

    readonly PhysicsModel physics;
    readonly PlannedChange[] changes;
    readonly double[][] samples;

    // Parameters that vary between members by their priors: number, relative deviation and bounds, in the order of the first columns.
    readonly (int Parameter, double Deviation, Interval? Bounds)[] uncertain;

    // Columns of what was learned.
    readonly int[] learnedColumns;

    public ScenarioSetup(AssetModel model, ScenarioDefinition definition, RecordedInputs recorded)
    {
        (Definition, physics) = (definition, model.Physics!);
        Steady = CompiledModels.Of(physics, definition.Cells, withEnergy: false);
        if (definition.Mode == "transient") Transient = CompiledModels.Of(physics, definition.Cells, withEnergy: true);
        Scalars = [.. Steady.Signals.Where(s => !s.Signal.IsProfile)];
        Profiles = [.. Steady.Signals.Where(s => s.Signal.IsProfile)];
        Courses = [.. physics.Inputs.Select(i => recorded.Courses.GetValueOrDefault(i.Id))];
        changes = [.. definition.Interventions.Select(Planned)];
        // With unchanged inputs a warm-up would only reproduce the steady state that it starts from.
        WarmUp = Courses.OfType<IReadOnlyList<Setting>>().Any(c => c.Any(s => s.Seconds > -recorded.WarmUpSeconds && s.Seconds <= 0))
            ? recorded.WarmUpSeconds
            : 0;
        Times = Transient is null ? [0] : [.. TimesOf(definition).Distinct().Order()];
        var known = recorded.Estimate
            ?? (recorded.Parameters is { } set ? CalibratedModels.Posterior(set, model, definition.ValidAt) : null);
        Learned = known is null ? null : new(known, model, Steady);
        // What was learned belongs to the model's values of everything else: with others it would not fit the sensors any more.
        uncertain = Learned is null ? [.. UncertainParameters()] : [];
        var learned = Learned?.Ids.ToArray() ?? [];
        Columns = [.. uncertain.Select(u => Steady.Equations.Parameters[u.Parameter]).Union(learned)];
        learnedColumns = [.. learned.Select(id => Array.IndexOf(Columns, id))];
        samples = definition.EnsembleSize == 0 || Columns.Length == 0 ? [] : definition.Sampling == "sobol"
            ? SobolSequence.Sample(definition.Seed, definition.EnsembleSize, Columns.Length)
            : LatinHypercube.Sample(definition.Seed, definition.EnsembleSize, Columns.Length);
        Nominal = Values(0);
    }

    public ScenarioDefinition Definition { get; }

    public CompiledModel Steady { get; }

    public CompiledModel? Transient { get; }

    public bool IsTransient => Transient is not null;

    public SignalPlace[] Scalars { get; }

    public SignalPlace[] Profiles { get; }

    public IReadOnlyList<Setting>?[] Courses { get; }

    public double WarmUp { get; }

    public double[] Times { get; }

    /// <summary>What the estimate of the machine says; null without an estimate.</summary>
    public PosteriorDraws? Learned { get; }

    /// <summary>The parameters and inputs that vary between members, in the order of their samples.</summary>
    public string[] Columns { get; }

    /// <summary>The machine of the nominal member and of the points of the sweep.</summary>
    public MemberValues Nominal { get; }

    /// <summary>Samples of the ensemble in (0, 1), member by member.</summary>
    public double[][] Samples => samples;

    public int Members => 1 + samples.Length;

    public int SweepPoints => Definition.Sweep.Count == 0 ? 0 : Definition.Sweep.Aggregate(1, (points, axis) => points * axis.Values.Count);

    /// <summary>The inputs that are solved for, in the order of <see cref="MemberOutcome.Solved"/>.</summary>
    public IEnumerable<PhysicsInput> SolvedInputs => changes.Where(c => c.Signal >= 0).Select(c => physics.Inputs[c.Change.Input]);

    /// <summary>
    /// The machine of a member. With an estimate, what was learned is drawn from it, and everything else has the model's value; the nominal
    /// member and sweep points have the estimate's median. Without one, parameters are lognormal with the model's value as mean,
    /// <c>p exp(√ln(1+c²) z − ½ ln(1+c²))</c> with z from the sample, and clamped to the bounds; the nominal member and sweep points have
    /// the model's value.
    /// </summary>
    public MemberValues Values(int member)
    {
        MemberValues values = new([.. Steady.Parameters], [.. Steady.Inputs]);
        var scores = new double[Columns.Length];
        if (member > 0 && member < Members)
        {
            for (var k = 0; k < scores.Length; k++) scores[k] = Normal.Quantile(samples[member - 1][k]);
            for (var k = 0; k < uncertain.Length; k++)
            {
                var (parameter, deviation, bounds) = uncertain[k];
                var spread = Math.Log(1 + deviation * deviation);
                var value = values.Parameters[parameter] * Math.Exp(Math.Sqrt(spread) * scores[k] - spread / 2);
                values.Parameters[parameter] = bounds is { } b ? Math.Clamp(value, b.Min, b.Max) : value;
            }
        }
        Learned?.Fill([.. learnedColumns.Select(column => scores[column])], values.Parameters, values.Inputs);
        return values;
    }

    /// <summary>A member's inputs at a time, changes included.</summary>
    public double[] InputsAt(double time, MemberValues member, IReadOnlyList<Change> changes) =>
        Segments.InputsAt(time, member, Courses, changes);

    /// <summary>The changes of a member; for a sweep point including its grid values.</summary>
    public IReadOnlyList<PlannedChange> ChangesOf(int member)
    {
        if (member < Members) return changes;
        var point = member - Members;
        List<PlannedChange> all = [.. changes];
        for (var a = Definition.Sweep.Count - 1; a >= 0; a--)
        {
            var axis = Definition.Sweep[a];
            all.Add(Planned(new(axis.Target, "set", axis.Values[point % axis.Values.Count], axis.Unit, 0, 0, 0)));
            point /= axis.Values.Count;
        }
        return all;
    }

    public string NameOf(int input) => physics.Inputs[input].Id;

    public Interval RangeOf(int input)
    {
        var (unit, range) = (physics.Inputs[input].Unit, physics.Inputs[input].Range);
        var calculation = Unit.OfCalculation(unit.Quantity);
        return new(unit.ConvertTo(calculation, range.Min), unit.ConvertTo(calculation, range.Max));
    }

    public string RangeText(int input) =>
        string.Create(CultureInfo.InvariantCulture,
            $"{physics.Inputs[input].Range.Min} to {physics.Inputs[input].Range.Max} {physics.Inputs[input].Unit.Symbol}");

    PlannedChange Planned(Intervention it)
    {
        var target = ScenarioTarget.Find(physics, it.Target)!;
        var parameter = target.Parameter is null ? -1 : Steady.Equations.Parameters.ToList().IndexOf(target.Parameter);
        var change = new Change(
            target.Input, parameter, it.Kind, target.Calculated(it.Kind, it.Value, it.Unit), it.FromSeconds, it.RampSeconds, it.ForSeconds);
        return new(it.Target, change, target.Solve is null ? -1 : Steady.OutputNumber(target.Solve.From));
    }

    static IEnumerable<double> TimesOf(ScenarioDefinition definition)
    {
        for (var i = 0; i <= EvenTimes; i++) yield return definition.HorizonSeconds * i / EvenTimes;
        foreach (var it in definition.Interventions)
        {
            foreach (var after in AfterChange.Select(a => it.FromSeconds + it.RampSeconds + a).Where(t => t < definition.HorizonSeconds))
                yield return after;
        }
    }

    IEnumerable<(int, double, Interval?)> UncertainParameters()
    {
        var names = Steady.Equations.Parameters.ToList();
        foreach (var component in physics.Components)
        {
            foreach (var (name, value) in component.Parameters.Where(p => p.Value.RelativeDeviation > 0)
                .OrderBy(p => p.Key, StringComparer.Ordinal))
            {
                var calculation = Unit.OfCalculation(value.Unit.Quantity);
                Interval? bounds = value.Bounds is { } b
                    ? new(value.Unit.ConvertTo(calculation, b.Min), value.Unit.ConvertTo(calculation, b.Max)) : null;
                yield return (names.IndexOf($"{component.Id}.{name}"), value.RelativeDeviation, bounds);
            }
        }
    }
}
