using System.Net;
using Google.Protobuf;
using Query.Replicas;
using Proto = Contracts.Query.V1;

namespace Query.Tests;

public class ReplicaTests
{
    const int Joining = 2, Active = 3, ShuttingDown = 4, Stopping = 5, Dead = 6;

    static readonly string[] Assets = [.. Enumerable.Range(1, 1_000).Select(i => $"pump-{i}")];

    static Member A_member(int number, int status = Active, string service = "twin-state", int generation = 1) => new(
        service, new(IPAddress.Loopback, 11_000 + number), generation, status, Given.Noon.AddSeconds(generation), Given.Noon.AddMinutes(5));

    static List<ReplicaAnswer> Among(params Member[] members) => ShareAssets.Among(members, Assets);

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void Every_asset_has_one_owner_in_each_service(int count)
    {
        var replicas = Among([.. Enumerable.Range(1, count).SelectMany(n => new[] { A_member(n), A_member(n, service: "ingest") })]);
        Assert.All(replicas.GroupBy(r => r.Service), service =>
        {
            Assert.Equal(Assets.Length, service.Sum(r => r.Assets));
            Assert.All(service, r => Assert.InRange(r.Assets, 0.8 * Assets.Length / count, 1.2 * Assets.Length / count));
        });
        Assert.Equal(2, replicas.Select(r => r.Service).Distinct().Count());
    }

    [Theory]
    [InlineData(1, "joining"), InlineData(Joining, "joining")]
    [InlineData(ShuttingDown, "stopping"), InlineData(Stopping, "stopping")]
    [InlineData(Dead, "dead")]
    public void Only_an_active_replica_owns_assets(int status, string state)
    {
        var replicas = Among(A_member(1, status), A_member(2));
        var other = replicas.Single(r => r.Name == "127.0.0.1:11001");
        Assert.Equal((state, 0), (other.State, other.Assets));
        Assert.Equal(("active", Assets.Length), replicas.Where(r => r != other).Select(r => (r.State, r.Assets)).Single());
    }

    [Fact]
    public void The_newest_life_of_a_replica_owns_what_it_owned_before()
    {
        var before = Among(A_member(1), A_member(2)).Single(r => r.Name == "127.0.0.1:11002").Assets;
        // For a moment, both lives are active.
        var lives = Among(A_member(1), A_member(2), A_member(2, generation: 7)).Where(r => r.Name == "127.0.0.1:11002").ToList();
        Assert.Equal([(Given.Noon.AddSeconds(7), before), (Given.Noon.AddSeconds(1), 0)], lives.Select(r => (r.Since, r.Assets)));
        Assert.NotEqual(0, before);
    }

    [Fact]
    public void Replicas_are_listed_by_service_with_dead_ones_last()
    {
        var replicas = Among(A_member(1, Dead), A_member(3), A_member(2), A_member(9, service: "ingest"));
        Assert.Equal(
            [("ingest", 11_009), ("twin-state", 11_002), ("twin-state", 11_003), ("twin-state", 11_001)],
            replicas.Select(r => (r.Service, IPEndPoint.Parse(r.Name).Port)));
    }

    [Fact]
    public void An_address_of_IPv6_is_named_as_its_replica_names_it()
    {
        var member = A_member(1) with { Endpoint = new(IPAddress.Parse("fd00::12"), 5112) };
        Assert.Equal("[fd00::12]:5112", Assert.Single(Among(member)).Name);
    }

    [Fact]
    public void Without_members_or_assets_nothing_is_owned()
    {
        Assert.Empty(Among());
        Assert.Equal(0, Assert.Single(ShareAssets.Among([A_member(1)], [])).Assets);
        Assert.Equal(0, Assert.Single(Among(A_member(1, Dead))).Assets);
    }

    [Fact]
    public void A_replica_says_the_same_over_grpc_as_over_rest()
    {
        var answer = Among(A_member(1))[0];
        var message = Proto.Replica.Parser.ParseFrom(ReplicaRpc.Message(answer).ToByteArray());
        Assert.Equal(answer, new(message.Service, message.Name, message.State, message.Since.ToDateTimeOffset(),
            message.AliveAt.ToDateTimeOffset(), message.Assets));
    }
}
