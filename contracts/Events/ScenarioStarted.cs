namespace Contracts.Events;

/// <summary>The inputs were read and the work was dispatched. In stream <c>scenario/{id}</c>. Written by simulation only.</summary>
/// <param name="ScenarioId">The scenario.</param>
/// <param name="ContentHash">SHA-256 over definition, model, recorded inputs and estimate; equal content gives an equal result.</param>
/// <param name="InputsHash">SHA-256 of the recorded inputs and the estimate; empty when there are none.</param>
/// <param name="Shards">Number of shards; 0 when the result was already stored.</param>
/// <param name="StartedAt">When, by simulation's clock.</param>
public sealed record ScenarioStarted(string ScenarioId, string ContentHash, string InputsHash, int Shards, DateTimeOffset StartedAt);
