namespace Contracts.Events;

/// <summary>
/// Another quarter of the work is done; watchers are told of finer progress. In stream <c>scenario/{id}</c>. Written by simulation
/// only.
/// </summary>
/// <param name="ScenarioId">The scenario.</param>
/// <param name="Progress">0.25, 0.5 or 0.75.</param>
/// <param name="FinishedShards">Number of finished shards.</param>
/// <param name="ProgressedAt">When, by simulation's clock.</param>
public sealed record ScenarioProgressed(string ScenarioId, double Progress, int FinishedShards, DateTimeOffset ProgressedAt);
