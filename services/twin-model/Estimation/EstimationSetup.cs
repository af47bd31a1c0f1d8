using TwinModel.Assets;
using TwinModel.Physics;
using TwinModel.Signals;
using TwinModel.Telemetry;
using TwinModel.Twins;
using TwinModel.Units;

namespace TwinModel.Estimation;

/// <summary>Everything that the estimators of one asset model share. Immutable.</summary>
public sealed class EstimationSetup
{
    readonly short[] slots;

    /// <exception cref="ArgumentException">The model has neither a section <c>estimation</c> nor calculated signals.</exception>
    public EstimationSetup(AssetModel model)
    {
        if (!model.HasEstimate)
            throw new ArgumentException($"The model '{model.Id}' has no section 'estimation' and no calculated signals.", nameof(model));
        Model = model;
        Settings = model.Estimation ?? EstimationSettings.WithoutPhysics;
        Compiled = CompiledModels.Of(HasPhysics ? model.Physics! : PhysicsModel.Nothing, Settings.Cells, withEnergy: false);
        States = Compiled.Equations.Shape.States;
        TickMicros = Settings.Tick.Ticks / TimeSpan.TicksPerMicrosecond;
        List<Wanderer> wanderers = [
            .. Settings.Parameters.Where(p => p.DoublesIn is not null).Select(p => Wanderer.Of(p, Compiled)),
            .. Settings.Inputs.Select(i => Wanderer.Of(i, model.Physics!)),
        ];
        List<ObservedSignal> observed = [];
        foreach (var sensor in Settings.Sensors)
        {
            var place = Compiled.Signals.First(s => s.Signal.Id == sensor.Signal);
            if (sensor.Bias is not null) wanderers.Add(Wanderer.Of(sensor, place.Signal.Unit));
            observed.Add(new(sensor, place, model.Sensor(place.Signal.Sensor!.Value)!, sensor.Bias is null ? -1 : wanderers.Count - 1));
        }
        (Wanderers, Observed) = ([.. wanderers], [.. observed]);
        Learnable = [.. wanderers, .. Settings.Parameters.Where(p => p.DoublesIn is null).Select(p => Wanderer.Of(p, Compiled))];
        Inputs = [.. Compiled.Model.Inputs.Select((input, number) => (Input: input, Number: number)).Where(i => i.Input.Sensor is not null)
            .Select(i => new MeasuredInput(i.Input, i.Number, model.Sensor(i.Input.Sensor!.Value)!))];
        var parts = model.Calculated.SelectMany(c => c.Calculation.Parts()).ToList();
        Measured = [.. parts.OfType<Measured>().Select(m => m.Number).Distinct().Select(number => model.Sensor(number)!)];
        Windows = [.. parts.OfType<Window>()];
        Departures = [.. parts.OfType<Departure>().Distinct(ReferenceEqualityComparer.Instance).Cast<Departure>()];
        SignalLimits = [.. model.Limits.Where(l => l.Signal is not null)];
        var used = parts.OfType<Estimated>().Select(e => e.Id).Concat(SignalLimits.Select(l => l.Signal!)).ToHashSet();
        UsedSignals = [.. Compiled.Signals.Where(s => used.Contains(s.Signal.Id))];
        Sensors = [.. Observed.Select(o => o.Sensor).Concat(Inputs.Select(i => i.Sensor)).Concat(Measured).DistinctBy(s => s.Number)];
        slots = new short[model.Sensors.Max(s => s.Number) + 1];
        Array.Fill<short>(slots, -1);
        for (short i = 0; i < Sensors.Length; i++) slots[Sensors[i].Number] = i;
        FixedPointBits = [.. Sensors.Select(Rollup.FixedPointBits)];
    }

    /// <summary>The asset model.</summary>
    public AssetModel Model { get; }

    /// <summary>
    /// Estimators with equal fingerprints can read each other's state: hash of the asset model, the format, and hash of learned parameters.
    /// </summary>
    public string Fingerprint => $"{Model.Hash}.{Estimator.Format}{(Model.CalibrationHash is { } hash ? $".{hash}" : "")}";

    /// <summary>Its section <c>estimation</c>; defaults when it has none.</summary>
    public EstimationSettings Settings { get; }

    /// <summary>False: only signals are calculated.</summary>
    public bool HasPhysics => Model.Estimation is not null;

