namespace Contracts.Messages;

/// <summary>
/// A part of a scenario is computed and stored, or cannot be. Sent by simulation to one simulation, which merges when all parts are there.
/// </summary>
/// <param name="ScenarioId">The scenario.</param>
/// <param name="Shard">Number of the part.</param>
/// <param name="Cause">Null when it is computed; else as in <see cref="Events.ScenarioFailed"/>.</param>
/// <param name="Reason">Null when it is computed; else for people.</param>
public sealed record ScenarioShardFinished(string ScenarioId, int Shard, string? Cause, string? Reason);
