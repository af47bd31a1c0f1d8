using Contracts.Scenarios;

namespace Contracts.Messages;

/// <summary>
/// A full scenario after a change of state or progress. Published by simulation to every query, a few times a second at most. One with a
/// lower version, or the same version and less progress, is outdated; schema <c>simulation</c> is authoritative.
/// </summary>
/// <param name="Scenario">The scenario.</param>
public sealed record ScenarioChanged(ScenarioView Scenario);
