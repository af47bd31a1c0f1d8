namespace Contracts.Messages;

/// <summary>
/// Command: compute a part of a scenario. Sent by simulation, taken by whichever simulation has a processor free. Repeating it is harmless:
/// the result has the same bytes.
/// </summary>
/// <param name="ScenarioId">The scenario.</param>
/// <param name="Shard">Number of the part, from 0.</param>
public sealed record RunScenarioShard(string ScenarioId, int Shard);
