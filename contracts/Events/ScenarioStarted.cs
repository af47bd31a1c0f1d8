namespace Contracts.Events;

/// <summary>The inputs are read and the work is dealt out. In stream <c>scenario/{id}</c>. Written by simulation only.</summary>
/// <param name="ScenarioId">The scenario.</param>
/// <param name="ContentHash">SHA-256 over definition, model and recorded inputs: equal content, equal result.</param>
/// <param name="InputsHash">SHA-256 of the recorded inputs; empty when there are none.</param>
/// <param name="Shards">Parts of the work; 0 when the result was there already.</param>
/// <param name="StartedAt">Simulation's clock.</param>
public sealed record ScenarioStarted(string ScenarioId, string ContentHash, string InputsHash, int Shards, DateTimeOffset StartedAt);
