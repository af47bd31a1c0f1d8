namespace Dashboard.Shown;

/// <summary>Whether the physics follows the machine, in words. Pure.</summary>
static class SyncStates
{
    // Best first; empty: no estimate.
    static readonly string[] Ranked = ["", "unknown", "in-sync", "drifting", "lost"];

    /// <summary>The states of a machine that has an estimate, worst first.</summary>
    public static IEnumerable<string> All => Ranked.Skip(1).Reverse();

    public static int Rank(string state) => Array.IndexOf(Ranked, state);

    public static string Name(string state) => state switch
    {
        "in-sync" => "In sync",
        "drifting" => "Drifting",
        "lost" => "Lost",
        _ => "Unknown",
    };

    /// <summary>The sensor that deviates by more than chance allows; continues a sentence. One alone need not mean that all do.</summary>
    public static string Deviating(string state, string sensor) =>
        state is "drifting" or "lost" ? $", most of all {sensor}" : $", but {sensor} deviates";

    public static string Meaning(string state) => state switch
    {
        "in-sync" => "The physics follows the machine: together, its differences from the sensors are no larger than chance allows.",
        "drifting" => "The physics differs from the sensors by more than chance allows: sensor, machine or model has changed.",
        "lost" => "The physics no longer follows the machine: do not rely on these estimates until you know what has changed.",
        _ => "Too few readings so far to tell whether the physics follows the machine.",
    };
}
