using System.Globalization;
using k8s.Models;

namespace Deploy.Tests;

/// <summary>Requirements for every pod of ours, whoever writes the next manifest.</summary>
public class PodPolicyTests
{
    public static TheoryData<string> Overlays => Overlay.Names;

    static void ForAll(string overlay, Func<Workload, bool> which, Func<Workload, string?> problem)
    {
        var chosen = Overlay.Of(overlay).Workloads.Where(which).ToList();
        Assert.NotEmpty(chosen);
        Assert.Empty(chosen.Select(w => problem(w) is { } text ? $"{w.Source}: {text}" : null).OfType<string>());
    }

    static void ForAllContainers(string overlay, Func<V1Container, string?> problem) =>
        ForAll(overlay, _ => true,
            w => w.Containers.Select(c => problem(c) is { } text ? $"container {c.Name} {text}" : null).FirstOrDefault(p => p is not null));

    [Theory, MemberData(nameof(Overlays))]
    public void Pods_are_restricted(string overlay)
    {
        ForAll(overlay, _ => true, w => w.Pod.SecurityContext switch
        {
            { RunAsNonRoot: not true } => "may run as root",
            { RunAsUser: null or 0 } => "has no user",
            { SeccompProfile.Type: not "RuntimeDefault" } or { SeccompProfile: null } => "has no seccomp profile",
            null => "has no security context",
            _ => w.Pod.AutomountServiceAccountToken == false
                ? w.Pod.HostNetwork is true || w.Pod.HostPID is true ? "shares the host's namespaces"
                : null : "mounts a token of the API server",
        });
        ForAllContainers(overlay, c => c.SecurityContext switch
        {
            null => "has no security context",
            { AllowPrivilegeEscalation: not false } => "may gain privileges",
            { ReadOnlyRootFilesystem: not true } => "can write its root",
            { Capabilities.Drop: var drop } when drop?.Contains("ALL") == true => null,
            _ => "keeps capabilities",
        });
    }

    [Theory, MemberData(nameof(Overlays))]
    public void Containers_ask_for_and_are_limited_in_processor_and_memory(string overlay) => ForAllContainers(overlay, c =>
        new[] { "cpu", "memory" }.All(r => c.Resources?.Requests?.ContainsKey(r) == true && c.Resources.Limits?.ContainsKey(r) == true)
            ? c.Resources.Requests.All(r => r.Value.ToDecimal() <= c.Resources.Limits[r.Key].ToDecimal())
                ? null
                : "asks for more than its limit"
            : "has no requests or no limits");

    [Theory, MemberData(nameof(Overlays))]
    public void Images_have_a_fixed_version(string overlay) => ForAllContainers(overlay, c =>
        c.Image.Split(':') is [_, var tag] && tag != "latest" && tag.Any(char.IsAsciiDigit) ? null : $"uses {c.Image}");

    [Theory, MemberData(nameof(Overlays))]
    public void What_runs_on_is_probed(string overlay) => ForAll(overlay, w => w.RunsOn, w =>
        w.Pod.Containers.All(c => c.StartupProbe is not null && c.LivenessProbe is not null && c.ReadinessProbe is not null)
            ? null
            : "lacks a probe");

    [Theory, MemberData(nameof(Overlays))]
    public void Services_are_probed_where_they_answer(string overlay) => ForAll(overlay, w => w.IsService, w =>
        w.Pod.Containers.Single() is
        {
            LivenessProbe.HttpGet: { Path: "/health/live", Port.Value: "http" },
            ReadinessProbe.HttpGet: { Path: "/health/ready", Port.Value: "http" }
        } ? null : "is probed elsewhere");

    [Theory, MemberData(nameof(Overlays))]
    public void Services_end_gracefully(string overlay) => ForAll(overlay, w => w.IsService, w =>
        // The host takes up to 30 s to finish its work.
        w.Pod.TerminationGracePeriodSeconds >= 30
            + (w.Pod.Containers[0].Lifecycle?.PreStop?.Sleep?.Seconds ?? throw new InvalidOperationException($"{w.Source} has no preStop"))
            ? null
            : "has no time to finish");

    [Theory, MemberData(nameof(Overlays))]
    public void Services_spread_over_nodes_and_zones_and_have_a_priority(string overlay) => ForAll(overlay, w => w.IsService, w =>
        w.Pod.TopologySpreadConstraints?.Select(t => t.TopologyKey).Order()
            .SequenceEqual(["kubernetes.io/hostname", "topology.kubernetes.io/zone"]) == true
        && w.Pod.PriorityClassName == "pollux-service" ? null : "does not spread or has no priority");

    [Theory, MemberData(nameof(Overlays))]
    public void Rollouts_never_take_a_replica_before_the_new_one_is_ready(string overlay) => Assert.All(
        Overlay.Of(overlay).Objects<V1Deployment>()
            .Where(d => d.Spec.Template.Metadata.Labels["app.kubernetes.io/component"] == "service" && d.Metadata.Name != "plant"),
        d => Assert.Equal("0", d.Spec.Strategy.RollingUpdate.MaxUnavailable.Value));

    [Theory, MemberData(nameof(Overlays))]
    public void Each_service_has_a_disruption_budget_that_selects_its_pods(string overlay)
    {
        var budgets = Overlay.Of(overlay).Objects<V1PodDisruptionBudget>().ToList();
        ForAll(overlay, w => w.IsService,
            w => budgets.Any(b => b.Spec.Selector.MatchLabels.All(l => w.Labels.TryGetValue(l.Key, out var value) && value == l.Value))
                ? null
                : "has no budget");
    }

    [Fact]
    public void Production_runs_two_of_each_service() =>
        Assert.All(Overlay.Of("prod").Workloads.Where(w => w.IsService), w => Assert.True(w.Replicas is null or >= 2, w.Source.ToString()));

    [Fact]
    public void Production_has_quorum_queues_on_three_nodes_and_streaming_replicas()
    {
        var (postgres, rabbit) = (
            Overlay.Of("prod").Documents.Single(d => d.Kind == "Cluster").Node["spec"],
            Overlay.Of("prod").Documents.Single(d => d.Kind == "RabbitmqCluster").Node["spec"]);
        Assert.True(int.Parse(rabbit["replicas"].ToString(), CultureInfo.InvariantCulture) is >= 3 and var nodes && nodes % 2 == 1);
        Assert.Contains("rabbitmq_consistent_hash_exchange", rabbit["rabbitmq"]["additionalPlugins"].ToString(), StringComparison.Ordinal);
        Assert.True(int.Parse(postgres["instances"].ToString(), CultureInfo.InvariantCulture) >= 2);
        Assert.True(int.Parse(postgres["minSyncReplicas"].ToString(), CultureInfo.InvariantCulture) >= 1);
    }
}
