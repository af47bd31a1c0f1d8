using TwinModel.Physics;

namespace TwinModel.Assets;

/// <summary>Reads the section <c>estimation</c> of an asset model.</summary>
static class ReadEstimation
{
    const int FewestMembers = 10;
    const int MostMembers = 1000;
    const int MostCells = 2000;
    static readonly TimeSpan ShortestTick = TimeSpan.FromSeconds(1);
    static readonly TimeSpan LongestTick = TimeSpan.FromMinutes(10);

    public static EstimationSettings? From(YamlCursor at, PhysicsModel physics)
    {
        var tick = at.Span("tick", required: false) ?? TimeSpan.FromSeconds(10);
        if (tick < ShortestTick || tick > LongestTick) at.ComplainOf("tick", "must be from 1s to 10min");
        var block = at.Span("calibration-block", required: false) ?? LongestTick;
        if (block < 2 * tick || block > LongestTick)
            at.ComplainOf("calibration-block", "must be from two ticks to 10min");
        var cells = ReadAssetModel.Whole(at, "cells", 3, MostCells, 50);
        var ensemble = ReadAssetModel.Whole(at, "ensemble", FewestMembers, MostMembers, 50);
        var seed = ReadAssetModel.Whole(at, "seed", 0, int.MaxValue, 1);
        var inflation = at.Number("inflation", 0);
        if (inflation is < 0 or >= 1) at.ComplainOf("inflation", $"must be from 0 to below 1, not {inflation}");
        var compiled = Compiled(at, physics, cells);
        HashSet<string> taken = [];
        var parameters = at.List("parameters", atLeast: 1).Select(p => Closed(p, ReadParameter(p, physics, compiled, taken)))
            .OfType<WanderingParameter>().ToList();
        taken.Clear();
        var inputs = at.List("inputs", required: false).Select(i => Closed(i, ReadInput(i, physics, taken)))
            .OfType<WanderingInput>().ToList();
        taken.Clear();
        var sensors = at.List("sensors", atLeast: 1).Select(s => Closed(s, ReadSensor(s, physics, taken)))
            .OfType<CorrectingSensor>().ToList();
        var outside = sensors.Where(s => s.Actuator is null).Select(s => s.Signal).ToList();
        foreach (var sensor in at.List("sensors"))
        {
            if (sensor.Get("actuator", required: false) is { } actuator && !outside.Contains(sensor.Text("actuator")))
                actuator.Complain(
                    $"names '{sensor.Text("actuator")}', which is no signal of these sensors without an actuator of its own; such are: "
                        + string.Join(", ", outside));
        }
        at.Close();
        // With fewer, the spreads of what is learned cannot be independent of each other.
        var wandering = parameters.Count(p => p.DoublesIn is not null) + inputs.Count + sensors.Count(s => s.Bias is not null);
        if (ensemble < wandering + 2)
            (at.Get("ensemble", required: false) ?? at).Complain(
                $"must be at least {wandering + 2}: 2 more than there are parameters, inputs and biases; not {ensemble}");
        return new(tick, cells, ensemble, (ulong)seed, inflation, parameters, inputs, sensors) { CalibrationBlock = block };
    }

    static CompiledModel? Compiled(YamlCursor at, PhysicsModel physics, int cells)
    {
        try
        {
            return CompiledModels.Of(physics, cells, withEnergy: false);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or InvalidComponentException)
        {
            (at.Get("cells", required: false) ?? at).Complain($"does not fit the physics: {e.Message}");
            return null;
        }
    }

