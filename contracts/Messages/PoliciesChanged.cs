namespace Contracts.Messages;

/// <summary>
/// A policy was set or removed. Published by twin-state to those who keep them. The stream <c>policies</c> is authoritative.
/// </summary>
/// <param name="Position">Log position of the newest event.</param>
public sealed record PoliciesChanged(long Position);
