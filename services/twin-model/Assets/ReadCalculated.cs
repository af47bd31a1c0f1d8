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
        foreach (var at in root.List("detectors", required: false)) calculated.AddRange(Closed(at, Detector(at, settings, sensors, ids)));
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

    const int FewestTicks = 20, MostTicks = 10_000, MostSensors = 20;

    // The departure, and what each quantity has in it.
    static IEnumerable<CalculatedSignal> Detector(
        YamlCursor at, EstimationSettings settings, IReadOnlyDictionary<string, Sensor> sensors, HashSet<string> ids)
    {
        var id = ReadAssetModel.Identity(at, "id", ids);
        var name = at.Text("name", id.Replace('-', ' '));
        List<Sensor> measured = [];
        foreach (var sensorAt in at.List("sensors", atLeast: 2))
        {
            if (sensorAt.Scalar() is not { } sensorId) continue;
            if (!sensors.TryGetValue(sensorId, out var sensor))
                sensorAt.Complain($"names the sensor '{sensorId}', which does not exist; known: {string.Join(", ", sensors.Keys)}");
            else if (measured.Contains(sensor)) sensorAt.Complain($"names '{sensorId}' twice");
            else measured.Add(sensor);
        }
        if (measured.Count > MostSensors) at.ComplainOf("sensors", $"are {measured.Count}; at most {MostSensors} are allowed");
        var (learn, memory) = (at.Span("learn"), at.Span("memory", required: false) ?? settings.Tick);
        if (learn is not { } span || id.Length == 0 || measured.Count < 2) return [];
        var ticks = (int)Math.Min(int.MaxValue, Math.Round(span / settings.Tick));
        var fewest = Math.Max(FewestTicks, Detection.NormalOperation.TicksPerSensor * measured.Count);
        if (ticks < fewest || ticks > MostTicks)
            at.ComplainOf("learn", $"must be {fewest} to {MostTicks} ticks of {settings.Tick.TotalSeconds:0.###} s, as there are "
                + $"{measured.Count} sensors");
        if (memory < settings.Tick || memory > span / 10)
            at.ComplainOf("memory", $"must be from a tick ({settings.Tick.TotalSeconds:0.###} s) to a tenth of 'learn'");
        var departure = new Departure(
            [.. measured.Select(s => new Measured(s.Number, s.Unit))], ticks, 1 - Math.Exp(-(settings.Tick / memory)));
        return [
            new(id, name, Unit.Find("1")!, $"departure of {string.Join(", ", measured.Select(s => s.Id))}", departure),
            .. measured.Select(s => s.Unit.Quantity).Distinct().Where(q => ids.Add($"{id}-{q}")).Select(q => new CalculatedSignal(
                $"{id}-{q}", $"{name}: part of {q.Replace('-', ' ')}", Unit.Find("%")!, $"part of {q} in {id}",
                new DepartureShare(departure, q))),
        ];
    }

    static T Closed<T>(YamlCursor cursor, T value)
    {
        cursor.Close();
        return value;
    }

    /// <summary>The signals that limits may be on: those that no sensor measures, and the calculated ones.</summary>
    public static HashSet<string> Watched(IReadOnlyList<PhysicsSignal> signals, IReadOnlyList<CalculatedSignal> calculated) =>
        [.. signals.Where(IsVirtual).Select(s => s.Id), .. calculated.Select(c => c.Id)];

    static bool IsVirtual(PhysicsSignal signal) => signal is { IsProfile: false, Sensor: null };
}
