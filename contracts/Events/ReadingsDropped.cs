namespace Contracts.Events;

/// <summary>
/// The readings of a sealed day were dropped, because they were older than somebody wants to keep them. The seals of the day stay, so the
/// chain can still be verified. In stream <c>retention/{yyyy-MM-dd}</c>. Written by <c>./pollux forget</c> only; the event's headers say
/// who did it and why.
/// </summary>
/// <param name="Day">The sealed day.</param>
/// <param name="Streams">Number of streams of readings.</param>
/// <param name="Events">Number of events.</param>
/// <param name="Readings">Number of readings in them.</param>
public sealed record ReadingsDropped(DateOnly Day, long Streams, long Events, long Readings);
