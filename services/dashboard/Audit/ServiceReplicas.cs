using Contracts.Query.V1;
using Dashboard.Shown;

namespace Dashboard.Audit;

/// <summary>The replicas of one service and how they share the machines.</summary>
sealed record ServiceReplicas(string Service, IReadOnlyList<Replica> Replicas)
{
    /// <summary>By service, in the order of the answer.</summary>
    public static IReadOnlyList<ServiceReplicas> Of(IEnumerable<Replica> replicas) =>
        [.. replicas.GroupBy(r => r.Service).Select(service => new ServiceReplicas(service.Key, [.. service]))];

    int Machines => Replicas.Sum(r => r.Assets);

    public string Summary => Replicas.Count(IsActive) switch
    {
        0 => "no active replica: the machines have no owner",
        1 => $"only one active replica, the owner of {Counted}; no other takes over if it fails",
        var active => $"{active} active replicas share {Counted}",
    };

    string Counted => $"{Units.Number(Machines, 0)} {(Machines == 1 ? "machine" : "machines")}";

    /// <summary>What a replica owns of all machines; a dash if it owns none because it is not active.</summary>
    public string ShareOf(Replica replica) =>
        IsActive(replica) && Machines > 0 ? Units.Percent((double)replica.Assets / Machines) : "–";

    public static bool IsActive(Replica replica) => replica.State == "active";

    /// <summary>Style of a state.</summary>
    public static string Mark(Replica replica) => replica.State switch
    {
        "active" => "ok",
        "dead" => "quiet",
        _ => "warning",
    };
}
