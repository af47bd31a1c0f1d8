namespace Contracts.Messages;

/// <summary>
/// Command: try a rejected payload again. Sent by query, handled by one ingest; ends in the event <c>rejection_replayed</c>.
/// </summary>
/// <param name="AssetId">The asset of the rejection, or <c>unknown</c>.</param>
/// <param name="Stream">The rejection's stream.</param>
/// <param name="RejectionId">The rejection.</param>
public sealed record ReplayRejection(string AssetId, string Stream, Guid RejectionId);
