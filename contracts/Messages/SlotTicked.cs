namespace Contracts.Messages;

/// <summary>
/// A clock tick as a message: published by every twin-state for every slot about once a second and routed like announcements, so that only
/// the replica that owns a slot checks for silent sensors and saves its twins. Expires if not consumed.
/// </summary>
/// <param name="Slot">The slot.</param>
/// <param name="At">When, by the sender's clock.</param>
public sealed record SlotTicked(int Slot, DateTimeOffset At);
