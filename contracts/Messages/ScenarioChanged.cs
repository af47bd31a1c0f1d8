using Contracts.Scenarios;

namespace Contracts.Messages;

/// <summary>
/// A scenario after a change of state or progress, whole. Published by simulation to every query, a few times a second at
/// most. One with a lower version, or the same version and less progress, is old news; schema <c>simulation</c> has the truth.
/// </summary>
/// <param name="Scenario">The scenario.</param>
public sealed record ScenarioChanged(ScenarioView Scenario);