    /// <summary>The physics with the cells of the estimation; without states and signals when only signals are calculated.</summary>
    public CompiledModel Compiled { get; }

    /// <summary>Length of a tick, microseconds.</summary>
    public long TickMicros { get; }

    /// <summary>Number of physical states of a member.</summary>
    public int States { get; }

    internal Wanderer[] Wanderers { get; }

    /// <summary>The same, and the parameters that only calibrations learn.</summary>
    internal Wanderer[] Learnable { get; }

    internal ObservedSignal[] Observed { get; }

    internal MeasuredInput[] Inputs { get; }

    /// <summary>The sensors in calculated signals.</summary>
    internal Sensor[] Measured { get; }

    /// <summary>The windows in calculated signals.</summary>
    internal Window[] Windows { get; }

    /// <summary>The departures in calculated signals.</summary>
    internal Departure[] Departures { get; }

    /// <summary>The signals of the physics in calculated signals and limits.</summary>
    internal SignalPlace[] UsedSignals { get; }

    internal Limit[] SignalLimits { get; }

    internal int MeasuredNumber(ushort sensor) => Array.FindIndex(Measured, s => s.Number == sensor);

    internal int UsedSignalNumber(string id) => Array.FindIndex(UsedSignals, s => s.Signal.Id == id);

    /// <summary>All sensors that are used: observed, recording an input, or in a calculated signal.</summary>
    internal Sensor[] Sensors { get; }

    internal int[] FixedPointBits { get; }

    internal double TickSeconds => Settings.Tick.TotalSeconds;

    /// <summary>Number of the tick that contains a sample time; ticks are counted from 1970.</summary>
    public long TickOf(long sampledAt) => Floor(sampledAt, TickMicros);

    /// <summary>End of a tick.</summary>
    public DateTimeOffset EndOf(long tick) => Micros.ToTime((tick + 1) * TickMicros);

    /// <summary>Place of a sensor in <see cref="Sensors"/>; -1 when it is not used.</summary>
    internal int SlotOf(ushort sensor) => sensor < slots.Length ? slots[sensor] : -1;

    /// <summary>The inputs last heard, in units of calculation; those never heard (NaN) have their defaults.</summary>
    internal void Heard(ReadOnlySpan<double> held, Span<double> inputs)
    {
        for (var i = 0; i < inputs.Length; i++) inputs[i] = double.IsNaN(held[i]) ? Compiled.Inputs[i] : held[i];
    }

    /// <summary>Puts a member's parameters and inputs in their places, in units of calculation.</summary>
    internal void Fill(Ensemble members, int member, Span<double> parameters, Span<double> inputs)
    {
        for (var w = 0; w < Wanderers.Length; w++)
        {
            var (wanderer, value) = (Wanderers[w], members[States + w][member]);
            if (wanderer.Kind == WandererKind.Parameter) parameters[wanderer.Number] = Math.Exp(value);
            else if (wanderer.Kind == WandererKind.Input) inputs[wanderer.Number] = value;
        }
    }

    internal static long Floor(long value, long by) => (value - (value % by + by) % by) / by;
}

/// <summary>A signal that a sensor observes.</summary>
/// <param name="Correcting">The entry in the model.</param>
/// <param name="Place">The output that is observed.</param>
/// <param name="Sensor">The sensor.</param>
/// <param name="Bias">Number of the wanderer that is its bias; -1: none.</param>
sealed record ObservedSignal(CorrectingSensor Correcting, SignalPlace Place, Sensor Sensor, int Bias)
{
    public double Deviation => Correcting.Deviation;

    /// <summary>Converts a reading to the signal's unit.</summary>
    public double InSignalUnit(double reading) => Sensor.Unit.ConvertTo(Place.Signal.Unit, reading);
}

/// <summary>An input that a sensor records.</summary>
/// <param name="Input">The input.</param>
/// <param name="Number">Its number in the physics.</param>
/// <param name="Sensor">The sensor.</param>
sealed record MeasuredInput(PhysicsInput Input, int Number, Sensor Sensor)
{
    readonly Unit calculation = Unit.OfCalculation(Input.Unit.Quantity);

    /// <summary>Converts a reading to the unit of calculation, limited to the range of the input.</summary>
    public double InCalculation(double reading) =>
        Input.Unit.ConvertTo(calculation, Math.Clamp(Sensor.Unit.ConvertTo(Input.Unit, reading), Input.Range.Min, Input.Range.Max));
}
