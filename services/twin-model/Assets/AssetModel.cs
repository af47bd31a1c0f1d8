using System.Collections.Frozen;
using TwinModel.Signals;
using TwinModel.Units;

namespace TwinModel.Assets;

/// <summary>
/// The components, sensors and limits of an asset type: the content of one <c>*.asset.yaml</c> file, validated and indexed.
/// Each asset type has its own file.
/// </summary>
/// <param name="Id">kebab-case identity of the type.</param>
/// <param name="Name">Display name.</param>
/// <param name="Version">Increases with every change of the file.</param>
/// <param name="Description">Human-readable description.</param>
/// <param name="Components">Parts of the asset.</param>
/// <param name="Relationships">How parts relate.</param>
/// <param name="Sensors">The sensors, ordered by number.</param>
/// <param name="Limits">Alarm limits.</param>
/// <param name="Connections">MQTT topics and payloads that carry the readings.</param>
/// <param name="Csv">How to read the asset's CSV recordings; null when the columns are sensor ids and the time column is
/// <c>time</c>.</param>
/// <param name="FlushWindow">How long ingest may collect readings into one event; null for its own setting. Longer windows need less
/// disk space.</param>
/// <param name="Physics">Physics of the asset; null when the file does not describe it.</param>
/// <param name="Source">The YAML text the model was read from; it is stored with the asset's registration.</param>
/// <param name="Hash">SHA-256 of <paramref name="Source"/>, hexadecimal.</param>
public sealed record AssetModel(
    string Id,
    string Name,
    int Version,
    string Description,
    IReadOnlyList<Component> Components,
    IReadOnlyList<Relationship> Relationships,
    IReadOnlyList<Sensor> Sensors,
    IReadOnlyList<Limit> Limits,
    IReadOnlyList<Connection> Connections,
    CsvMapping? Csv,
    TimeSpan? FlushWindow,
    Physics.PhysicsModel? Physics,
    string Source,
    string Hash)
{
    readonly FrozenDictionary<string, Sensor> sensorsById = Sensors.ToFrozenDictionary(s => s.Id);
    readonly FrozenDictionary<ushort, Sensor> sensorsByNumber = Sensors.ToFrozenDictionary(s => s.Number);
    readonly FrozenDictionary<ushort, Limit[]> limitsBySensor = Limits.Where(l => l.Signal is null).GroupBy(l => l.Sensor)
        .ToFrozenDictionary(g => g.Key, g => g.ToArray());

    /// <summary>The kinds of assets, for messages.</summary>
    public const string Kinds = "machine, place";

    /// <summary>True for a place, such as a hall, that has no sensors of its own and holds machines.</summary>
    public bool IsPlace { get; init; }

    /// <summary>machine or place.</summary>
    public string Kind => KindName(IsPlace);

    /// <summary>Name of a kind.</summary>
    public static string KindName(bool isPlace) => isPlace ? "place" : "machine";

    /// <summary>Types of relationships that may go out from assets of this model.</summary>
    public IReadOnlyList<RelationshipType> RelationshipTypes { get; init; } = [];

    /// <summary>Vibration waveforms that are reduced to readings of sensors; empty when there are none.</summary>
    public IReadOnlyList<Waveform> Waveforms { get; init; } = [];

    /// <summary>Wearing parts and their indicators, one entry per component; empty when the file describes none.</summary>
    public IReadOnlyList<Degradation> Degradations { get; init; } = [];

    /// <summary>How sensors correct the physics; null when they do not.</summary>
    public EstimationSettings? Estimation { get; init; }

    /// <summary>Signals that are calculated from sensors and signals; a later one may use an earlier one.</summary>
    public IReadOnlyList<CalculatedSignal> Calculated { get; init; } = [];

    /// <summary>True when there is something to tell of the asset beside its readings: corrected physics or calculated signals.</summary>
    public bool HasEstimate => Estimation is not null || Calculated.Count > 0;

    /// <summary>Length of a tick of the estimate and of calculated signals.</summary>
    public TimeSpan Tick => (Estimation ?? EstimationSettings.WithoutPhysics).Tick;

    /// <summary>Signals with one number that an estimate holds: those of the physics, if sensors correct it, then the calculated
    /// ones.</summary>
    public IReadOnlyList<SignalSpec> EstimatedSignals => [
        .. (Estimation is null ? [] : Physics!.Signals).Where(s => !s.IsProfile).Select(s => new SignalSpec(s.Id, s.Name, s.Unit)),
        .. Calculated.Select(c => new SignalSpec(c.Id, c.Name, c.Unit)),
    ];

    /// <summary>SHA-256 of the learned parameters that take the place of those in the file; null: it is as in the file.</summary>
    public string? CalibrationHash { get; init; }

    /// <summary>The sensor with this id, or null.</summary>
    public Sensor? Sensor(string id) => sensorsById.GetValueOrDefault(id);

    /// <summary>The sensor with this number, or null.</summary>
    public Sensor? Sensor(ushort number) => sensorsByNumber.GetValueOrDefault(number);

    // One array, shared by all twins of the model.
    internal Limit[] LimitsOf(ushort sensor) => limitsBySensor.GetValueOrDefault(sensor) ?? [];
}

