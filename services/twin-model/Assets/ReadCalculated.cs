using TwinModel.Physics;
using TwinModel.Signals;
using TwinModel.Units;

namespace TwinModel.Assets;

/// <summary>Reads the section <c>calculated</c> of an asset model.</summary>
static class ReadCalculated
{
    public static IReadOnlyList<CalculatedSignal> From(
        YamlCursor root, EstimationSettings settings, IReadOnlyDictionary<string, Sensor> sensors, IReadOnlyList<PhysicsSignal>? signals)
    {
        // What a sensor measures is taken from the sensor.
        Dictionary<string, (Calculation Value, Unit Unit)> known = (signals ?? []).Where(IsVirtual)
            .ToDictionary(s => s.Id, s => ((Calculation)new Estimated(s.Id, s.Unit), s.Unit));
        foreach (var (id, sensor) in sensors) known[id] = (new Measured(sensor.Number, sensor.Unit), sensor.Unit);
        HashSet<string> ids = [.. known.Keys, .. (signals ?? []).Select(s => s.Id)];
        List<CalculatedSignal> calculated = [];
        HashSet<string> measured = [];
        var windows = 0;
        foreach (var at in root.List("calculated", required: false))
        {
            var id = ReadAssetModel.Identity(at, "id", ids);
            var name = at.Text("name", id.Replace('-', ' '));
            var (unit, text) = (at.Text("unit"), at.Text("expression"));
            at.Close();
            if (signals is null || id.Length == 0 || unit.Length == 0 || text.Length == 0) continue;
            try
            {
                var expression = ParseExpression.Of(text);
                var check = new CheckExpression(
                    name => known.TryGetValue(name, out var found) ? found : null, string.Join(", ", known.Keys), settings.Tick);
                var (value, found) = check.Of(expression, unit);
                if (!Names(expression).Any()) throw new FormatException("names no sensor or signal");
                known.TryAdd(id, (new Calculated(calculated.Count, found), found));
                calculated.Add(new(id, name, found, text, value));
                measured.UnionWith(Names(expression).Where(sensors.ContainsKey));
                windows += Windows(expression);
            }
            catch (FormatException e)
            {
                at.Get("expression")!.Complain(e.Message);
            }
        }
        // The errors of sensors and windows are drawn for each member, and independent of each other.
        if (measured.Count + windows > settings.Ensemble - 2)
        {
            root.Get("calculated")!.Complain($"uses {measured.Count} sensors and {windows} windows; at most {settings.Ensemble - 2} are "
                + "allowed: 2 less than 'ensemble'");
        }
        return calculated;
    }

    /// <summary>The signals that limits may be on: those that no sensor measures, and the calculated ones.</summary>
    public static HashSet<string> Watched(IReadOnlyList<PhysicsSignal> signals, IReadOnlyList<CalculatedSignal> calculated) =>
        [.. signals.Where(IsVirtual).Select(s => s.Id), .. calculated.Select(c => c.Id)];

    static bool IsVirtual(PhysicsSignal signal) => signal is { IsProfile: false, Sensor: null };

    static int Windows(Expression expression) => expression switch
    {
        NegativeExpression negative => Windows(negative.Of),
        BinaryExpression binary => Windows(binary.Left) + Windows(binary.Right),
        WindowExpression window => 1 + Windows(window.Of),
        _ => 0,
    };

    static IEnumerable<string> Names(Expression expression) => expression switch
    {
        NameExpression name => [name.Id],
        NegativeExpression negative => Names(negative.Of),
        BinaryExpression binary => Names(binary.Left).Concat(Names(binary.Right)),
        WindowExpression window => Names(window.Of),
        _ => [],
    };
}
