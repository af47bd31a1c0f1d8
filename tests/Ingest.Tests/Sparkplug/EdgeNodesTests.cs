using System.Net;
using Cluster;
using Ingest.Messages;
using Ingest.Payloads;
using Orleans.Runtime;

namespace Ingest.Tests.Sparkplug;

public class EdgeNodesTests
{
    static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    static readonly SiloAddress Self = Member(1);
    readonly Owners owners = new();
    readonly EdgeNodes nodes;

    public EdgeNodesTests() => nodes = new(owners);

    static SiloAddress Member(int number) => SiloAddress.New(new(IPAddress.Loopback, number), 1);

    static SparkplugTopic Node(int number) => new("plant", SparkplugMessage.NodeData, $"node-{number}", null);

    static EdgeNodes.KeptMessage Data(SparkplugTopic node, double second) =>
        new($"spBv1.0/{node.Group}/NDATA/{node.Node}", [], default, Now.AddSeconds(second));

    void WithAnother()
    {
        owners.Take([Self, Member(2)], Self);
        nodes.Receives(Member(2));
    }

    IEnumerable<SparkplugTopic> Nodes(bool mine) => Enumerable.Range(0, 100).Select(Node).Where(n => nodes.IsMine(n) == mine);

    [Fact]
    public void A_replica_that_knows_of_no_other_handles_all()
    {
        Assert.Empty(Nodes(mine: false));
        owners.Take([Self], Self);
        Assert.Empty(Nodes(mine: false));
    }

    [Fact]
    public void A_replica_that_does_not_receive_yet_leaves_its_nodes_to_the_others()
    {
        owners.Take([Self, Member(2)], Self);
        Assert.Equal([Self, Member(2)], nodes.ToAsk);
        Assert.Empty(Nodes(mine: false));
        nodes.Receives(Member(2));
        Assert.Equal([Self], nodes.ToAsk);
        Assert.NotEmpty(Nodes(mine: false));
        // Its next life is asked again.
        owners.Take([Self, SiloAddress.New(Member(2).Endpoint, 2)], Self);
        nodes.TakeOver(Now);
        Assert.Empty(Nodes(mine: false));
    }

    [Fact]
    public void Two_replicas_share_the_nodes_and_the_rest_is_taken_over_in_order()
    {
        WithAnother();
        Assert.InRange(Nodes(mine: true).Count(), 20, 80);
        var others = Nodes(mine: false).Take(2).ToList();
        EdgeNodes.KeptMessage[] messages = [Data(others[0], 0), Data(others[1], 1), Data(others[0], 2)];
        foreach (var message in messages) nodes.Keep(message);
        Assert.Empty(nodes.TakeOver(Now.AddSeconds(1))!);
        Assert.Null(nodes.TakeOver(Now.AddSeconds(2)));
        owners.Take([Self], Self);
        Assert.Equal(messages, nodes.TakeOver(Now.AddSeconds(5)));
        Assert.Null(nodes.TakeOver(Now.AddSeconds(5)));
    }

    [Fact]
    public void What_came_long_ago_is_the_former_owners()
    {
        WithAnother();
        nodes.TakeOver(Now);
        var other = Nodes(mine: false).First();
        nodes.Keep(Data(other, 0));
        nodes.Keep(Data(other, 10));
        owners.Take([Self], Self);
        Assert.Equal([Data(other, 10).ReceivedAt], nodes.TakeOver(Now.AddSeconds(20))!.Select(m => m.ReceivedAt));
    }

    [Fact]
    public void Only_the_newest_are_kept()
    {
        WithAnother();
        nodes.TakeOver(Now);
        var other = Nodes(mine: false).First();
        for (var i = 0; i <= EdgeNodes.MostKept; i++) nodes.Keep(Data(other, i * 1e-4));
        owners.Take([Self], Self);
        var taken = nodes.TakeOver(Now.AddSeconds(2))!;
        Assert.Equal((EdgeNodes.MostKept, Now.AddSeconds(1e-4)), (taken.Count, taken[0].ReceivedAt));
    }
}
