namespace Contracts.Events;

/// <summary>
/// A rule has refused a command for whose outcome its sender did not wait any more. Who it was and why, the headers of the event say. In
/// stream <c>refused/{assetId}</c>; <c>refused/unknown</c> if it is about no asset. Written by twin-state, at least once for each command.
/// </summary>
/// <param name="AssetId">The asset that the command is about; <c>unknown</c> for none.</param>
/// <param name="Command">Name of the command, e.g. <c>AddRelationship</c>.</param>
/// <param name="Refusal">The rule, as a caller who had waited would have been told.</param>
/// <param name="SentAt">When it was sent, by its sender's clock.</param>
/// <param name="RefusedAt">When it was refused, by twin-state's clock.</param>
public sealed record CommandRefused(string AssetId, string Command, string Refusal, DateTimeOffset SentAt, DateTimeOffset RefusedAt);
