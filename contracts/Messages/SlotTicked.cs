namespace Contracts.Messages;

/// <summary>
/// The clock, as a message: published by every twin-state for every slot about once a second and routed like news, so that exactly the
/// replica that owns a slot looks for silent sensors and saves its twins. Expires when nobody takes it.
/// </summary>
/// <param name="Slot">The slot.</param>
/// <param name="At">The sender's clock.</param>
public sealed record SlotTicked(int Slot, DateTimeOffset At);
