using System.Text;
using System.Text.Json;
using Contracts.Events;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Ingest.Recording;

/// <summary>What became of the readings of a submission; the numbers add up to those submitted.</summary>
/// <param name="Stored">New in the log.</param>
/// <param name="Duplicates">Already there.</param>
/// <param name="Rejected">In the log as rejected.</param>
/// <param name="Position">Log position after which all of it is visible; 0 when nothing new was written.</param>
readonly record struct Outcome(int Stored, int Duplicates, int Rejected, long Position);

/// <summary>Readings (and what was wrong with others) of one payload, on their way into the log.</summary>
/// <param name="AssetId">The asset, or <c>unknown</c>.</param>
/// <param name="Asset">Null when the asset is unknown.</param>
/// <param name="Readings">Validated readings.</param>
/// <param name="Rejection">What could not be accepted, or null.</param>
/// <param name="Payload">Where the readings come from and the bytes, kept if one turns out to contradict the log.</param>
/// <param name="TraceParent">W3C trace context of the payload, or null.</param>
/// <param name="Completed">Called once after the commit.</param>
sealed record Submission(
    string AssetId,
    RegisteredAsset? Asset,
    IReadOnlyList<Reading> Readings,
    ReadingsRejected? Rejection,
    Payload Payload,
    string? TraceParent,
    Action<Outcome> Completed);

/// <summary>A payload as it was received; without bytes where readings come in bulk.</summary>
/// <param name="Source">MQTT topic, or that of an import.</param>
/// <param name="Bytes">The raw bytes.</param>
readonly record struct Payload(string Source, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Readings of an import written down so that they can be read again.</summary>
    public static Payload Rewritten(RegisteredAsset asset, IEnumerable<Reading> readings)
    {
        var lines = readings.Select(r => JsonSerializer.Serialize(new { time = Micros.ToTime(r.SampledAt), sensor = asset.Model.Sensor(r.Sensor)!.Id, value = r.Value }));
        return new(Imports.ImportFormats.Source("ndjson", asset.Id), Encoding.UTF8.GetBytes(string.Join('\n', lines)));
    }
}
