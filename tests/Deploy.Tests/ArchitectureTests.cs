using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using ArchUnitNET.xUnitV3;
using static ArchUnitNET.Fluent.Slices.SliceRuleDefinition;
using Assembly = System.Reflection.Assembly;

namespace Deploy.Tests;

/// <summary>Allowed dependencies: folders of a project depend one way, and so do projects.</summary>
public class ArchitectureTests
{
    static readonly string[] Shared = ["Contracts", "TwinModel", "ServiceDefaults", "Cluster"];

    static readonly string[] All = [.. Shared, .. CodeFacts.Assemblies.Values, "Cli"];

    // Loading all assemblies at once takes no longer than loading the largest.
    static readonly Architecture Code = new ArchLoader().LoadAssemblies([.. All.Select(Assembly.Load)]).Build();

    public static TheoryData<string> Projects => [.. All];

    public static TheoryData<string> Services => [.. CodeFacts.Assemblies.Values];

    /// <summary>A folder is a namespace, including everything below it. Program is outside the folders and may use all of them.</summary>
    [Theory, MemberData(nameof(Projects))]
    public void No_folder_depends_on_one_that_depends_on_it(string project) =>
        Slices().Matching($"{project}.(*)..").Should().BeFreeOfCycles()
            .Check(Code);

    [Theory, MemberData(nameof(Services))]
    public void A_service_knows_no_other(string service) => Assert.Empty(OursIn(service).Except(Shared));

    [Fact]
    public void The_model_knows_nothing_of_services_nor_contracts_of_the_model()
    {
        Assert.Empty(OursIn("Contracts"));
        Assert.Equal(["Contracts"], OursIn("TwinModel"));
        Assert.Empty(OursIn("ServiceDefaults").Except(["Contracts", "TwinModel"]));
        Assert.Equal(["ServiceDefaults"], OursIn("Cluster"));
    }

    static List<string> OursIn(string assembly) =>
        [.. Assembly.Load(assembly).GetReferencedAssemblies().Select(a => a.Name!)
            .Where(name => Shared.Contains(name) || CodeFacts.Assemblies.Values.Contains(name))];
}