/// <summary>A signal of an estimate.</summary>
/// <param name="Id">kebab-case.</param>
/// <param name="Name">Display name.</param>
/// <param name="Unit">Unit of its values.</param>
public sealed record SignalSpec(string Id, string Name, Unit Unit);

/// <summary>A part of an asset, e.g. a barrel zone.</summary>
/// <param name="Id">Component id.</param>
/// <param name="Kind">Kind of the component, e.g. extruder.</param>
/// <param name="Name">Display name.</param>
public sealed record Component(string Id, string Kind, string Name);

/// <summary>A relationship between two components: part-of, drives, feeds or measures.</summary>
/// <param name="Type">Kind of the relation, e.g. part-of.</param>
/// <param name="From">Component id.</param>
/// <param name="To">Component id.</param>
public sealed record Relationship(string Type, string From, string To);

/// <summary>A measured quantity.</summary>
/// <param name="Id">kebab-case, unique in the model.</param>
/// <param name="Number">1 to 65535; identifies the sensor in the event log, never reused.</param>
/// <param name="Name">Display name.</param>
/// <param name="Component">The component it measures.</param>
/// <param name="Unit">Unit of its values, ranges and noise.</param>
/// <param name="Physical">Values outside are impossible, and the reading is rejected.</param>
/// <param name="Plausible">Readings outside are stored as uncertain.</param>
/// <param name="Interval">Expected time between readings.</param>
/// <param name="MissingAfter">After this long without a reading the missing-data alarm is raised and the value is stale.</param>
/// <param name="Noise">Standard deviation of a reading.</param>
public sealed record Sensor(
    string Id,
    ushort Number,
    string Name,
    string Component,
    Unit Unit,
    Interval Physical,
    Interval Plausible,
    TimeSpan Interval,
    TimeSpan MissingAfter,
    double Noise);


/// <summary>Severity of a violated limit.</summary>
public enum Severity
{
    Unspecified = 0,
    Warning = 1,
    Alarm = 2,
    Critical = 3,
}

/// <summary>
/// A limit with hysteresis and delays: raised when the value is beyond <paramref name="Threshold"/> for <paramref name="OnDelay"/>, cleared
/// when it is back at or inside <paramref name="Clear"/> for <paramref name="OffDelay"/>.
/// </summary>
/// <param name="Id">kebab-case, unique in the model.</param>
/// <param name="Sensor">Number of the limited sensor; 0 for a limit on a signal.</param>
/// <param name="IsAbove">True: violated above the threshold; false: violated below.</param>
/// <param name="Threshold">In the unit of the sensor or signal.</param>
/// <param name="Clear">In the same unit, on the healthy side of the threshold.</param>
/// <param name="Severity">Severity of a violation.</param>
/// <param name="OnDelay">Delay before the alarm is raised, in sample time, not wall time.</param>
/// <param name="OffDelay">Delay before the alarm is cleared, in sample time, not wall time.</param>
/// <param name="Message">The cause, in words.</param>
public sealed record Limit(
    string Id,
    ushort Sensor,
    bool IsAbove,
    double Threshold,
    double Clear,
    Severity Severity,
    TimeSpan OnDelay,
    TimeSpan OffDelay,
    string Message)
{
    /// <summary>Id of the limited signal, one of <see cref="AssetModel.EstimatedSignals"/>; null for a limit on a sensor. Its mean decides,
    /// tick by tick.</summary>
    public string? Signal { get; init; }

    /// <summary>What a violation means and what follows from it, in a sentence; null if the model does not say.</summary>
    public string? Consequence { get; init; }
}

/// <summary>Payload formats of MQTT messages.</summary>
public enum PayloadFormat
{
    SenmlJson,
    SparkplugB,
    Plain,
}

/// <summary>Where an asset's readings come from.</summary>
/// <param name="Topic">Topic levels with placeholders <c>{asset}</c>, <c>{sensor}</c>, and for Sparkplug <c>{message}</c>,
/// <c>{node}</c>.</param>
/// <param name="Payload">Format of the payload.</param>
/// <param name="Names">Maps names in the payload to ids of sensors and, in SenML, waveforms; an unlisted name must itself be an id.</param>
public sealed record Connection(string Topic, PayloadFormat Payload, IReadOnlyDictionary<string, string> Names);
