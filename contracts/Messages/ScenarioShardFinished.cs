namespace Contracts.Messages;

/// <summary>
/// One shard of a scenario is computed and stored, or failed. Sent by simulation to one simulation, which merges once all shards are done.
/// </summary>
/// <param name="ScenarioId">The scenario.</param>
/// <param name="Shard">Number of the shard.</param>
/// <param name="Cause">Null when it succeeded; otherwise as in <see cref="Events.ScenarioFailed"/>.</param>
/// <param name="Reason">Null when it succeeded; otherwise a human-readable reason.</param>
public sealed record ScenarioShardFinished(string ScenarioId, int Shard, string? Cause, string? Reason);
