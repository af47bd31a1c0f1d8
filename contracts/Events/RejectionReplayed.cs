namespace Contracts.Events;

/// <summary>A rejected payload was tried again. In the stream of the rejection. Written by ingest only.</summary>
/// <param name="RejectionId">Which <see cref="ReadingsRejected"/>.</param>
/// <param name="Stored">Readings accepted this time.</param>
/// <param name="Duplicates">Readings the log already held.</param>
/// <param name="Rejected">Readings still refused.</param>
/// <param name="Reasons">Why, at most 20.</param>
/// <param name="ReplayedAt">Ingest's clock.</param>
public sealed record RejectionReplayed(
    Guid RejectionId,
    int Stored,
    int Duplicates,
    int Rejected,
    IReadOnlyList<RejectionReason> Reasons,
    DateTimeOffset ReplayedAt);
