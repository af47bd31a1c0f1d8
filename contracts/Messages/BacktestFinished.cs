using Contracts.Decisions;

namespace Contracts.Messages;

/// <summary>Response of simulation to query: a backtest.</summary>
/// <param name="Result">The result; null when the request was refused.</param>
/// <param name="Refusal">Why it was refused; null when it was not.</param>
public sealed record BacktestFinished(BacktestResult? Result, Refusal? Refusal);
