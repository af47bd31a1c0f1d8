using System.Buffers.Binary;
using System.Text.Json;
using Contracts.Events;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Runtime.Services;
using Orleans.Services;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Ingest.Recording;

/// <summary>Records what other replicas received for the assets of this one.</summary>
interface IRecorderService : IGrainService
{
    /// <summary>
    /// The outcomes, in the order of the submissions, when all of them are committed; null for one whose asset this replica cannot read.
    /// </summary>
    [ResponseTimeout("00:01:00")]
    Task<OutcomeOnWire?[]> Record([Immutable] SubmissionOnWire[] submissions);
}

[Reentrant]
sealed class RecorderService(
    GrainId id, Silo silo, ILoggerFactory logs, RecordReadings recorder, AssetRegistry registry) : GrainService(id, silo, logs),
    IRecorderService
{
    public async Task<OutcomeOnWire?[]> Record(SubmissionOnWire[] submissions)
    {
        // The other replica may have seen a registration a moment before this one.
        if (submissions.Any(s => s.IsOfKnownAsset && registry.Find(s.AssetId) is null)) await registry.Refresh();
        List<Task<Outcome>?> outcomes = [];
        foreach (var submission in submissions)
        {
            var asset = submission.IsOfKnownAsset ? registry.Find(submission.AssetId) : null;
            if (submission.IsOfKnownAsset && asset is null)
            {
                outcomes.Add(null);
                continue;
            }
            var completion = new TaskCompletionSource<Outcome>(TaskCreationOptions.RunContinuationsAsynchronously);
            await recorder.Submit(submission.ToSubmission(asset, completion.SetResult), CancellationToken.None);
            outcomes.Add(completion.Task);
        }
        await Task.WhenAll(outcomes.OfType<Task<Outcome>>());
        return [.. outcomes.Select(o => o is null ? null : (OutcomeOnWire?)OutcomeOnWire.Of(o.Result))];
    }
}

/// <summary>Calls the recorder of another replica.</summary>
sealed class RecorderClient(IServiceProvider services) : GrainServiceClient<IRecorderService>(services)
{
    public Task<OutcomeOnWire?[]> Record(SiloAddress owner, SubmissionOnWire[] submissions) => GetGrainService(owner).Record(submissions);
}

/// <summary>How a submission travels between replicas. What is rare travels as JSON.</summary>
[GenerateSerializer, Immutable]
sealed record SubmissionOnWire(
    string AssetId, bool IsOfKnownAsset, byte[] Readings, string? Rejection, string Source, byte[] Payload, string? TraceParent,
    DateTimeOffset? ReceivedAt, bool IsReplay, string? Client, string? Actor, string? Reason)
{
    const int ReadingBytes = 19;

    public static SubmissionOnWire Of(Submission s) => new(
        s.AssetId, s.Asset is not null, Encode(s.Readings),
        s.Rejection is null ? null : JsonSerializer.Serialize(s.Rejection, JsonSerializerOptions.Web), s.Payload.Source,
        s.Payload.Bytes.ToArray(), s.TraceParent, s.ReceivedAt, s.IsReplay, s.Client, s.Caller?.Actor, s.Caller?.Reason);

    public Submission ToSubmission(RegisteredAsset? asset, Action<Outcome> completed) => new(
        AssetId, asset, Decode(Readings),
        Rejection is null ? null : JsonSerializer.Deserialize<ReadingsRejected>(Rejection, JsonSerializerOptions.Web),
        new(Source, Payload), TraceParent, completed)
    {
        ReceivedAt = ReceivedAt,
        IsReplay = IsReplay,
        Client = Client,
        Caller = Actor is null && Reason is null ? null : new(Actor, Reason),
    };

    static byte[] Encode(IReadOnlyList<Reading> readings)
    {
        var bytes = new byte[readings.Count * ReadingBytes];
        for (var i = 0; i < readings.Count; i++)
        {
            var at = bytes.AsSpan(i * ReadingBytes);
            var reading = readings[i];
            BinaryPrimitives.WriteUInt16LittleEndian(at, reading.Sensor);
            BinaryPrimitives.WriteInt64LittleEndian(at[2..], reading.SampledAt);
            BinaryPrimitives.WriteDoubleLittleEndian(at[10..], reading.Value);
            at[18] = (byte)reading.Quality;
        }
        return bytes;
    }

    static Reading[] Decode(byte[] bytes)
    {
        var readings = new Reading[bytes.Length / ReadingBytes];
        for (var i = 0; i < readings.Length; i++)
        {
            ReadOnlySpan<byte> at = bytes.AsSpan(i * ReadingBytes);
            readings[i] = new(
                BinaryPrimitives.ReadUInt16LittleEndian(at), BinaryPrimitives.ReadInt64LittleEndian(at[2..]),
                BinaryPrimitives.ReadDoubleLittleEndian(at[10..]), (Quality)at[18]);
        }
        return readings;
    }
}

/// <summary>How an outcome travels between replicas.</summary>
[GenerateSerializer, Immutable]
readonly record struct OutcomeOnWire(int Stored, int Duplicates, int Rejected, long Position, string? Reasons)
{
    public static OutcomeOnWire Of(Outcome o) =>
        new(o.Stored, o.Duplicates, o.Rejected, o.Position, o.Reasons is null ? null : JsonSerializer.Serialize(o.Reasons));

    public Outcome ToOutcome() => new(
        Stored, Duplicates, Rejected, Position, Reasons is null ? null : JsonSerializer.Deserialize<List<RejectionReason>>(Reasons));
}
