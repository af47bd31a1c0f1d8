namespace Contracts.Messages;

/// <summary>
/// An asset was registered or got another model. Published by twin-state to every query; ingest follows the log itself. The stream
/// <c>asset/{id}</c> is authoritative.
/// </summary>
/// <param name="AssetId">The asset.</param>
/// <param name="Position">Log position of the registration.</param>
public sealed record AssetChanged(string AssetId, long Position);
