using Contracts.Decisions;

namespace Contracts.Messages;

/// <summary>Answer of simulation to query.</summary>
/// <param name="Result">What the settings would have done; null when it was refused.</param>
/// <param name="Refusal">Why; null when it was not.</param>
public sealed record BacktestFinished(BacktestResult? Result, Refusal? Refusal);
