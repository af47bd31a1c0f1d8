using Contracts.Decisions;

namespace Contracts.Messages;

/// <summary>Request: try settings on the past. Sent by query, answered by one simulation with <see cref="BacktestFinished"/>.</summary>
/// <param name="ModelHash">The version of the model against which the definition was checked.</param>
/// <param name="Definition">What to try.</param>
public sealed record RunBacktest(string ModelHash, BacktestDefinition Definition);
