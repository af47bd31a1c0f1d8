using System.Collections;
using System.Globalization;
using Contracts.Messages;
using k8s.Models;
using YamlDotNet.RepresentationModel;

namespace Deploy.Tests;

/// <summary>What the replicas of ingest and twin-state need in order to be a cluster.</summary>
public class ClusterMemberTests
{
    public static TheoryData<string> Overlays => Overlay.Names;

    static IEnumerable<Workload> Members(string overlay)
    {
        var members = Overlay.Of(overlay).Workloads.Where(w => w.IsService && CodeFacts.ClusterPorts.ContainsKey(w.Source.Name)).ToList();
        Assert.Equal(CodeFacts.ClusterPorts.Keys.Order(), members.Select(m => m.Source.Name).Order());
        return members;
    }

    [Theory, MemberData(nameof(Overlays))]
    public void Members_are_reached_at_the_address_of_their_pod(string overlay)
    {
        foreach (var container in Members(overlay).Select(m => m.Pod.Containers.Single()))
        {
            var address = Assert.Single(container.Env, e => e.Name == "Cluster__Address");
            Assert.Equal("status.podIP", address.ValueFrom?.FieldRef?.FieldPath);
            // The manifests open the port that the code has by default.
            Assert.DoesNotContain(container.Env, e => e.Name == "Cluster__Port");
        }
        Assert.All(Overlay.Of(overlay).Workloads.Except(Members(overlay)).SelectMany(w => w.Containers).SelectMany(c => c.Env ?? []),
            e => Assert.NotEqual("Cluster__Address", e.Name));
    }

    [Theory, MemberData(nameof(Overlays))]
    public void A_member_that_was_declared_dead_is_started_again(string overlay) =>
        Assert.All(Members(overlay), m => Assert.True(m.RunsOn && m.Pod.RestartPolicy is null or "Always"));

    [Theory, MemberData(nameof(Overlays))]
    public void Members_and_nobody_else_reach_each_other(string overlay)
    {
        var all = Overlay.Of(overlay);
        foreach (var member in Members(overlay))
        {
            var port = CodeFacts.ClusterPorts[member.Source.Name].ToString(CultureInfo.InvariantCulture);
            var policies = all.Objects<V1NetworkPolicy>().Where(p => Selects(p.Spec.PodSelector, member.Labels)).ToList();
            var from = policies.SelectMany(p => p.Spec.Ingress ?? []).Where(i => Opens(i.Ports, port)).Select(i => i.FromProperty);
            var to = policies.SelectMany(p => p.Spec.Egress ?? []).Where(e => Opens(e.Ports, port)).Select(e => e.To);
            Assert.Equal([member.Source.Name], Admitted(Assert.Single(from)));
            Assert.Equal([member.Source.Name], Admitted(Assert.Single(to)));
        }

        List<string> Admitted(IList<V1NetworkPolicyPeer> peers)
        {
            // Without peers, a rule admits everybody.
            var peer = Assert.Single(peers);
            Assert.Null(peer.NamespaceSelector);
            Assert.Null(peer.IpBlock);
            return [.. all.Workloads.Where(w => Selects(peer.PodSelector, w.Labels)).Select(w => w.Source.Name)];
        }
    }

    // Without ports, a rule opens all.
    static bool Opens(IList<V1NetworkPolicyPort>? ports, string port) =>
        ports is null or [] || ports.Any(p => p.EndPort is not null || p.Port is null || p.Port.Value == port);

    static bool Selects(V1LabelSelector selector, IDictionary<string, string> labels) =>
        (selector.MatchLabels ?? new Dictionary<string, string>()).All(l => labels.TryGetValue(l.Key, out var value) && value == l.Value)
        && (selector.MatchExpressions ?? []).All(e => e.OperatorProperty == "In"
            ? labels.TryGetValue(e.Key, out var value) && e.Values.Contains(value)
            : throw new NotSupportedException(e.OperatorProperty));

    [Theory, MemberData(nameof(Overlays))]
    public void One_member_leaves_at_a_time_and_a_new_one_has_time_to_take_over(string overlay)
    {
        var all = Overlay.Of(overlay);
        foreach (var name in CodeFacts.ClusterPorts.Keys)
        {
            var budget = all.Objects<V1PodDisruptionBudget>().Single(b => b.Metadata.Name == name);
            Assert.Equal("1", budget.Spec.MaxUnavailable.Value);
        }
        var deployments = all.Objects<V1Deployment>().Where(d => CodeFacts.ClusterPorts.ContainsKey(d.Metadata.Name)).ToList();
        foreach (var deployment in deployments.Select(d => d.Spec))
        {
            var update = deployment.Strategy.RollingUpdate;
            Assert.Equal(("0", "1"), (update.MaxUnavailable.Value, update.MaxSurge.Value));
            Assert.True(deployment.MinReadySeconds > 0);
        }
        // A StatefulSet replaces one pod at a time unless it says otherwise.
        var sets = all.Objects<V1StatefulSet>().Where(s => CodeFacts.ClusterPorts.ContainsKey(s.Metadata.Name)).ToList();
        Assert.All(sets, s => Assert.True(s.Spec.MinReadySeconds > 0 && s.Spec.UpdateStrategy?.RollingUpdate is null));
        Assert.Equal(CodeFacts.ClusterPorts.Count, deployments.Count + sets.Count);
    }

