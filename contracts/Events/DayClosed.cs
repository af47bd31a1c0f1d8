namespace Contracts.Events;

/// <summary>
/// Seals up to 4096 consecutive events of one stream, in stream <c>seal/{yyyy-MM-dd}</c>; a stream with more events in a day has several.
/// Written by ingest only. The signature of the day's <see cref="LogSealed"/> vouches for it. How the hashes are formed: deploy/seals.md.
/// </summary>
/// <param name="Stream">The sealed stream.</param>
/// <param name="Day">UTC day that was closed.</param>
/// <param name="UpTo">Log position that ends the day; the first of the day's seals decides it.</param>
/// <param name="FirstVersion">Version of the first event in the stream.</param>
/// <param name="LastVersion">Version of the last event; none between is missing.</param>
/// <param name="FirstPosition">Log position of the first event.</param>
/// <param name="LastPosition">Log position of the last event.</param>
/// <param name="Count">Number of events.</param>
/// <param name="Previous">Head before the first event: the hash of the seal of the day before, or the head of the stream's previous seal of
/// this day. Lowercase hexadecimal digits, like the other hashes.</param>
/// <param name="Head">Head of the hash chain after the last event.</param>
/// <param name="Root">Merkle root over the events, for short proofs.</param>
/// <param name="Fingerprints">12 bytes per event, to find the one that was changed: the first 8 of its hash and one each of time stamp,
/// identity, headers and payload.</param>
public sealed record DayClosed(
    string Stream,
    DateOnly Day,
    long UpTo,
    long FirstVersion,
    long LastVersion,
    long FirstPosition,
    long LastPosition,
    long Count,
    string Previous,
    string Head,
    string Root,
    byte[] Fingerprints);
