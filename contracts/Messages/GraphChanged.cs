namespace Contracts.Messages;

/// <summary>
/// Relationships were added or removed. Published by twin-state to every query. The stream <c>graph</c> is authoritative.
/// </summary>
/// <param name="Position">Log position of the newest event.</param>
public sealed record GraphChanged(long Position);
