using System.Collections.Frozen;
using TwinModel.Assets;

namespace Ingest.Payloads;

/// <summary>Finds sensors and waveforms by id or by the name that a connection or import uses.</summary>
sealed class SensorNames
{
    const int MostNamesShown = 40;

    readonly FrozenDictionary<string, Sensor>.AlternateLookup<ReadOnlySpan<char>> sensors;
    readonly FrozenDictionary<string, Waveform>.AlternateLookup<ReadOnlySpan<char>> waveforms;
    readonly Lazy<string> allowed;

    public SensorNames(AssetModel model, IReadOnlyDictionary<string, string> names)
    {
        Model = model;
        var byName = model.Sensors.ToDictionary(s => s.Id);
        var waveformByName = model.Waveforms.ToDictionary(w => w.Id);
        foreach (var (name, id) in names)
        {
            if (model.Sensor(id) is { } sensor) byName[name] = sensor;
            else if (model.Waveforms.FirstOrDefault(w => w.Id == id) is { } waveform) waveformByName[name] = waveform;
        }
        sensors = byName.ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        waveforms = waveformByName.ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        allowed = new(() => string.Join(", ", names.Keys.Concat(model.Sensors.Select(s => s.Id)).Distinct().Take(MostNamesShown)) + (
            byName.Count > MostNamesShown ? ", …" : ""));
    }

    public AssetModel Model { get; }

    /// <summary>Names to list in the reason of a rejection.</summary>
    public string Allowed => allowed.Value;

    /// <summary>The same, including waveforms.</summary>
    public string AllowedWithWaveforms => string.Join(", ", Model.Waveforms.Select(w => w.Id).Prepend(Allowed));

    public Sensor? Find(ReadOnlySpan<char> name) => sensors.TryGetValue(name, out var sensor) ? sensor : null;

    public Waveform? FindWaveform(ReadOnlySpan<char> name) => waveforms.TryGetValue(name, out var waveform) ? waveform : null;
}
