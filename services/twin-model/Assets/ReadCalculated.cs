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
                if (value.Parts().All(p => p is not (Measured or Estimated or Calculated)))
                    throw new FormatException("names no sensor or signal");
                known.TryAdd(id, (new Calculated(calculated.Count, found), found));
                calculated.Add(new(id, name, found, text, value));
            }
            catch (FormatException e)
            {
                at.ComplainOf("expression", e.Message);
            }
        }
        // The errors of sensors and windows are drawn for each member, and independent of each other.
        var parts = calculated.SelectMany(c => c.Calculation.Parts()).ToList();
        var (measured, windows) = (parts.OfType<Measured>().Distinct().Count(), parts.OfType<Window>().Count());
        if (measured + windows > settings.Ensemble - 2)
        {
            root.ComplainOf("calculated", $"uses {measured} sensors and {windows} windows; at most {settings.Ensemble - 2} are "
                + "allowed: 2 less than 'ensemble'");
        }
        return calculated;
    }

    /// <summary>The signals that limits may be on: those that no sensor measures, and the calculated ones.</summary>
    public static HashSet<string> Watched(IReadOnlyList<PhysicsSignal> signals, IReadOnlyList<CalculatedSignal> calculated) =>
        [.. signals.Where(IsVirtual).Select(s => s.Id), .. calculated.Select(c => c.Id)];

    static bool IsVirtual(PhysicsSignal signal) => signal is { IsProfile: false, Sensor: null };
}
