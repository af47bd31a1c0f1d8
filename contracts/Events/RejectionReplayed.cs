namespace Contracts.Events;

/// <summary>A rejected payload was tried again. In the rejection's stream. Written by ingest only.</summary>
/// <param name="RejectionId">Id of the <see cref="ReadingsRejected"/>.</param>
/// <param name="Stored">Readings accepted this time.</param>
/// <param name="Duplicates">Readings the log already held.</param>
/// <param name="Rejected">Readings still refused.</param>
/// <param name="Reasons">Why readings were refused; at most 20.</param>
/// <param name="ReplayedAt">When, by ingest's clock.</param>
public sealed record RejectionReplayed(
    Guid RejectionId,
    int Stored,
    int Duplicates,
    int Rejected,
    IReadOnlyList<RejectionReason> Reasons,
    DateTimeOffset ReplayedAt);
