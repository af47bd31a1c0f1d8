using Integration.Tests.Dashboard;

namespace Integration.Tests.Running;

// A system takes seconds to start. Tests that only look at assets of their own share one, whatever they kill and start again.

/// <summary>Tests on one system.</summary>
[CollectionDefinition]
public sealed class OnOneSystem : ICollectionFixture<RunningSystem>;

/// <summary>Tests on one system with simulation and histories of bearings.</summary>
[CollectionDefinition]
public sealed class OnOneDecisionSystem : ICollectionFixture<DecisionSystem>;

/// <summary>Tests on one system with simulation, dashboard and browser.</summary>
[CollectionDefinition]
public sealed class OnOneDashboard : ICollectionFixture<AnsweringDashboard>;
