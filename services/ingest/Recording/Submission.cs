using System.Text;
using System.Text.Json;
using Contracts.Events;
using ServiceDefaults;
using TwinModel.Telemetry;
using TwinModel.Twins;

namespace Ingest.Recording;

/// <summary>Outcome of a submission's readings; the numbers add up to those submitted.</summary>
/// <param name="Stored">New to the log.</param>
/// <param name="Duplicates">Already in the log.</param>
/// <param name="Rejected">Logged as rejected.</param>
/// <param name="Position">Log position at which all of it is visible; 0 if no readings were appended.</param>
/// <param name="Reasons">Why a replay was rejected again.</param>
readonly record struct Outcome(int Stored, int Duplicates, int Rejected, long Position, IReadOnlyList<RejectionReason>? Reasons = null);

/// <summary>Readings of one payload, and the rejection of the others, on their way into the log.</summary>
/// <param name="AssetId">The asset, or <c>unknown</c>.</param>
/// <param name="Asset">Null if the asset is unknown.</param>
/// <param name="Readings">Validated readings.</param>
/// <param name="Rejection">The rejected part of the payload, or null.</param>
/// <param name="Payload">Source and raw bytes, stored if a reading turns out to contradict the log.</param>
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
    /// When the message arrived, which is the sample time of readings without one, also when replayed. Null if all readings have their own.
    /// </summary>
    public DateTimeOffset? ReceivedAt { get; init; }

    /// <summary>What the message calls its sender; null if it does not, and for imports.</summary>
    public string? Client { get; init; }

    /// <summary>Where its readings come from.</summary>
    public MessageOrigin Origin => new(Payload.Source, Client, ReceivedAt);

    /// <summary>Who had it recorded; null if a device sent it.</summary>
    public Caller? Caller { get; init; }

    /// <summary>True for a payload that is already in the log as rejected.</summary>
    public bool IsReplay { get; init; }

    /// <summary>True for a submission created by <see cref="SetAside"/>.</summary>
    public bool IsSetAside { get; private init; }

    /// <summary>
    /// Turns a submission that the log permanently refuses into a rejection only: no readings, no trace, the raw bytes and the reason. If
    /// that is refused too, the cause may be the asset's name, which names the stream: the second time it is stored without an asset.
    /// </summary>
    public Submission SetAside(string reason, DateTimeOffset now)
    {
        var owner = IsSetAside ? Rejections.UnknownAsset : AssetId;
        var payload = Payload.Bytes.IsEmpty && Asset is not null && Readings.Count > 0 ? Payload.Rewritten(Asset, Readings) : Payload;
        var refused = Readings.Count + (Rejection?.Readings ?? 0);
        var rejection = Rejections.Of(
            owner, payload.Source, payload.Bytes, refused, [new("cannot-be-stored", $"The log refused it: {reason}")], ReceivedAt ?? now);
        return this with
        {
            AssetId = owner,
            Asset = owner == AssetId ? Asset : null,
            Readings = [],
            Rejection = rejection,
            Payload = payload,
            TraceParent = null,
            Client = null,
            IsSetAside = true,
        };
    }
}

/// <summary>Takes submissions on their way into the log.</summary>
interface IRecorder
{
    /// <summary>Queues a submission; waits while the log is slow.</summary>
    ValueTask Submit(Submission submission, CancellationToken cancel);
}

static class Recorders
{
    /// <summary>Queues a submission and waits for its commit.</summary>
    public static async Task<Outcome> Record(
        this IRecorder recorder, RegisteredAsset asset, IReadOnlyList<Reading> readings, ReadingsRejected? rejection, Payload payload,
        string? traceParent, CancellationToken cancel, bool isReplay = false, Caller? caller = null)
    {
        var completion = new TaskCompletionSource<Outcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        await recorder.Submit(
            new(asset.Id, asset, readings, rejection, payload, traceParent, completion.SetResult) { IsReplay = isReplay, Caller = caller },
            cancel);
        return await completion.Task.WaitAsync(cancel);
    }
}

/// <summary>A payload as received; readings submitted in bulk have no bytes.</summary>
/// <param name="Source">MQTT topic or import source.</param>
/// <param name="Bytes">The raw bytes.</param>
readonly record struct Payload(string Source, ReadOnlyMemory<byte> Bytes)
{
    const string ImportPrefix = "import:";

    /// <summary>
    /// The source of a rejected row: <c>import:{format}:{asset}[?{settings}]</c>. A row of a repeated import yields the same rejection; the
    /// settings are those needed to read the row again.
    /// </summary>
    public static string ImportSource(string format, string assetId, string settings = "") =>
        $"{ImportPrefix}{format}:{assetId}{(settings.Length > 0 ? "?" : "")}{settings}";

    /// <summary>True for the source of an import.</summary>
    public static bool IsImport(string source) => source.StartsWith(ImportPrefix, StringComparison.Ordinal);

    /// <summary>Readings of an import, serialised so that they can be read again.</summary>
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
