namespace Contracts.Events;

/// <summary>
/// How far a rebuild has come; every second at first, more rarely the longer it takes. In stream <c>rebuild/{id}</c>. Written by twin-state
/// only.
/// </summary>
/// <param name="RebuildId">The rebuild.</param>
/// <param name="Equal">Twins rebuilt so far that equal the live ones.</param>
/// <param name="Different">Twins that differ from the live ones, which they have replaced.</param>
/// <param name="Failed">Twins that could not be rebuilt.</param>
/// <param name="ProgressedAt">When, by twin-state's clock.</param>
public sealed record RebuildProgressed(string RebuildId, int Equal, int Different, int Failed, DateTimeOffset ProgressedAt);
