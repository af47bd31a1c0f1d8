using TwinModel.Assets;

namespace Ingest.Payloads;

/// <summary>What is known of an edge node since its birth. Kept by the caller per group and node; not for two threads at a time.</summary>
sealed class SparkplugNode
{
    // Asking at every message would drown a node that is slow to answer.
    const long MicrosBetweenRebirths = 10_000_000;
    const int Sequences = 256;

    readonly Dictionary<string, SparkplugDevice> devices = [];
    (ulong? BirthNumber, ulong? Timestamp)? birth;
    int sequence = -1;
    long? askedAt;

    /// <summary>Devices that were born and did not die.</summary>
    public IEnumerable<string> Devices => devices.Keys;

    /// <summary>The node came to life: whatever was known is void.</summary>
    public void Bear(ulong? birthNumber, ulong? timestamp, ulong sequence)
    {
        // The same birth once more must not make the aliases of devices unknown.
        if (timestamp is not null && birth == (birthNumber, timestamp)) return;
        Forget();
        birth = (birthNumber, timestamp);
        this.sequence = (int)(sequence % Sequences);
        askedAt = null;
    }

    /// <summary>
    /// Notes a sequence number. A repeated message is no gap, and there is nothing to compare with before the first message.
    /// </summary>
    /// <returns>False when messages are missing before this one.</returns>
    public bool Follows(ulong next)
    {
        var previous = sequence;
        sequence = (int)(next % Sequences);
        return previous < 0 || sequence == previous || sequence == (previous + 1) % Sequences;
    }

    /// <summary>Whether a death belongs to the birth that is known; a late one of a former session does not.</summary>
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

    /// <summary>Whether to ask for a rebirth now.</summary>
    public bool AskForRebirth(long nowMicros)
    {
        if (nowMicros - askedAt < MicrosBetweenRebirths) return false;
        askedAt = nowMicros;
        return true;
    }
}

/// <summary>The metrics that a birth declared.</summary>
sealed class SparkplugDevice(SensorNames names)
{
    readonly Dictionary<ulong, SparkplugMetric> byAlias = [];
    readonly Dictionary<string, SparkplugMetric> byName = [];
    readonly HashSet<ulong> ambiguous = [];
    SensorNames names = names;

    /// <returns>False when another metric has the alias: what comes by it later could be of either.</returns>
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

    /// <summary>The asset may have got a new model since the birth.</summary>
    public void Use(SensorNames current)
    {
        if (ReferenceEquals(names, current)) return;
        names = current;
        foreach (var metric in byName.Values) metric.Sensor = current.Find(metric.Name);
    }
}

/// <summary>A declared metric.</summary>
sealed class SparkplugMetric(string name, uint datatype, Sensor? sensor, string? unit = null)
{
    public string Name => name;

    public uint Datatype => datatype;

    /// <summary>The property <c>engUnit</c> of the birth; null for the sensor's own unit.</summary>
    public string? Unit => unit;

    /// <summary>Null when the metric is none of the asset's sensors.</summary>
    public Sensor? Sensor { get; set; } = sensor;
}
