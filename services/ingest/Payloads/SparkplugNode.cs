using TwinModel.Assets;

namespace Ingest.Payloads;

/// <summary>State of an edge node since its birth. The caller keeps one per group and node; not thread-safe.</summary>
sealed class SparkplugNode
{
    // A request on every message would overwhelm a node that is slow to answer.
    const long MicrosBetweenRebirths = 10_000_000;
    const int Sequences = 256;

    readonly Dictionary<string, SparkplugDevice> devices = [];
    (ulong? BirthNumber, ulong? Timestamp)? birth;
    int sequence = -1;
    long? askedAt;

    /// <summary>Devices that were born and have not died.</summary>
    public IEnumerable<string> Devices => devices.Keys;

    /// <summary>Records a birth of the node, which invalidates everything known before.</summary>
    public void Bear(ulong? birthNumber, ulong? timestamp, ulong sequence)
    {
        // A repetition of the same birth must not invalidate the aliases of devices.
        if (timestamp is not null && birth == (birthNumber, timestamp)) return;
        Forget();
        birth = (birthNumber, timestamp);
        this.sequence = (int)(sequence % Sequences);
        askedAt = null;
    }

    /// <summary>
    /// Records a sequence number. A repeated message is not a gap, and the first message has nothing to compare with.
    /// </summary>
    /// <returns>False if messages are missing before this one.</returns>
    public bool Follows(ulong next)
    {
        var previous = sequence;
        sequence = (int)(next % Sequences);
        return previous < 0 || sequence == previous || sequence == (previous + 1) % Sequences;
    }

    /// <summary>Whether a death belongs to the current birth; a late one from an earlier session does not.</summary>
    public bool DiesBy(ulong? birthNumber) => birth is null || birth.Value.BirthNumber == birthNumber;

    public void Forget()
    {
        devices.Clear();
        birth = null;
        sequence = -1;
    }

    public SparkplugDevice? Device(string id) => devices.GetValueOrDefault(id);

    public void Bear(string id, SparkplugDevice device) => devices[id] = device;

    public bool Forget(string id) => devices.Remove(id);

    /// <summary>Whether to request a rebirth now; at most one every 10 s.</summary>
    public bool AskForRebirth(long nowMicros)
    {
        if (nowMicros - askedAt < MicrosBetweenRebirths) return false;
        askedAt = nowMicros;
        return true;
    }
}

/// <summary>The metrics declared by a birth.</summary>
sealed class SparkplugDevice(SensorNames names)
{
    readonly Dictionary<ulong, SparkplugMetric> byAlias = [];
    readonly Dictionary<string, SparkplugMetric> byName = [];
    readonly HashSet<ulong> ambiguous = [];
    SensorNames names = names;

    /// <returns>False if another metric has the same alias: later data with that alias could belong to either.</returns>
    public bool Declare(ulong? alias, SparkplugMetric metric)
    {
        byName[metric.Name] = metric;
        if (alias is not { } number) return true;
        if (byAlias.TryAdd(number, metric) || byAlias[number].Name == metric.Name) return true;
        ambiguous.Add(number);
        return false;
    }

    public bool IsAmbiguous(ulong alias) => ambiguous.Contains(alias);

    public SparkplugMetric? ByAlias(ulong alias) => byAlias.GetValueOrDefault(alias);

    public SparkplugMetric? ByName(string name) => byName.GetValueOrDefault(name);

    /// <summary>Looks the sensors up again if the asset's model has changed since the birth.</summary>
    public void Use(SensorNames current)
    {
        if (ReferenceEquals(names, current)) return;
        names = current;
        foreach (var metric in byName.Values) metric.Sensor = current.Find(metric.Name);
    }
}

/// <summary>A metric declared by a birth.</summary>
sealed class SparkplugMetric(string name, uint datatype, Sensor? sensor, string? unit = null)
{
    public string Name => name;

    public uint Datatype => datatype;

    /// <summary>Property <c>engUnit</c> of the birth; null for the sensor's own unit.</summary>
    public string? Unit => unit;

    /// <summary>Null if the metric is not a sensor of the asset.</summary>
    public Sensor? Sensor { get; set; } = sensor;
}
