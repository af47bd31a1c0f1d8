using System.Collections.Frozen;
using TwinModel.Assets;

namespace Ingest.Payloads;

/// <summary>Sensors by the names that a connection or an import uses for them, and by their ids.</summary>
sealed class SensorNames
{
    const int MostNamesShown = 40;

    readonly FrozenDictionary<string, Sensor>.AlternateLookup<ReadOnlySpan<char>> sensors;
    readonly Lazy<string> allowed;

    public SensorNames(AssetModel model, IReadOnlyDictionary<string, string> names)
    {
        Model = model;
        var byName = model.Sensors.ToDictionary(s => s.Id);
        foreach (var (name, id) in names)
            if (model.Sensor(id) is { } sensor) byName[name] = sensor;
        sensors = byName.ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        allowed = new(() => string.Join(", ", names.Keys.Concat(model.Sensors.Select(s => s.Id)).Distinct().Take(MostNamesShown)) + (byName.Count > MostNamesShown ? ", …" : ""));
    }

    public AssetModel Model { get; }

    /// <summary>For the reason of a rejection.</summary>
    public string Allowed => allowed.Value;

    public Sensor? Find(ReadOnlySpan<char> name) => sensors.TryGetValue(name, out var sensor) ? sensor : null;
}
