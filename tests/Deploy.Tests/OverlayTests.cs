using k8s.Models;

namespace Deploy.Tests;

public class OverlayTests
{
    public static TheoryData<string> Overlays => Overlay.Names;

    [Theory, MemberData(nameof(Overlays))]
    public void Every_document_fits_its_type_strictly(string overlay)
    {
        var documents = Overlay.Of(overlay).Documents.Where(d => !d.IsCustom).ToList();
        Assert.True(documents.Count > 20);
        foreach (var document in documents)
        {
            var exception = Record.Exception(() => Overlay.Load(document));
            Assert.True(exception is null, $"{document}: {exception?.Message} {exception?.InnerException?.Message}");
        }
    }

    [Fact]
    public void Strict_loading_refuses_a_field_that_does_not_exist() =>
        Assert.ThrowsAny<Exception>(
            () => Overlay.Load(
                new("v1", "Service", "x", "apiVersion: v1\nkind: Service\nmetadata:\n  name: x\nspec:\n  prots: []\n", null!)));

    [Theory, MemberData(nameof(Overlays))]
    public void Names_are_unique_and_in_the_namespace(string overlay)
    {
        var documents = Overlay.Of(overlay).Documents;
        Assert.Equal(documents.Count, documents.Select(d => d.ToString()).Distinct().Count());
        foreach (var document in documents.Where(d => d.Kind is not ("Namespace" or "PriorityClass")))
            Assert.Equal("pollux", document.Node["metadata"]["namespace"].ToString());
    }

    [Theory, MemberData(nameof(Overlays))]
    public void The_namespace_enforces_the_restricted_standard(string overlay) => Assert.Equal(
        "restricted", Overlay.Of(overlay).Objects<V1Namespace>().Single().Metadata.Labels["pod-security.kubernetes.io/enforce"]);

    [Theory, MemberData(nameof(Overlays))]
    public void What_is_referred_to_exists(string overlay)
    {
        var all = Overlay.Of(overlay);
        var there = all.Documents.Select(d => d.ToString()).ToHashSet();
        // Created by the operators in overlay prod.
        if (all.Documents.Any(d => d is { Kind: "Cluster", Name: "postgres" })) there.Add("Secret/postgres-app");
        if (all.Documents.Any(d => d is { Kind: "RabbitmqCluster", Name: "rabbitmq" })) there.Add("Secret/rabbitmq-default-user");
        // A private key and the accounts are made by hand; the accounts under the names that overlay dev has for throw-away systems.
        there.Add("Secret/pollux-seal-key");
        there.UnionWith(Overlay.Of("dev").Documents.Where(d => d.Kind == "Secret").Select(d => d.ToString()));
        foreach (var workload in all.Workloads)
        {
            List<string> wanted = [$"ServiceAccount/{workload.Pod.ServiceAccountName}"];
            if (workload.Pod.PriorityClassName is { } priority) wanted.Add($"PriorityClass/{priority}");
            wanted.AddRange((workload.Pod.Volumes ?? []).Where(v => v.ConfigMap is not null).Select(v => $"ConfigMap/{v.ConfigMap.Name}"));
            wanted.AddRange((workload.Pod.Volumes ?? []).Where(v => v.Secret is not null).Select(v => $"Secret/{v.Secret.SecretName}"));
            wanted.AddRange((workload.Pod.Volumes ?? []).Where(v => v.PersistentVolumeClaim is not null)
                .Select(v => $"PersistentVolumeClaim/{v.PersistentVolumeClaim.ClaimName}"));
            wanted.AddRange(workload.Containers.SelectMany(c => c.EnvFrom ?? []).Select(e => $"ConfigMap/{e.ConfigMapRef.Name}"));
            wanted.AddRange(workload.Containers.SelectMany(c => c.Env ?? []).Where(e => e.ValueFrom?.SecretKeyRef is not null)
                .Select(e => $"Secret/{e.ValueFrom.SecretKeyRef.Name}"));
            Assert.All(wanted, name => Assert.True(there.Contains(name), $"{workload.Source} refers to {name}, which is not there"));
        }
    }

    [Theory, MemberData(nameof(Overlays))]
    public void Variables_in_values_are_defined_before_they_are_used(string overlay)
    {
        foreach (var container in Overlay.Of(overlay).Workloads.SelectMany(w => w.Containers))
        {
            var known = new HashSet<string>();
            foreach (var variable in container.Env ?? [])
            {
                foreach (System.Text.RegularExpressions.Match used in System.Text.RegularExpressions.Regex.Matches(
                    variable.Value ?? "", @"\$\((\w+)\)"))
                    Assert.True(known.Contains(used.Groups[1].Value),
                        $"{container.Name}: {variable.Name} uses {used.Value} before it is defined");
                known.Add(variable.Name);
            }
        }
    }

    [Fact]
    public void No_password_is_stored_for_production() => Assert.DoesNotContain(Overlay.Of("prod").Documents, d => d.Kind == "Secret");
}
