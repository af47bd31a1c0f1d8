using Contracts.Messages;
using ServiceDefaults;

namespace TwinState.Twins;

/// <summary>
/// The one owner of an asset's twin, on one replica of the cluster; the key is the asset's id. Two owners for a moment cost work, never
/// truth: every write names the version that it follows.
/// </summary>
interface ITwinGrain : IGrainWithStringKey
{
    /// <summary>Takes news; ends when it is folded in or known to be old, or waits behind longer work on the twin.</summary>
    Task Take([Immutable] AnnouncedBatch[] news);

    /// <summary>Loads the twin if it is not in memory.</summary>
    Task Wake();

    /// <summary>The asset's node or device said goodbye: its values are stale.</summary>
    Task GoOffline(DateTimeOffset at);

    /// <summary>Acknowledges an alarm; answers why a rule forbids it, or null.</summary>
    Task<string?> Acknowledge(string alarmId, string by, string? comment, Caller caller);

    /// <summary>Shelves, comments or assigns an alarm; answers why a rule forbids it, or null.</summary>
    Task<string?> HandleAlarm(
        string alarmId, string action, string by, string? text, DateTimeOffset? until, string? assignedTo, Caller caller);

    /// <summary>Stores a maintenance record; answers why a rule forbids it, or null.</summary>
    [ResponseTimeout("01:00:00")]
    Task<string?> RecordMaintenance(string component, string kind, DateTimeOffset at, string by, string? comment, Caller caller);

    /// <summary>What the twin is, to compare it with the log; null when it is not in memory or waits for something.</summary>
    Task<TwinClaim?> Claim();

    /// <summary>Rebuilds the twin from the log.</summary>
    [ResponseTimeout("01:00:00")]
    Task Rebuild(Caller caller);

    /// <summary>The same as a part of a rebuild of several twins; null when there is no such asset, or no model that can be read.</summary>
    [ResponseTimeout("01:00:00")]
    Task<RebuildOutcome?> RebuildFor(string rebuildId, Caller caller);
}

/// <summary>What a rebuilt twin was compared with, and the result.</summary>
/// <param name="LiveHash">Hash of the live twin.</param>
/// <param name="RebuiltHash">Hash of the rebuilt one.</param>
/// <param name="HealthDiffers">The condition of its parts is another one.</param>
[GenerateSerializer, Immutable]
readonly record struct RebuildOutcome(string LiveHash, string RebuiltHash, bool HealthDiffers);

/// <summary>A fault that may pass keeps a twin from its work; send it again.</summary>
[GenerateSerializer]
sealed class TwinUnavailableException(string message) : OrleansException(message);

/// <summary>How the caller of a command travels between replicas.</summary>
[GenerateSerializer, Immutable]
readonly record struct CallerOnWire(string? Actor, string? Reason);

[RegisterConverter]
sealed class CallerConverter : IConverter<Caller, CallerOnWire>
{
    public Caller ConvertFromSurrogate(in CallerOnWire w) => new(w.Actor, w.Reason);

    public CallerOnWire ConvertToSurrogate(in Caller c) => new(c.Actor, c.Reason);
}

/// <summary>How news travels between replicas.</summary>
[GenerateSerializer, Immutable]
readonly record struct AnnouncedBatchOnWire(
    string AssetId, string Stream, long Version, long Position, DateTimeOffset RecordedAt, byte[]? Batch, string? TraceParent);

[RegisterConverter]
sealed class AnnouncedBatchConverter : IConverter<AnnouncedBatch, AnnouncedBatchOnWire>
{
    public AnnouncedBatch ConvertFromSurrogate(in AnnouncedBatchOnWire w) =>
        new(w.AssetId, w.Stream, w.Version, w.Position, w.RecordedAt, w.Batch, w.TraceParent);

    public AnnouncedBatchOnWire ConvertToSurrogate(in AnnouncedBatch b) =>
        new(b.AssetId, b.Stream, b.Version, b.Position, b.RecordedAt, b.Batch, b.TraceParent);
}
