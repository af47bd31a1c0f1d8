namespace Contracts.Events;

/// <summary>
/// Seals all events of a day, which are those at log positions above <c>After</c> and up to <c>UpTo</c>, whatever their time stamps say.
/// The last event in stream <c>seal/{yyyy-MM-dd}</c>. Written by ingest only. Its hash vouches for the whole log up to <c>UpTo</c>.
/// </summary>
/// <param name="Day">UTC day that was closed.</param>
/// <param name="After">Where the day before ended; 0 for the first.</param>
/// <param name="UpTo">Log position that ends the day: no event can appear at or below it any more.</param>
/// <param name="Events">Number of events.</param>
/// <param name="Streams">Number of streams with events.</param>
/// <param name="Root">Merkle root over the day's <see cref="DayClosed"/>, sorted by stream and version.</param>
/// <param name="Previous">Hash of the LogSealed before; zeros for the first.</param>
/// <param name="SealedAt">When, by ingest's clock.</param>
/// <param name="KeyId">The key that signed: the first 16 hexadecimal digits of the SHA-256 of its public part.</param>
/// <param name="Signature">ECDSA P-256 with SHA-256 over the canonical bytes of the other members, in DER form.</param>
public sealed record LogSealed(
    DateOnly Day,
    long After,
    long UpTo,
    long Events,
    long Streams,
    string Root,
    string Previous,
    DateTimeOffset SealedAt,
    string KeyId,
    byte[] Signature);
