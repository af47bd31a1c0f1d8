using Integration.Tests.Dashboard;

namespace Integration.Tests.Running;

// A system takes seconds to start. Tests that use only their own assets share one, whatever they kill and restart.

/// <summary>Tests that share one system.</summary>
[CollectionDefinition]
public sealed class OnOneSystem : ICollectionFixture<RunningSystem>;

/// <summary>Tests that share one system with simulation and bearing histories.</summary>
[CollectionDefinition]
public sealed class OnOneDecisionSystem : ICollectionFixture<DecisionSystem>;

/// <summary>Tests that share one system with simulation, dashboard and browser.</summary>
[CollectionDefinition]
public sealed class OnOneDashboard : ICollectionFixture<AnsweringDashboard>;

/// <summary>Tests of scenarios and calibrations that look at assets of their own.</summary>
[CollectionDefinition]
public sealed class OnOneScenarioSystem : ICollectionFixture<ScenarioSystem>;

/// <summary>Tests that share one system whose physics follows its machines.</summary>
[CollectionDefinition]
public sealed class OnOneEstimatingSystem : ICollectionFixture<EstimatingSystem>;

/// <summary>Tests that share one system that asks who is calling.</summary>
[CollectionDefinition]
public sealed class OnOneGuardedSystem : ICollectionFixture<GuardedSystem>;

/// <summary>Tests that share one system whose cables they cut.</summary>
[CollectionDefinition]
public sealed class OnOneCableSystem : ICollectionFixture<CableSystem>;
