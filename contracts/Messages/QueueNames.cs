namespace Contracts.Messages;

/// <summary>Names of queues. They outlive the code; the exchange in front of a queue has the queue's name.</summary>
public static class QueueNames
{
    /// <summary>What ingest appended; shared by all replicas of twin-state, which hand it to the owners of the twins.</summary>
    public const string News = "twin-state.news";

    /// <summary>Commands about single twins; shared by all replicas of twin-state.</summary>
    public const string TwinCommands = "twin-state.commands";

    /// <summary>Assets to register and to relate, policies, and rebuilds to start; shared by all replicas of twin-state.</summary>
    public const string Registrations = "twin-state.registrations";

    /// <summary>Commands about scenarios; shared by all simulations.</summary>
    public const string Scenarios = "simulation.scenarios";

    /// <summary>Shards of scenarios; shared by all simulations.</summary>
    public const string Shards = "simulation.shards";

    /// <summary>Maintenance questions; shared by all simulations.</summary>
    public const string Decisions = "simulation.decisions";

    /// <summary>Calibrations of physics; shared by all simulations.</summary>
    public const string Calibrations = "simulation.calibrations";

    /// <summary>Rejections to try again; shared by all replicas of ingest.</summary>
    public const string ReplayRejection = "ingest.replay-rejection";

    /// <summary>Corrections of readings; shared by all replicas of ingest.</summary>
    public const string Corrections = "ingest.corrections";

    /// <summary>Suffix of the queue that messages which cannot be processed are moved to.</summary>
    public const string ErrorSuffix = "_error";

    /// <summary>Every queue that a service receives from.</summary>
    public static IReadOnlyList<string> All { get; } =
        [News, TwinCommands, Registrations, Scenarios, Shards, Decisions, Calibrations, ReplayRejection, Corrections];
}
