namespace Contracts.Events;

/// <summary>
/// A payload, or some of its readings, that could not be accepted. In stream <c>rejected/{asset}/{yyyy-MM-dd}</c> of the day of recording
/// (asset <c>unknown</c> when the payload names none). Written by ingest only. Holds everything needed to try again.
/// </summary>
/// <param name="Id">Identity of this rejection.</param>
/// <param name="AssetId">The asset the payload claims to be from, or <c>unknown</c>.</param>
/// <param name="Source">MQTT topic, or <c>import:{name}</c>.</param>
/// <param name="Payload">The raw bytes as received; for an import the rejected line.</param>
/// <param name="Digest">SHA-256 of source and payload: the same payload rejected twice is a duplicate.</param>
/// <param name="Readings">Number of readings rejected; 1 when the payload could not be read at all.</param>
/// <param name="Reasons">What is wrong and what is allowed; at most 20.</param>
/// <param name="RejectedAt">When the payload arrived, by ingest's clock; sample time of readings that carry none.</param>
public sealed record ReadingsRejected(
    Guid Id,
    string AssetId,
    string Source,
    byte[] Payload,
    string Digest,
    int Readings,
    IReadOnlyList<RejectionReason> Reasons,
    DateTimeOffset RejectedAt);

/// <summary>Why a reading was rejected.</summary>
/// <param name="Code">Stable code, e.g. <c>unknown-sensor</c>, <c>physically-impossible</c>.</param>
/// <param name="Detail">Human-readable: names the field, the value and what is allowed.</param>
public sealed record RejectionReason(string Code, string Detail);
