using Contracts.Query.V1;
using Dashboard.Audit;

namespace Dashboard.Tests;

public class ServiceReplicasTests
{
    static Replica A_replica(string name, int machines, string state = "active", string service = "ingest") =>
        new() { Service = service, Name = name, State = state, Assets = machines };

    static ServiceReplicas Of(params Replica[] replicas) => Assert.Single(ServiceReplicas.Of(replicas));

    [Fact]
    public void Each_service_has_its_replicas() => Assert.Equal(
        [("ingest", "b"), ("ingest", "a"), ("twin-state", "c")],
        ServiceReplicas.Of([A_replica("b", 1), A_replica("a", 1), A_replica("c", 2, service: "twin-state")])
            .SelectMany(s => s.Replicas.Select(r => (s.Service, r.Name))));

    [Fact]
    public void Active_replicas_have_their_share_of_all_machines()
    {
        var (large, small, dead) = (A_replica("a", 30), A_replica("b", 10), A_replica("c", 0, "dead"));
        var service = Of(large, small, dead);
        Assert.Equal("2 active replicas share 40 machines", service.Summary);
        Assert.Equal(["75\u00a0%", "25\u00a0%", "–"], service.Replicas.Select(service.ShareOf));
        Assert.Equal(["ok", "ok", "quiet"], service.Replicas.Select(ServiceReplicas.Mark));
    }

    [Fact]
    public void A_single_replica_is_said_to_be_the_only_one() => Assert.Equal(
        "only one active replica, the owner of 1 machine; no other takes over if it fails", Of(A_replica("a", 1)).Summary);

    [Theory, InlineData("dead"), InlineData("joining"), InlineData("stopping")]
    public void Machines_without_an_active_replica_have_no_owner(string state) =>
        Assert.Equal("no active replica: the machines have no owner", Of(A_replica("a", 0, state)).Summary);

    [Fact]
    public void Without_machines_there_is_nothing_to_share() => Assert.Equal("–", Of(A_replica("a", 0)).ShareOf(A_replica("a", 0)));
}
