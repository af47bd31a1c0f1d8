namespace Contracts.Messages;

/// <summary>Names of exchanges and queues. They outlive the code; the exchange in front of a queue has the queue's name.</summary>
public static class QueueNames
{
    /// <summary>Consistent-hash exchange for everything about assets, and the prefix of twin-state's partition queues.</summary>
    public const string Assets = "twin-state.assets";

    /// <summary>Assets to register; shared by all replicas of twin-state.</summary>
    public const string Registrations = "twin-state.registrations";

    /// <summary>Commands about scenarios; shared by all simulations.</summary>
    public const string Scenarios = "simulation.scenarios";

    /// <summary>Shards of scenarios; shared by all simulations.</summary>
    public const string Shards = "simulation.shards";

    /// <summary>Maintenance questions; shared by all simulations.</summary>
    public const string Decisions = "simulation.decisions";

    /// <summary>Rejections to try again; shared by all replicas of ingest.</summary>
    public const string ReplayRejection = "ingest.replay-rejection";

    /// <summary>Suffix of the queue that messages which cannot be processed are moved to.</summary>
    public const string ErrorSuffix = "_error";

    /// <summary>The queues of twin-state's partitions.</summary>
    /// <param name="count">1 to 64.</param>
    public static IEnumerable<string> Partitions(int count) => Enumerable.Range(0, count).Select(p => $"{Assets}.{p}");

    /// <summary>Every queue that a service receives from.</summary>
    /// <param name="partitions">Partitions of twin-state, 1 to 64.</param>
    public static IEnumerable<string> All(int partitions) =>
        Partitions(partitions).Concat([Registrations, Scenarios, Shards, Decisions, ReplayRejection]);
}
