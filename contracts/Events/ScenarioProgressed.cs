namespace Contracts.Events;

/// <summary>
/// Another quarter of the work is done; finer progress is only told to watchers. In stream <c>scenario/{id}</c>. Written by simulation
/// only.
/// </summary>
/// <param name="ScenarioId">The scenario.</param>
/// <param name="Progress">0.25, 0.5 or 0.75.</param>
/// <param name="FinishedShards">Finished parts of the work.</param>
/// <param name="ProgressedAt">Simulation's clock.</param>
public sealed record ScenarioProgressed(string ScenarioId, double Progress, int FinishedShards, DateTimeOffset ProgressedAt);