    static WanderingParameter? ReadParameter(YamlCursor at, PhysicsModel physics, CompiledModel? compiled, HashSet<string> taken)
    {
        var name = at.Text("parameter");
        var wanders = at.Get("doubles-in", required: false) is not null;
        var doublesIn = wanders ? Positive(at, "doubles-in") : null;
        var untilCalibrated = at.Get("until-calibrated", required: false)?.Flag() ?? false;
        if (untilCalibrated && !wanders) at.ComplainOf("until-calibrated", "is only for a parameter with 'doubles-in'");
        var deviation = at.Get("relative-deviation", required: false) is null ? double.NaN : at.Number("relative-deviation");
        if (name.Length == 0 || compiled is null) return null;
        var parts = name.Split('.');
        var number = compiled.Equations.Parameters.ToList().IndexOf(name);
        if (number < 0)
        {
            var own = compiled.Equations.Parameters.Where(p => p.StartsWith($"{parts[0]}.", StringComparison.Ordinal)).ToList();
            at.ComplainOf("parameter",
                $"names '{name}', which does not exist or decides the layout; known: "
                    + string.Join(", ", own.Count > 0 ? own : physics.Components.Select(c => $"{c.Id}.…")));
            return null;
        }
        if (!taken.Add(name)) at.ComplainOf("parameter", $"'{name}' is named twice");
        if (compiled.Parameters[number] <= 0)
            at.ComplainOf("parameter", $"'{name}' is {compiled.Parameters[number]}; only positive parameters can be learned");
        var known = physics.Components.First(c => c.Id == parts[0]).Parameters.GetValueOrDefault(parts[1])?.RelativeDeviation ?? 0;
        if (double.IsNaN(deviation)) deviation = known;
        if (deviation is > 0 and <= 1) return wanders && doublesIn is null ? null : new(name, deviation, doublesIn, untilCalibrated);
        (at.Get("relative-deviation", required: false) ?? at).Complain(deviation == 0 && known == 0
            ? $"needs 'relative-deviation' above 0, because the physics takes '{name}' as exact"
            : $"must be greater than 0 and at most 1, not {deviation}");
        return null;
    }

    static WanderingInput? ReadInput(YamlCursor at, PhysicsModel physics, HashSet<string> taken)
    {
        var id = at.Text("input");
        var (deviation, changesIn) = (Deviation(at), Positive(at, "changes-in"));
        if (id.Length == 0) return null;
        if (physics.Inputs.FirstOrDefault(i => i.Id == id) is not { } input)
        {
            var free = physics.Inputs.Where(i => i.Sensor is null).Select(i => i.Id);
            at.ComplainOf("input", $"names the input '{id}', which does not exist; inputs without a sensor: {string.Join(", ", free)}");
            return null;
        }
        if (input.Sensor is not null) at.ComplainOf("input", $"'{id}' has a sensor, whose readings are used");
        if (!taken.Add(id)) at.ComplainOf("input", $"'{id}' is named twice");
        return changesIn is { } time ? new(id, deviation, time) : null;
    }

    static CorrectingSensor? ReadSensor(YamlCursor at, PhysicsModel physics, HashSet<string> taken)
    {
        var id = at.Text("signal");
        var deviation = Deviation(at);
        double? discrepancy = at.Get("discrepancy", required: false) is null ? null : Deviation(at, "discrepancy");
        ChangeDiscrepancy? change = null;
        if (at.Get("change", required: false) is { } changeAt)
        {
            var share = changeAt.Number("share");
            if (share is < 0 or > 1) changeAt.ComplainOf("share", $"must be from 0 to 1, not {share}");
            change = new(share, Deviation(changeAt));
            changeAt.Close();
        }
        SensorBias? bias = null;
        if (at.Get("bias", required: false) is { } biasAt)
        {
            var (spread, time) = (Deviation(biasAt), Positive(biasAt, "changes-in"));
            biasAt.Close();
            if (time is { } changesIn) bias = new(spread, changesIn);
        }
        var actuator = at.Get("actuator", required: false) is null ? null : at.Text("actuator");
        if (id.Length == 0) return null;
        var possible = physics.Signals.Where(s => s.Sensor is not null && !s.IsProfile).Select(s => s.Id);
        if (physics.Signals.FirstOrDefault(s => s.Id == id) is not { } signal)
        {
            at.ComplainOf("signal",
                $"names the signal '{id}', which does not exist; signals with a sensor: {string.Join(", ", possible)}");
            return null;
        }
        if (signal.Sensor is null || signal.IsProfile)
            at.ComplainOf("signal", $"'{id}' has no sensor with a single value; signals that have one: {string.Join(", ", possible)}");
        if (!taken.Add(id)) at.ComplainOf("signal", $"'{id}' is named twice");
        return new(id, deviation, bias, actuator, discrepancy, change);
    }

    static double Deviation(YamlCursor at, string key = "deviation")
    {
        var value = at.Number(key);
        if (value <= 0) at.ComplainOf(key, $"must be greater than 0, not {value}");
        return value;
    }

    static TimeSpan? Positive(YamlCursor at, string key)
    {
        var span = at.Span(key);
        if (span == TimeSpan.Zero) at.ComplainOf(key, "must be longer than 0");
        return span;
    }

    static T Closed<T>(YamlCursor cursor, T value)
    {
        cursor.Close();
        return value;
    }
}
