using TwinModel.Physics;
using TwinModel.Physics.Equations;
using TwinModel.Units;

namespace TwinModel.Assets;

/// <summary>
/// Reads the section <c>physics</c> of an asset model and compiles it once, so that an inconsistent model is rejected with its file.
/// </summary>
static class ReadPhysics
{
    const int MostCells = 2000;

    public static PhysicsModel? From(
        YamlCursor at, IReadOnlyDictionary<string, Sensor> sensors, Func<YamlCursor, string, HashSet<string>, string> identity)
    {
        var axis = ReadAxis(at);
        HashSet<string> ids = [];
        var inputs = at.List("inputs", required: false).Select(i => Closed(i, ReadInput(i, identity(i, "id", ids), sensors)))
            .OfType<PhysicsInput>().ToList();
        var inputIds = inputs.Select(i => i.Id).ToHashSet();
        var cursors = at.List("components", atLeast: 1);
        var types = cursors.Select(c => (Id: identity(c, "id", ids), Type: ReadType(c))).ToList();
        var typeById = types.Where(t => t.Type is not null).DistinctBy(t => t.Id).ToDictionary(t => t.Id, t => t.Type!);
        Dictionary<string, ParameterValue> above = [];
        var components = cursors.Zip(types)
            .Select(pair => Closed(pair.First, ReadComponent(pair.First, pair.Second.Id, pair.Second.Type, typeById, inputIds, above)))
                .OfType<ComponentSpec>().ToList();
        HashSet<string> signalIds = [];
        var signals = at.List("signals", required: false)
            .Select(s => (At: s, Signal: Closed(s, ReadSignal(s, identity(s, "id", signalIds), sensors, axis))))
            .Where(s => s.Signal is not null).ToList();
        var targets = at.List("targets", required: false)
            .Select(t => (At: t,
                Target: Closed(t, new PhysicsTarget(identity(t, "id", ids), Known(t, "signal", signalIds), Known(t, "input", inputIds)))))
                    .ToList();
        var assumptions = at.List("assumptions", required: false).Select(a => a.Scalar() ?? "").ToList();
        at.Close();
        if (at.HasProblems || axis is null) return null;
        var model = Compile(
            at, new(axis, inputs, components, [.. signals.Select(s => s.Signal!)], [.. targets.Select(t => t.Target)], assumptions),
            cursors, [.. signals.Select(s => s.At)], sensors);
        foreach (var (targetAt, target) in targets)
            if (model?.Signals.FirstOrDefault(s => s.Id == target.Signal)?.IsProfile == true)
                targetAt.ComplainOf("signal", $"names the profile '{target.Signal}'; a target must be a single value");
        return model;
    }

    // Only compilation shows whether the graph is valid and what its outputs are.
    static PhysicsModel? Compile(
        YamlCursor at, PhysicsModel model, IReadOnlyList<YamlCursor> components, IReadOnlyList<YamlCursor> signals,
        IReadOnlyDictionary<string, Sensor> sensors)
    {
        YamlCursor Named(string component) => components[model.Components.ToList().FindIndex(c => c.Id == component)];
        try
        {
            var compiled = new CompiledModel(model with { Signals = [] });
            if (compiled.Equations.Shape.Banded > 0 && at.Get("axis", required: false) is null)
                at.Complain("lacks 'axis', along which its components have temperatures");
            var outputs = compiled.Equations.Outputs;
            if (StateWithoutRate(compiled) is { } state)
                Named(state.Split('.')[0])
                    .Complain($"has parameters with which the rate of '{state}' is not a finite number when the machine is cold");
            List<PhysicsSignal> checkedSignals = [];
            foreach (var (signal, cursor) in model.Signals.Zip(signals))
            {
                if (outputs.FirstOrDefault(o => o.Name == signal.From) is not { } output)
                {
                    cursor.ComplainOf("from",
                        $"names the output '{signal.From}', which does not exist; known: {string.Join(", ", outputs.Select(o => o.Name))}");
                    continue;
                }
                var quantity = Unit.QuantityOf(output.Unit);
                if (signal.Output != signal.From && !output.Value.IsField)
                    cursor.ComplainOf("from", $"names the output '{signal.From}', which is a single value without 'at' and 'over'");
                if (signal.Over is not null)
                {
                    const string perLength = "power-per-length";
                    if (quantity != perLength)
                        cursor.ComplainOf("over", $"needs an output in {Unit.OfCalculation(perLength).Symbol}, not one of {quantity}");
                    quantity = "power";
                }
                if (Unit.Of(quantity, signal.Unit.Symbol) is not { } unit)
                    cursor.ComplainOf("unit",
                        $"'{signal.Unit.Symbol}' is not a unit of {quantity}; allowed: {string.Join(", ", Unit.AllSymbolsOf(quantity))}");
                else checkedSignals.Add(signal with { Unit = unit, IsProfile = output.Value.IsField && signal.Output == signal.From });
                if (sensors.Values.FirstOrDefault(s => s.Number == signal.Sensor) is { } sensor && sensor.Unit.Quantity != quantity)
                    cursor.ComplainOf("sensor", $"measures {sensor.Unit.Quantity}, not {quantity}");
            }
            return model with { Signals = checkedSignals };
        }
        catch (InvalidComponentException e)
        {
            Named(e.Component).Complain(e.Message);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            at.Complain(e.Message);
        }
        return null;
    }

