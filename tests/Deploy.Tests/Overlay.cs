using k8s;
using k8s.Models;
using YamlDotNet.RepresentationModel;

namespace Deploy.Tests;

/// <summary>A document of a rendered overlay.</summary>
/// <param name="ApiVersion">Group and version.</param>
/// <param name="Kind">Kind.</param>
/// <param name="Name">Name.</param>
/// <param name="Yaml">The document.</param>
/// <param name="Node">The parsed document.</param>
public sealed record Document(string ApiVersion, string Kind, string Name, string Yaml, YamlMappingNode Node)
{
    /// <summary>True for kinds missing from the typed Kubernetes API; their operators validate them, tests check what we rely on.</summary>
    public bool IsCustom => ApiVersion.Split('/')[0] is "postgresql.cnpg.io" or "rabbitmq.com" or "keda.sh";

    public override string ToString() => $"{Kind}/{Name}";
}

/// <summary>A pod template with what is needed to check it.</summary>
public sealed record Workload(Document Source, int? Replicas, IDictionary<string, string> Labels, V1PodSpec Pod)
{
    public bool IsService => Labels.TryGetValue("app.kubernetes.io/component", out var component) && component == "service";

    public bool RunsOn => Source.Kind is "Deployment" or "StatefulSet";

    public IEnumerable<V1Container> Containers => [.. Pod.InitContainers ?? [], .. Pod.Containers];
}

/// <summary>Output of <c>kubectl kustomize deploy/overlays/NAME</c>, rendered once.</summary>
public sealed class Overlay
{
    static readonly Dictionary<string, Lazy<Overlay>> Known = Directory.GetDirectories(Tool.In("deploy", "overlays"))
        .ToDictionary(d => Path.GetFileName(d), d => new Lazy<Overlay>(() => new(d)));

    public static TheoryData<string> Names => [.. Known.Keys.Order()];

    public static Overlay Of(string name) => Known[name].Value;

    public IReadOnlyList<Document> Documents { get; }

    public IReadOnlyList<Workload> Workloads { get; }

    Overlay(string directory)
    {
        var (code, output) = Tool.Run("kubectl", "kustomize", directory);
        Assert.True(code == 0, $"{directory} does not render:\n{output}");
        Documents = [.. output.Split("\n---\n").Select(Read)];
        Workloads = [.. Documents.Where(d => !d.IsCustom).Select(d => (Document: d, Object: Load(d)))
            .Select(o => Template(o.Document, o.Object)).OfType<Workload>()];
    }

    static Document Read(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        var node = (YamlMappingNode)stream.Documents[0].RootNode;
        return new(node["apiVersion"].ToString(), node["kind"].ToString(), node["metadata"]["name"].ToString(), yaml, node);
    }

    /// <summary>Parses a document into its type; unknown fields, duplicate keys and values of the wrong type are errors.</summary>
    public static object Load(Document document) => Assert.Single(KubernetesYaml.LoadAllFromString(document.Yaml, strict: true));

    public IEnumerable<T> Objects<T>() => Documents.Where(d => !d.IsCustom).Select(Load).OfType<T>();

    static Workload? Template(Document document, object value) => value switch
    {
        V1Deployment d => new(document, d.Spec.Replicas, d.Spec.Template.Metadata.Labels, d.Spec.Template.Spec),
        V1StatefulSet s => new(document, s.Spec.Replicas, s.Spec.Template.Metadata.Labels, s.Spec.Template.Spec),
        V1Job j => new(document, null, j.Spec.Template.Metadata.Labels, j.Spec.Template.Spec),
        V1CronJob c => new(document, null, c.Spec.JobTemplate.Spec.Template.Metadata.Labels, c.Spec.JobTemplate.Spec.Template.Spec),
        _ => null,
    };
}
