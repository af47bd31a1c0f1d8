using Contracts.Decisions;

namespace Contracts.Messages;

/// <summary>Request: try settings on recorded data. Sent by query, answered by one simulation with
/// <see cref="BacktestFinished"/>.</summary>
/// <param name="ModelHash">SHA-256 of the model that the definition was validated against.</param>
/// <param name="Definition">The settings to try.</param>
public sealed record RunBacktest(string ModelHash, BacktestDefinition Definition);