    // A capacity or length of zero shows up in the first evaluation.
    static string? StateWithoutRate(CompiledModel model)
    {
        var derivative = new double[model.Equations.Shape.States];
        model.NewRun().Derivative(0, model.ColdState(), derivative);
        var state = Array.FindIndex(derivative, d => !double.IsFinite(d));
        return state < 0 ? null : model.Equations.NameOf(state);
    }

    static Axis? ReadAxis(YamlCursor physics)
    {
        if (physics.Get("axis", required: false) is not { } at) return Axis.None;
        var length = at.Get("length") is { } lengthAt ? ReadQuantity(lengthAt, "length") : null;
        var cells = at.Number("cells", 200);
        if (cells != Math.Floor(cells) || cells is < 3 or > MostCells)
            at.ComplainOf("cells", $"must be a whole number from 3 to {MostCells}, not {cells}");
        at.Close();
        if (length is not { } given) return null;
        if (given.Value <= 0) at.ComplainOf("length", $"must be longer than 0, not {given.Value}");
        return new(given.Unit.ConvertTo(Unit.OfCalculation("length"), given.Value), (int)cells);
    }

    static PhysicsInput? ReadInput(YamlCursor at, string id, IReadOnlyDictionary<string, Sensor> sensors)
    {
        var name = at.Text("name", id.Replace('-', ' '));
        var quantity = at.Text("quantity");
        var unit = ReadUnit(at, quantity);
        var value = at.Number("default");
        var range = at.RangeOf("range");
        var calibrated = at.Get("calibrated", required: false) is null ? null : at.RangeOf("calibrated");
        if (range is { } allowed && !allowed.Contains(value))
            at.Get("default", required: false)?.Complain($"must lie within range [{allowed.Min}, {allowed.Max}], not {value}");
        ushort? sensor = null;
        if (at.Get("sensor", required: false) is { } sensorAt && sensorAt.Scalar() is { } sensorId)
        {
            if (!sensors.TryGetValue(sensorId, out var found))
                sensorAt.Complain($"names the sensor '{sensorId}', which does not exist; known: {string.Join(", ", sensors.Keys)}");
            else if (found.Unit.Quantity != quantity) sensorAt.Complain($"measures {found.Unit.Quantity}, not {quantity}");
            else sensor = found.Number;
        }
        return unit is null || range is null ? null : new(id, name, unit, value, range.Value, calibrated, sensor);
    }

    static ComponentType? ReadType(YamlCursor at)
    {
        var name = at.Text("type");
        if (name.Length == 0) return null;
        if (ComponentLibrary.Find(name) is { } type) return type;
        at.ComplainOf("type", $"must be one of {string.Join(", ", ComponentLibrary.Names)}, not '{name}'");
        return null;
    }

