using System.Text;
using System.Text.Json;
using Contracts.Events;
using ServiceDefaults;
using TwinModel.Telemetry;
using TwinModel.Twins;

namespace Ingest.Recording;

/// <summary>What became of the readings of a submission; the numbers add up to those submitted.</summary>
/// <param name="Stored">New in the log.</param>
/// <param name="Duplicates">Already there.</param>
/// <param name="Rejected">In the log as rejected.</param>
/// <param name="Position">Log position after which all of it is visible; 0 when nothing new was written.</param>
/// <param name="Reasons">Why a replay is refused again.</param>
readonly record struct Outcome(int Stored, int Duplicates, int Rejected, long Position, IReadOnlyList<RejectionReason>? Reasons = null);

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
    Action<Outcome> Completed)
{
    /// <summary>
    /// When a message came: the sample time of readings without one, also when it is replayed. Null for what has all its times.
    /// </summary>
    public DateTimeOffset? ReceivedAt { get; init; }

    /// <summary>True for a payload that lies in the log as rejected already.</summary>
    public bool IsReplay { get; init; }

    /// <summary>True for what <see cref="SetAside"/> made.</summary>
    public bool IsSetAside { get; private init; }

    /// <summary>
    /// The same as a rejection only, because the log refuses it for good: no readings, no trace, the raw bytes, and why. When even that is
    /// refused it may be for the asset's name, which is that of the stream: the second time it is kept without an asset.
    /// </summary>
    public Submission SetAside(string reason, DateTimeOffset now)
    {
        var owner = IsSetAside ? Rejections.UnknownAsset : AssetId;
        var payload = Payload.Bytes.IsEmpty && Asset is not null && Readings.Count > 0 ? Payload.Rewritten(Asset, Readings) : Payload;
        var refused = Readings.Count + (Rejection?.Readings ?? 0);
        var rejection = Rejections.Of(
            owner, payload.Source, payload.Bytes, refused, [new("cannot-be-stored", $"The log refuses it: {reason}")], ReceivedAt ?? now);
        return this with
        {
            AssetId = owner,
            Asset = owner == AssetId ? Asset : null,
            Readings = [],
            Rejection = rejection,
            Payload = payload,
            TraceParent = null,
            IsSetAside = true,
        };
    }
}

/// <summary>A payload as it was received; without bytes where readings come in bulk.</summary>
/// <param name="Source">MQTT topic, or that of an import.</param>
/// <param name="Bytes">The raw bytes.</param>
readonly record struct Payload(string Source, ReadOnlyMemory<byte> Bytes)
{
    const string ImportPrefix = "import:";

    /// <summary>
    /// The source of a rejected row: <c>import:{format}:{asset}[?{settings}]</c>. The same row of a repeated import is the same
    /// rejection; the settings are those it has to be read with again.
    /// </summary>
    public static string ImportSource(string format, string assetId, string settings = "") =>
        $"{ImportPrefix}{format}:{assetId}{(settings.Length > 0 ? "?" : "")}{settings}";

    /// <summary>True for the source of an import.</summary>
    public static bool IsImport(string source) => source.StartsWith(ImportPrefix, StringComparison.Ordinal);

    /// <summary>Readings of an import written down so that they can be read again.</summary>
    public static Payload Rewritten(RegisteredAsset asset, IEnumerable<Reading> readings)
    {
        var lines = readings.Select(r => JsonSerializer.Serialize(
            new
            {
                time = Micros.ToTime(r.SampledAt),
                sensor = asset.Model.Sensor(r.Sensor)!.Id,
                value = r.ValueOrNull,
                quality = ViewTwin.Name(r.Quality),
            }));
        return new(ImportSource("ndjson", asset.Id), Encoding.UTF8.GetBytes(string.Join('\n', lines)));
    }
}
