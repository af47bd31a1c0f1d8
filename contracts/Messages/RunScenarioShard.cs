namespace Contracts.Messages;

/// <summary>
/// Command: compute one shard of a scenario. Sent by simulation, taken by any simulation with a free processor. Idempotent: the result is
/// the same byte for byte.
/// </summary>
/// <param name="ScenarioId">The scenario.</param>
/// <param name="Shard">Number of the shard, from 0.</param>
public sealed record RunScenarioShard(string ScenarioId, int Shard);