    static ComponentSpec? ReadComponent(
        YamlCursor at, string id, ComponentType? type, Dictionary<string, ComponentType> others, HashSet<string> inputs,
        Dictionary<string, ParameterValue> above)
    {
        if (type is null) return null;
        Dictionary<string, ParameterValue> parameters = [];
        var given = at.Get("parameters", required: false);
        foreach (var parameter in type.Parameters)
        {
            if (given?.Get(parameter.Name, required: false) is null)
            {
                if (parameter.Default is null)
                    at.Complain($"lacks the parameter '{parameter.Name}' ({parameter.Meaning}; {parameter.Quantity})");
                continue;
            }
            if (ReadParameter(given, parameter, above) is { } value)
                above[$"{id}.{parameter.Name}"] = parameters[parameter.Name] = value;
        }
        given?.Close();
        Dictionary<string, string> connections = [];
        var connect = at.Get("connect", required: false);
        foreach (var port in type.Ports)
        {
            if (connect?.Get(port.Name, required: false) is not { } portAt)
            {
                if (port.Required) at.Complain($"lacks the connection '{port.Name}'");
                continue;
            }
            if (portAt.Scalar() is not { } target) continue;
            var fitting = port.Accepts == typeof(Signal)
                ? []
                : others.Where(o => port.Accepts.IsInstanceOfType(o.Value.New())).Select(o => o.Key).ToList();
            if (port.Accepts == typeof(Signal) && !inputs.Contains(target) && !others.ContainsKey(target.Split('.')[0]))
                portAt.Complain(
                    $"names '{target}', which is neither an input nor an output of a component; inputs: {string.Join(", ", inputs)}");
            else if (port.Accepts != typeof(Signal) && !fitting.Contains(target))
                portAt.Complain($"names '{target}', which {(others.ContainsKey(target) ? "does not fit here" : "does not exist")}; "
                    + $"fitting: {string.Join(", ", fitting)}");
            else connections[port.Name] = target;
        }
        connect?.Close();
        return new(id, type.Name, parameters, connections);
    }

    static ParameterValue? ReadParameter(YamlCursor given, ParameterType type, Dictionary<string, ParameterValue> above)
    {
        var at = given.Get(type.Name)!;
        if (at.IsMapping && at.Get("same-as", required: false) is { } same) return Same(at, same, type, above);
        if (ReadQuantity(at, type.Quantity) is not { } value) return null;
        if (value.Value < 0 && type.Quantity != "temperature") at.Complain($"must not be negative, not {value.Value}");
        if (!at.IsMapping) return new(value.Value, value.Unit, "", 0, null);
        var source = at.Text("source", "");
        var deviation = at.Number("relative-deviation", 0);
        if (deviation is < 0 or > 1) at.ComplainOf("relative-deviation", $"must be from 0 to 1, not {deviation}");
        if (deviation > 0 && type.IsLayout)
            at.ComplainOf("relative-deviation", "is not possible for a parameter that decides the layout");
        if (deviation > 0 && value.Value <= 0) at.ComplainOf("relative-deviation", $"needs a positive value, not {value.Value}");
        var bounds = at.Get("bounds", required: false) is null ? null : at.RangeOf("bounds");
        if (bounds is { } b && !b.Contains(value.Value)) at.ComplainOf("bounds", $"must hold the value {value.Value}");
        at.Close();
        return new(value.Value, value.Unit, source, deviation, bounds);
    }

    // One number with another's, so that what is learned of one is learned of both.
    static ParameterValue? Same(YamlCursor at, YamlCursor same, ParameterType type, Dictionary<string, ParameterValue> above)
    {
        at.Close();
        if (same.Scalar() is not { } name) return null;
        var fitting = above.Where(a => Unit.Of(type.Quantity, a.Value.Unit.Symbol) is not null && a.Value.SameAs is null)
            .ToDictionary();
        if (type.IsLayout) same.Complain("is not possible for a parameter that decides the layout");
        else if (!fitting.TryGetValue(name, out var other))
            same.Complain($"names '{name}', which is no {type.Quantity} of a component above; fitting: {string.Join(", ", fitting.Keys)}");
        else return new(other.Value, other.Unit, $"same as {name}", 0, other.Bounds) { SameAs = name };
        return null;
    }

