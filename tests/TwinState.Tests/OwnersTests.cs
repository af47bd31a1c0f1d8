using System.Net;
using Cluster;
using Orleans.Runtime;

namespace TwinState.Tests;

public class OwnersTests
{
    static readonly string[] Ids = [.. Enumerable.Range(1, 10_000).Select(i => $"pump-{i}")];

    static SiloAddress Member(int number, int generation = 1) => SiloAddress.New(new(IPAddress.Loopback, 11_000 + number), generation);

    static Owners OwnersAmong(params IEnumerable<SiloAddress> members)
    {
        var owners = new Owners();
        owners.Take(members, Member(1));
        return owners;
    }

    static Dictionary<string, SiloAddress> ByOwner(Owners owners) => Ids.ToDictionary(id => id, id => owners.Of(id)!);

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public void Each_member_owns_its_share(int count)
    {
        var owned = ByOwner(OwnersAmong(Enumerable.Range(1, count).Select(n => Member(n)))).Values.CountBy(owner => owner).ToList();
        Assert.Equal(count, owned.Count);
        Assert.All(owned, share => Assert.InRange(share.Value, 0.9 * Ids.Length / count, 1.1 * Ids.Length / count));
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void A_member_that_joins_or_leaves_moves_only_its_own_ids(int count)
    {
        var without = ByOwner(OwnersAmong(Enumerable.Range(1, count).Select(n => Member(n))));
        var newcomer = Member(count + 1);
        var with = ByOwner(OwnersAmong(Enumerable.Range(1, count + 1).Select(n => Member(n))));
        Assert.Contains(newcomer, with.Values);
        Assert.All(Ids.Where(id => !with[id].Equals(newcomer)), id => Assert.Equal(without[id], with[id]));
    }

    [Fact]
    public void The_order_of_members_does_not_matter()
    {
        SiloAddress[] members = [.. Enumerable.Range(1, 4).Select(n => Member(n))];
        var expected = ByOwner(OwnersAmong(members));
        foreach (var order in new[] { members.Reverse(), [members[2], members[0], members[3], members[1]] })
        {
            Assert.Equal(expected, ByOwner(OwnersAmong(order)));
            Assert.All(Ids, id => Assert.Equal(expected[id], Owners.Among(order, id)));
        }
    }

    [Fact]
    public void A_member_that_was_restarted_owns_the_same_ids()
    {
        var before = ByOwner(OwnersAmong(Member(1), Member(2)));
        // For a moment, both lives of it are listed.
        var after = ByOwner(OwnersAmong(Member(1), Member(2), Member(2, generation: 7)));
        Assert.All(Ids, id => Assert.Equal(before[id].Equals(Member(2)) ? Member(2, generation: 7) : before[id], after[id]));
    }

    [Fact]
    public void Nobody_owns_anything_while_no_member_is_active()
    {
        var owners = new Owners();
        Assert.Null(owners.Of("pump-1"));
        Assert.False(owners.IsMine("pump-1"));
        Assert.True(owners.Take([Member(2)], Member(1)));
        Assert.Equal(Member(2), owners.Of("pump-1"));
        Assert.False(owners.IsMine("pump-1"));
    }

    [Fact]
    public void Changes_are_counted_when_other_members_are_active()
    {
        var owners = OwnersAmong(Member(1), Member(2));
        var changes = owners.Changes;
        Assert.False(owners.Take([Member(2), Member(1)], Member(1)));
        Assert.Equal(changes, owners.Changes);
        Assert.True(owners.Take([Member(1)], Member(1)));
        Assert.Equal(changes + 1, owners.Changes);
        Assert.All(Ids, id => Assert.True(owners.IsMine(id)));
    }
}
