namespace Contracts.Messages;

/// <summary>
/// An asset was registered or got another model. Published by twin-state to every query; ingest follows the log itself: the log's
/// <c>asset/{id}</c> has the truth.
/// </summary>
/// <param name="AssetId">The asset.</param>
/// <param name="Position">Log position of the registration.</param>
public sealed record AssetChanged(string AssetId, long Position);
