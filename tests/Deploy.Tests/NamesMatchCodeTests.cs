using System.Collections;
using System.Reflection;
using Contracts.Messages;
using k8s.Models;
using YamlDotNet.RepresentationModel;

namespace Deploy.Tests;

/// <summary>Images, ports, services, queues and settings in the manifests match the code.</summary>
public class NamesMatchCodeTests
{
    public static TheoryData<string> Overlays => Overlay.Names;

    public static TheoryData<string> Services => [.. CodeFacts.Assemblies.Keys];

    [Fact]
    public void The_facts_are_found()
    {
        Assert.True(CodeFacts.Assemblies.Count >= 5);
        Assert.Contains("Ingest__ClientId", CodeFacts.Settings);
        Assert.Contains("Ports__Address", CodeFacts.Settings);
        Assert.Contains("OTEL_EXPORTER_OTLP_ENDPOINT", CodeFacts.Settings);
        Assert.Contains("Cluster__Address", CodeFacts.Settings);
        Assert.Equal(["ingest", "twin-state"], CodeFacts.ClusterPorts.Keys.Order());
        Assert.Contains("pollux_ingest_append_duration_seconds", CodeFacts.Metrics);
        Assert.DoesNotContain("Ingest__NoSuchThing", CodeFacts.Settings);
    }

