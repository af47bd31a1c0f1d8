using System.ComponentModel;
using System.Globalization;
using System.Security.Cryptography;
using Contracts.Events;
using Query.Api;
using ServiceDefaults;
using ServiceDefaults.Seals;
using TwinModel.Telemetry;

namespace Query.Events;

/// <summary>An event with everything that its seal covers.</summary>
/// <param name="Id">Identity given by the writer.</param>
/// <param name="Stream">Stream the event belongs to.</param>
/// <param name="Tenant">Tenant id.</param>
/// <param name="Data">JSON payload as PostgreSQL prints it; <c>{}</c> for readings.</param>
sealed record ProvenEvent(
    [property: Description("Position in the log.")] long Position,
    [property: Description("Version in the stream.")] long Version,
    [property: Description("Server time when it was appended.")] DateTimeOffset RecordedAt,
    Guid Id,
    string Stream,
    [property: Description("Name in the log, e.g. readings_recorded.")] string Type,
    string Tenant,
    [property: Description("Headers as PostgreSQL prints them, or null.")] string? Headers,
    string Data,
    [property: Description("Binary payload of readings, base64, or null.")] byte[]? Bytes);

/// <summary>The seal of the event's stream, without its fingerprints.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Day">UTC day that was closed.</param>
/// <param name="UpTo">Log position that ends the day.</param>
/// <param name="Count">Number of events.</param>
/// <param name="Previous">Head of the chain before the first of them.</param>
/// <param name="Head">Head of the chain after the last.</param>
sealed record StreamSeal(
    string Stream,
    DateOnly Day,
    long UpTo,
    [property: Description("Version of the first of its events.")] long FirstVersion,
    [property: Description("Version of the last.")] long LastVersion,
    [property: Description("Log position of the first.")] long FirstPosition,
    [property: Description("Log position of the last.")] long LastPosition,
    long Count,
    string Previous,
    string Head,
    [property: Description("Merkle root over its events.")] string Root,
    [property: Description("SHA-256 of its fingerprints.")] string FingerprintsHash);

/// <summary>A path up a Merkle tree (RFC 6962).</summary>
/// <param name="Index">Place of the leaf, from 0.</param>
/// <param name="Count">Number of leaves.</param>
/// <param name="Leaf">Hash of the leaf.</param>
/// <param name="Path">Hashes beside the way up, from the leaf to the root.</param>
sealed record MerklePath(int Index, int Count, string Leaf, IReadOnlyList<string> Path)
{
    public static MerklePath Of(IReadOnlyList<byte[]> leaves, int index) => new(
        index, leaves.Count, Convert.ToHexStringLower(leaves[index]), [.. MerkleTree.Path(leaves, index).Select(Convert.ToHexStringLower)]);
}

/// <summary>Proof that an event is in the log as it was when its day was sealed.</summary>
/// <param name="Event">The event.</param>
/// <param name="InStream">From the event's hash to the root of its stream's seal.</param>
/// <param name="StreamSeal">The seal of its stream.</param>
/// <param name="InDay">From the hash of the stream's seal to the root of the day's seal.</param>
/// <param name="Seal">The signed seal of the day.</param>
sealed record EventProof(ProvenEvent Event, MerklePath InStream, StreamSeal StreamSeal, MerklePath InDay, DaySeal Seal);

/// <summary>Proves one event by a short path to the signed root of its day.</summary>
sealed class ProveEvent(SealedLog log, LogReader reader, VisibleEvents visible)
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/events/{position}/proof", (
            [Description("Log position of the event.")] long position, ProveEvent prove, CancellationToken cancel) =>
            prove.Run(position, cancel))
        .RequireRateLimiting(ApiSetup.Expensive)
        .WithName("getEventProof").WithSummary("Proof that an event is in the log as it was when its day was sealed")
        .WithDescription(
            "How hashes are formed: deploy/seals.md. 404: no event is at the position; 409: it is not sealed yet, or was changed since.");

    /// <exception cref="InvalidInputException">Not a position.</exception>
    /// <exception cref="NotFoundException">No event is there.</exception>
    /// <exception cref="RuleViolationException">Its day is not sealed, or the event is not as it was sealed.</exception>
    public async Task<EventProof> Run(long position, CancellationToken cancel)
    {
        var shown = position.ToString(CultureInfo.InvariantCulture);
        if (position < 1) throw new InvalidInputException("position", position, "a log position from 1");
        var end = await reader.Position(cancel);
        if (position > end) throw new NotFoundException("event at position", shown, $"the log ends at {end}");
        var e = await log.At(position, cancel)
            ?? throw new NotFoundException("event at position", shown, "not every position is used");
        if (!await visible.Includes(e.Stream, e.Bytes is null ? e.Data : null, cancel))
            throw new NotFoundException("event at position", shown, "not every position is used");
        var seals = await log.Seals(cancel);
        var seal = seals.FirstOrDefault(s => s.Seal.After < position && s.Seal.UpTo >= position) ?? throw new RuleViolationException(
            $"The event at position {shown} is not sealed yet: seals reach up to position "
                + $"{(seals.Count > 0 ? seals[^1].Seal.UpTo : 0)}, and the next is made after midnight UTC.");
        var canonical = new CanonicalBytes();
        List<(DayClosed Closed, byte[] Hash)> leaves = [];
        await foreach (var (closed, _, _) in log.Closed(seal.Seal.Day, cancel))
        {
            if (closed is not null)
                leaves.Add((closed.Stream == e.Stream ? closed : closed with { Fingerprints = [] }, canonical.Hash(closed)));
        }
        leaves = [.. CloseDay.InOrder(leaves, l => l.Closed.Stream, l => l.Closed.FirstVersion)];
        var index = leaves.FindIndex(
            l => l.Closed.Stream == e.Stream && l.Closed.FirstVersion <= e.Version && l.Closed.LastVersion >= e.Version);
        if (index < 0) throw Changed();
        var part = leaves[index].Closed;
        List<byte[]> hashes = [];
        var fingerprint = new byte[CanonicalBytes.FingerprintBytes];
        await foreach (var other in log.Versions(e.Stream, part.FirstVersion, part.LastVersion, cancel))
        {
            var hash = new byte[CanonicalBytes.HashBytes];
            canonical.Hash(other, hash, fingerprint);
            hashes.Add(hash);
        }
        var place = (int)(e.Version - part.FirstVersion);
        if (hashes.Count != part.Count || Convert.ToHexStringLower(MerkleTree.RootOf(hashes)) != part.Root
            || Convert.ToHexStringLower(MerkleTree.RootOf(leaves.Select(l => l.Hash))) != seal.Seal.Root) throw Changed();
        return new(
            new(e.Position, e.Version, Micros.ToTime(e.RecordedAt), e.Id, e.Stream, e.Type, e.Tenant, e.Headers, e.Data, e.Bytes),
            MerklePath.Of(hashes, place),
            new(part.Stream, part.Day, part.UpTo, part.FirstVersion, part.LastVersion, part.FirstPosition, part.LastPosition, part.Count,
                part.Previous, part.Head, part.Root, Convert.ToHexStringLower(SHA256.HashData(part.Fingerprints))),
            MerklePath.Of([.. leaves.Select(l => l.Hash)], index), DaySeal.Of(seal.Seal));

        RuleViolationException Changed() => new(
            $"There is no proof for position {shown}: events or seals of {CanonicalBytes.Shown(seal.Seal.Day)} were changed since it was "
                + "sealed. ./pollux verify names them.");
    }
}
