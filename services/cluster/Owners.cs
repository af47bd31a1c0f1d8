using Orleans.Runtime;
using ServiceDefaults;

namespace Cluster;

/// <summary>
/// Which member owns an id: the one with the highest score for it (rendezvous hashing). When a member joins or leaves, only the ids that it
/// takes or gives up change their owner. A member's score depends on its address and port, so it gets the same ids back after a restart.
/// </summary>
public sealed class Owners
{
    volatile ActiveMembers active = ActiveMembers.None;

    /// <summary>The active members, ordered by address and port.</summary>
    public IReadOnlyList<SiloAddress> Members => active.Addresses;

    /// <summary>Rises whenever <see cref="Members"/> changes.</summary>
    public int Changes => active.Changes;

    /// <summary>This member is active.</summary>
    internal bool IsActive => active.Mine >= 0;

    /// <summary>The owner of an id; null while no member is active.</summary>
    public SiloAddress? Of(string id)
    {
        var members = active;
        var index = Rendezvous.IndexOf(id, members.Seeds);
        return index < 0 ? null : members.Addresses[index];
    }

    /// <summary>Whether this member owns an id; false while it is not active.</summary>
    public bool IsMine(string id)
    {
        var members = active;
        return members.Mine >= 0 && Rendezvous.IndexOf(id, members.Seeds) == members.Mine;
    }

    /// <summary>Takes the members of a newer view of the cluster. Called by one thread at a time.</summary>
    /// <returns>Whether the active members are others than before.</returns>
    internal bool Take(IEnumerable<SiloAddress> members, SiloAddress self)
    {
        // Until its earlier life is declared dead, a member that was restarted is listed twice.
        SiloAddress[] addresses = [.. members.GroupBy(NameOf).OrderBy(m => m.Key, StringComparer.Ordinal)
            .Select(m => m.MaxBy(address => address.Generation)!)];
        if (active.Addresses.SequenceEqual(addresses)) return false;
        active = new(addresses, [.. addresses.Select(SeedOf)], Array.IndexOf(addresses, self), active.Changes + 1);
        return true;
    }

    /// <summary>The owner among other members than all active ones.</summary>
    internal static SiloAddress Among(IEnumerable<SiloAddress> members, string id)
    {
        SiloAddress[] ordered = [.. members.OrderBy(NameOf, StringComparer.Ordinal)];
        return ordered[Rendezvous.IndexOf(id, [.. ordered.Select(SeedOf)])];
    }

    static string NameOf(SiloAddress address) => address.Endpoint.ToString();

    static ulong SeedOf(SiloAddress address) => Rendezvous.Hash(NameOf(address));

    sealed record ActiveMembers(SiloAddress[] Addresses, ulong[] Seeds, int Mine, int Changes)
    {
        public static readonly ActiveMembers None = new([], [], -1, 0);
    }
}