    [Fact]
    public void The_dockerfile_tells_services_what_they_know()
    {
        var lines = File.ReadAllLines(Tool.In("services", "Dockerfile"));
        Assert.Contains("USER $APP_UID", lines);
        Assert.Contains("EXPOSE $PORTS", lines);
        Assert.Contains("ENTRYPOINT [\"/app/service\"]", lines);
        Assert.Contains(lines, l => l.StartsWith("HEALTHCHECK", StringComparison.Ordinal)
            && l.EndsWith("[\"/app/service\", \"health\"]", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("RUN dotnet publish services/$SERVICE ", StringComparison.Ordinal)
            && l.EndsWith(" --output /app && mv /app/$ASSEMBLY /app/service", StringComparison.Ordinal));
        Assert.Contains("COPY --from=build /app .", lines);
        // A setting that no service reads is a mistake.
        foreach (var variable in lines.Single(l => l.StartsWith("ENV ", StringComparison.Ordinal))[4..].Split(' ')
            .Select(v => v.Split('=')[0]).Where(v => v.Contains("__", StringComparison.Ordinal)))
            Assert.Contains(variable, CodeFacts.Settings);
    }

    [Theory, MemberData(nameof(Services))]
    public void An_image_is_built_from_the_assembly_and_the_ports_of_its_service(string service)
    {
        var (services, settings) = (
            File.ReadAllText(Tool.In("deploy", "local", "services.sh")), File.ReadAllText(Tool.In("deploy", "local", "settings.sh")));
        Assert.Contains($"        {service}) printf {CodeFacts.Assemblies[service]} ;;", services);
        Assert.Contains($"_{service.ToUpperInvariant().Replace('-', '_')}_PORT:-$(({CodeFacts.HttpPorts[service]} + offset))", settings);
        if (service == "query") Assert.Contains($"_QUERY_GRPC_PORT:-$(({CodeFacts.QueryGrpcPort} + offset))", settings);
        if (CodeFacts.ClusterPorts.TryGetValue(service, out var clusterPort))
            Assert.Contains(
                $"cluster_port() {{ printf '%s' $(($(service_port \"$1\") + {clusterPort - CodeFacts.HttpPorts[service]})); }}", services);
    }

    [Theory, MemberData(nameof(Overlays))]
    public void Every_image_of_ours_is_a_service_in_the_version_of_the_build(string overlay)
    {
        var ours = Overlay.Of(overlay).Workloads.SelectMany(w => w.Containers).Select(c => c.Image)
            .Where(i => i.StartsWith("pollux/", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(ours);
        Assert.All(ours, image => Assert.Contains(image, CodeFacts.Assemblies.Keys.Select(s => $"pollux/{s}:{CodeFacts.Version}")));
    }

    [Theory, MemberData(nameof(Overlays))]
    public void All_services_that_production_needs_are_deployed(string overlay) => Assert.Subset(
        Overlay.Of(overlay).Workloads.Where(w => w.IsService).Select(w => w.Source.Name).ToHashSet(),
        CodeFacts.Assemblies.Keys.Where(s => !CodeFacts.ForOneMachine.Contains(s)).ToHashSet());

    [Theory, MemberData(nameof(Overlays))]
    public void Ports_are_those_the_services_listen_on(string overlay)
    {
        foreach (var workload in Overlay.Of(overlay).Workloads.Where(w => w.IsService))
        {
            Dictionary<string, int> wanted = new() { ["http"] = CodeFacts.HttpPorts[workload.Source.Name] };
            if (workload.Source.Name == "query") wanted["grpc"] = CodeFacts.QueryGrpcPort;
            var listened = new Dictionary<string, int>(wanted);
            if (CodeFacts.ClusterPorts.TryGetValue(workload.Source.Name, out var clusterPort)) listened["cluster"] = clusterPort;
            Assert.Equal(listened, workload.Pod.Containers.Single().Ports.ToDictionary(p => p.Name, p => p.ContainerPort));
            var service = Overlay.Of(overlay).Objects<V1Service>().Single(s => s.Metadata.Name == workload.Source.Name);
            Assert.Equal(wanted, service.Spec.Ports.ToDictionary(p => p.Name, p => p.Port));
            Assert.All(service.Spec.Selector, s => Assert.Equal(s.Value, workload.Labels[s.Key]));
        }
    }

    [Theory, MemberData(nameof(Overlays))]
    public void Settings_are_known_to_the_code(string overlay)
    {
        var maps = Overlay.Of(overlay).Objects<V1ConfigMap>().ToDictionary(m => m.Metadata.Name);
        foreach (var container in Overlay.Of(overlay).Workloads.SelectMany(w => w.Containers)
            .Where(c => c.Image.StartsWith("pollux/", StringComparison.Ordinal)))
        {
            var names = (container.EnvFrom ?? []).SelectMany(f => maps[f.ConfigMapRef.Name].Data.Keys)
                .Concat((container.Env ?? []).Select(e => e.Name)).ToList();
            Assert.NotEmpty(names);
            // The other variables are only used within values.
            Assert.All(names.Where(n => n.Contains("__", StringComparison.Ordinal) || n == "OTEL_EXPORTER_OTLP_ENDPOINT"),
                name => Assert.Contains(name, CodeFacts.Settings));
        }
    }

    [Theory, MemberData(nameof(Overlays))]
    public void Addresses_in_settings_are_services_and_ports_of_the_overlay(string overlay)
    {
        var ports = Overlay.Of(overlay).Objects<V1Service>().SelectMany(s => s.Spec.Ports.Select(p => $"{s.Metadata.Name}:{p.Port}"))
            .ToHashSet();
        var settings = Overlay.Of(overlay).Objects<V1ConfigMap>()
            .Single(m => m.Metadata.Name.StartsWith("pollux-settings", StringComparison.Ordinal)).Data;
        Assert.Equal("mqtt://mosquitto:1883", settings["ConnectionStrings__Mqtt"]);
        Assert.All(settings.Values.Where(v => v.Contains("://", StringComparison.Ordinal)),
            v => Assert.Contains(new Uri(v).Authority, ports));
    }

    [Fact]
    public void A_scaler_looks_at_queues_that_its_service_takes_from()
    {
        var scalers = Overlay.Of("prod").Documents.Where(d => d.Kind == "ScaledObject").ToList();
        Assert.NotEmpty(scalers);
        foreach (var scaler in scalers)
        {
            var service = scaler.Node["spec"]["scaleTargetRef"]["name"].ToString();
            var triggers = ((YamlSequenceNode)scaler.Node["spec"]["triggers"]).Where(t => t["type"].ToString() == "rabbitmq").ToList();
            Assert.NotEmpty(triggers);
            foreach (var trigger in triggers)
                Assert.Contains(trigger["metadata"]["queueName"].ToString(),
                    QueueNames.All.Where(q => q.StartsWith($"{service}.", StringComparison.Ordinal)));
        }
    }

    [Theory, MemberData(nameof(Overlays))]
    public void Network_policies_name_what_exists_and_ports_that_are_listened_on(string overlay)
    {
        var all = Overlay.Of(overlay);
        var policies = all.Objects<V1NetworkPolicy>().ToList();
        Assert.Contains(policies,
            p => p.Metadata.Name == "default-deny" && p.Spec.PodSelector.MatchLabels is null && p.Spec.PodSelector.MatchExpressions is null
                && p.Spec.PolicyTypes.Count == 2);
        var ports = all.Workloads.SelectMany(w => w.Containers).SelectMany(c => c.Ports ?? []).Select(p => p.ContainerPort).ToHashSet();
        // Ports of the operators' pods, and DNS.
        ports.UnionWith([53, 5432, 5672, 8000, 15672]);
        // Parts that exist in only one of the overlays.
        var names = all.Workloads.Select(w => w.Labels["app.kubernetes.io/name"]).Concat(["postgres", "rabbitmq", "plant", "backup"])
            .ToHashSet();
        foreach (var policy in policies)
        {
            var selectors = (policy.Spec.Egress ?? []).SelectMany(e => e.To ?? [])
                .Concat((policy.Spec.Ingress ?? []).SelectMany(i => i.FromProperty ?? [])).Select(p => p.PodSelector)
                    .Append(policy.Spec.PodSelector).Where(s => s is not null);
            foreach (var expression in selectors.SelectMany(s => s!.MatchExpressions ?? []))
                Assert.Subset(names, expression.Values.ToHashSet());
            var open = (policy.Spec.Egress ?? []).SelectMany(e => e.Ports ?? [])
                .Concat((policy.Spec.Ingress ?? []).SelectMany(i => i.Ports ?? []))
                    .Select(p => int.Parse(p.Port.Value, System.Globalization.CultureInfo.InvariantCulture));
            Assert.Subset(ports, open.ToHashSet());
        }
    }

    [Fact]
    public void Compose_runs_the_same_images_with_settings_the_code_knows()
    {
        var inProduction = Overlay.Of("dev").Workloads.SelectMany(w => w.Containers).Select(c => c.Image).ToHashSet();
        foreach (var (name, service) in Compose.Services)
        {
            var image = (string)service["image"]!;
            Assert.True(inProduction.Contains(image), $"compose's {name} is {image}, which overlay dev does not run");
            if (!image.StartsWith("pollux/", StringComparison.Ordinal)) continue;
            Assert.All(((IDictionary)service["environment"]!).Keys.Cast<string>(), key => Assert.Contains(key, CodeFacts.Settings));
            Assert.Equal("true", service["read_only"]);
        }
        Assert.Subset(
            Compose.Services.Keys.ToHashSet(), CodeFacts.Assemblies.Keys.Where(s => s != CodeFacts.OutsideContainers).ToHashSet());
    }
}