    [Fact]
    public void Each_service_has_one_scaler_at_most_and_at_least_two_replicas()
    {
        var prod = Overlay.Of("prod");
        List<(string Kind, string Name, int Least)> scaled =
        [
            .. prod.Objects<V2HorizontalPodAutoscaler>()
                .Select(h => (h.Spec.ScaleTargetRef.Kind, h.Spec.ScaleTargetRef.Name, h.Spec.MinReplicas ?? 1)),
            .. prod.Documents.Where(d => d.Kind == "ScaledObject").Select(d => d.Node["spec"])
                .Select(s => ("Deployment", s["scaleTargetRef"]["name"].ToString(),
                    int.Parse(s["minReplicaCount"].ToString(), CultureInfo.InvariantCulture))),
        ];
        Assert.Subset(scaled.Select(s => s.Name).ToHashSet(), CodeFacts.ClusterPorts.Keys.ToHashSet());
        Assert.Equal(scaled.Count, scaled.Select(s => s.Name).Distinct().Count());
        foreach (var (kind, name, least) in scaled)
        {
            Assert.True(least >= 2);
            // A number in the manifest would override the scaler's at every rollout.
            Assert.Null(prod.Workloads.Single(w => w.Source.Kind == kind && w.Source.Name == name).Replicas);
        }
    }

    [Fact]
    public void No_scaler_removes_ingest_with_the_messages_in_its_broker_session() => Assert.Equal("Disabled",
        Overlay.Of("prod").Objects<V2HorizontalPodAutoscaler>().Single(h => h.Metadata.Name == "ingest")
            .Spec.Behavior.ScaleDown.SelectPolicy);

    [Fact]
    public void Twin_state_is_scaled_by_load_and_by_waiting_news()
    {
        var scaler = Overlay.Of("prod").Documents.Single(d => d is { Kind: "ScaledObject", Name: "twin-state" });
        var triggers = ((YamlSequenceNode)scaler.Node["spec"]["triggers"]).ToDictionary(t => t["type"].ToString(), t => t["metadata"]);
        Assert.Equal(["cpu", "rabbitmq"], triggers.Keys.Order());
        Assert.Equal(QueueNames.News, triggers["rabbitmq"]["queueName"].ToString());
    }

    [Fact]
    public void Members_in_compose_have_addresses_of_their_own_and_expose_no_port_to_the_host()
    {
        var pool = (IDictionary)((IList)((IDictionary)Compose.Network["ipam"]!)["config"]!)[0]!;
        var subnet = ((string)pool["subnet"]!).Split("0/24")[0];
        Assert.Equal((subnet + "0/24", subnet + "128/25"), ((string)pool["subnet"]!, (string)pool["ip_range"]!));
        List<string> addresses = [];
        foreach (var service in Compose.Services.Values)
        {
            var networks = (IDictionary?)service["networks"];
            var fixedAddress = (string?)((IDictionary?)networks?["default"])?["ipv4_address"];
            // With a command, it applies the schema.
            var isMember = service["command"] is null && CodeFacts.ClusterPorts.Keys.Any(
                s => ((string)service["image"]!).StartsWith($"pollux/{s}:", StringComparison.Ordinal));
            Assert.Equal(isMember, fixedAddress is not null);
            if (fixedAddress is null) continue;
            Assert.Equal(fixedAddress, ((IDictionary)service["environment"]!)["Cluster__Address"]);
            addresses.Add(fixedAddress);
            Assert.StartsWith(subnet, fixedAddress, StringComparison.Ordinal);
            // Docker assigns the others, and 1 is the gateway.
            Assert.InRange(int.Parse(fixedAddress[subnet.Length..], CultureInfo.InvariantCulture), 2, 127);
            Assert.All(((IList)service["ports"]!).Cast<string>(), p => Assert.DoesNotContain(
                p.Split(':')[^1], CodeFacts.ClusterPorts.Values.Select(v => v.ToString(CultureInfo.InvariantCulture))));
            Assert.Equal("unless-stopped", service["restart"]);
        }
        Assert.Equal(2 * CodeFacts.ClusterPorts.Count, addresses.Distinct().Count());
    }
}
