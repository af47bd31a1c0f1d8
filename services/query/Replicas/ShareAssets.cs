using System.Net;
using ServiceDefaults;

namespace Query.Replicas;

/// <summary>One life of a replica, as listed in its service's table of members.</summary>
/// <param name="Service">Name of the service.</param>
/// <param name="Endpoint">Where the other replicas reach it.</param>
/// <param name="Generation">Rises with every restart at the same address and port.</param>
/// <param name="Status">Orleans' number of its status; 3 is active, 6 dead.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="AliveAt">Its last sign of life.</param>
sealed record Member(
    string Service, IPEndPoint Endpoint, int Generation, int Status, DateTimeOffset StartedAt, DateTimeOffset AliveAt)
{
    const int Active = 3, Dead = 6;

    public string Name => Endpoint.ToString();

    public bool IsActive => Status == Active;

    public bool IsDead => Status >= Dead;

    public string State => Status switch
    {
        < Active => "joining",
        Active => "active",
        < Dead => "stopping",
        _ => "dead",
    };
}

/// <summary>
/// How many assets each replica owns, by the rule with which the replicas share them: rendezvous hashing over the names of the active ones.
/// Pure.
/// </summary>
static class ShareAssets
{
    /// <summary>The replicas by service, dead ones last, each with the number of assets that it owns.</summary>
    public static List<ReplicaAnswer> Among(IReadOnlyCollection<Member> members, IReadOnlyCollection<string> assets)
    {
        var owned = members.Where(m => m.IsActive).GroupBy(m => m.Service)
            .SelectMany(active => CountOwned(active, assets)).ToDictionary();
        return [.. members.OrderBy(m => m.Service, StringComparer.Ordinal).ThenBy(m => m.IsDead)
            .ThenBy(m => m.Name, StringComparer.Ordinal).ThenByDescending(m => m.Generation)
            .Select(m => new ReplicaAnswer(m.Service, m.Name, m.State, m.StartedAt, m.AliveAt, owned.GetValueOrDefault(m)))];
    }

    static IEnumerable<KeyValuePair<Member, int>> CountOwned(IEnumerable<Member> active, IReadOnlyCollection<string> assets)
    {
        // Until its earlier life is declared dead, a replica that was restarted is listed twice.
        Member[] owners = [.. active.GroupBy(m => m.Name).OrderBy(m => m.Key, StringComparer.Ordinal)
            .Select(lives => lives.MaxBy(m => m.Generation)!)];
        ulong[] seeds = [.. owners.Select(m => Rendezvous.Hash(m.Name))];
        var counts = new int[owners.Length];
        foreach (var asset in assets) counts[Rendezvous.IndexOf(asset, seeds)]++;
        return owners.Zip(counts, KeyValuePair.Create);
    }
}
