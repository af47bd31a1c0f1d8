namespace Contracts.Messages;

/// <summary>
/// Assets were registered or updated, up to this one. Published by twin-state to every query; ingest follows the log itself. The stream
/// <c>asset/{id}</c> is authoritative.
/// </summary>
/// <param name="AssetId">The last of them.</param>
/// <param name="Position">Log position of its registration.</param>
public sealed record AssetChanged(string AssetId, long Position);