    // '170 W/(m2 K)' or a mapping with 'value' and 'unit'.
    static (double Value, Unit Unit)? ReadQuantity(YamlCursor at, string quantity)
    {
        if (at.IsMapping)
        {
            var value = at.Number("value");
            return ReadUnit(at, quantity) is { } unit && double.IsFinite(value) ? (value, unit) : null;
        }
        if (at.Scalar() is not { } text) return null;
        var parts = text.Split(' ', 2);
        if (!double.TryParse(
            parts[0], System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var number)
                || !double.IsFinite(number))
        {
            at.Complain($"must be a number with a unit of {quantity} ({string.Join(", ", Unit.AllSymbolsOf(quantity))}), not '{text}'");
            return null;
        }
        if (Unit.Of(quantity, parts.Length > 1 ? parts[1].Trim() : "1") is { } found) return (number, found);
        at.Complain($"'{(parts.Length > 1 ? parts[1] : "")}' is not a unit of {quantity}; allowed: "
            + $"{string.Join(", ", Unit.AllSymbolsOf(quantity))}");
        return null;
    }

    static Unit? ReadUnit(YamlCursor at, string quantity)
    {
        var symbol = at.Text("unit", "1");
        if (Unit.Of(quantity, symbol) is { } unit) return unit;
        var allowed = string.Join(", ", Unit.AllSymbolsOf(quantity));
        (at.Get("unit", required: false) ?? at)
            .Complain(
                allowed.Length == 0 ? $"'{quantity}' is not a quantity" : $"'{symbol}' is not a unit of {quantity}; allowed: {allowed}");
        return null;
    }

    static PhysicsSignal? ReadSignal(YamlCursor at, string id, IReadOnlyDictionary<string, Sensor> sensors, Axis? axis)
    {
        var position = at.Get("at", required: false) is { } positionAt ? ReadPosition(positionAt, axis) : null;
        Interval? over = null;
        if (at.Get("over", required: false) is { } overAt)
        {
            var (start, end) = overAt.Pair() is { } pair ? (ReadPosition(pair.First, axis), ReadPosition(pair.Second, axis)) : default;
            if (end <= start) overAt.Complain($"must end after its start, {start} m, not at {end} m");
            if (position is not null) overAt.Complain("is not possible together with 'at'");
            if (start is { } first && end is { } last) over = new(first, last);
        }
        var name = at.Text("name", id.Replace('-', ' '));
        var from = at.Text("from");
        var symbol = at.Text("unit");
        ushort? sensor = null;
        if (at.Get("sensor", required: false) is { } sensorAt && sensorAt.Scalar() is { } sensorId)
        {
            if (!sensors.TryGetValue(sensorId, out var found))
                sensorAt.Complain($"names the sensor '{sensorId}', which does not exist; known: {string.Join(", ", sensors.Keys)}");
            else sensor = found.Number;
        }
        if (sensors.TryGetValue(id, out var namesake) && namesake.Number != sensor)
            at.ComplainOf("id", $"is the id of a sensor, which does not measure this signal; add 'sensor: {id}' or choose another id");
        // The quantity is that of the output, which is known only after compilation.
        return from.Length == 0 || symbol.Length == 0 ? null : new(id, name, new Unit(symbol, "", 1), from, false, sensor)
        {
            At = position,
            Over = over,
        };
    }

    static double? ReadPosition(YamlCursor at, Axis? axis)
    {
        if (ReadQuantity(at, "length") is not { } given || axis is null) return null;
        at.Close();
        var position = given.Unit.ConvertTo(Unit.OfCalculation("length"), given.Value);
        if (position >= 0 && position <= axis.Length) return position;
        at.Complain($"must lie on the axis, from 0 to {axis.Length} m, not at {position} m");
        return null;
    }

    static string Known(YamlCursor at, string key, HashSet<string> known)
    {
        var id = at.Text(key);
        if (id.Length > 0 && !known.Contains(id))
            at.ComplainOf(key, $"names '{id}', which does not exist; known: {string.Join(", ", known)}");
        return id;
    }

    static T Closed<T>(YamlCursor cursor, T value)
    {
        cursor.Close();
        return value;
    }
}
