using System.Collections.Immutable;
using System.Net;
using Cluster;
using Orleans.Metadata;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace TwinState.Tests;

public class OwnerPlacementTests
{
    static readonly SiloAddress[] Members = [.. Enumerable.Range(1, 2).Select(i => SiloAddress.New(new(IPAddress.Loopback, 5_000 + i), 1))];

    readonly Owners owners = new();

    public OwnerPlacementTests() => owners.Take(Members, Members[0]);

    string IdOf(int member) => Enumerable.Range(0, 100).Select(i => $"asset-{i}").First(id => owners.Of(id)!.Equals(Members[member]));

    Task<SiloAddress> Place(string id, SiloAddress[] able, SiloAddress[] known) => new OwnerPlacement(owners, new Manifests(known))
        .OnAddActivation(new PlaceAtOwner(), new(GrainId.Create("twin", id), null!, default, 0), new Context(able));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_grain_is_placed_at_its_owner(int member) =>
        Assert.Equal(Members[member], await Place(IdOf(member), Members, Members));

    [Fact]
    public async Task An_owner_that_nothing_else_is_known_of_gets_its_grains() =>
        Assert.Equal(Members[1], await Place(IdOf(1), [Members[0]], [Members[0]]));

    [Fact]
    public async Task An_owner_that_runs_a_version_without_the_grain_is_passed_over() =>
        Assert.Equal(Members[0], await Place(IdOf(1), [Members[0]], Members));

    sealed class Context(SiloAddress[] able) : IPlacementContext
    {
        public SiloAddress LocalSilo => Members[0];

        public SiloStatus LocalSiloStatus => SiloStatus.Active;

        public SiloAddress[] GetCompatibleSilos(PlacementTarget target) => able;

        public IReadOnlyDictionary<ushort, SiloAddress[]> GetCompatibleSilosWithVersions(PlacementTarget target) =>
            throw new NotSupportedException();
    }

    sealed class Manifests(SiloAddress[] known) : IClusterManifestProvider
    {
        static readonly GrainManifest Empty = new(
            ImmutableDictionary<GrainType, GrainProperties>.Empty, ImmutableDictionary<GrainInterfaceType, GrainInterfaceProperties>.Empty);

        public ClusterManifest Current => new(MajorMinorVersion.Zero, known.ToImmutableDictionary(k => k, _ => Empty));

        public IAsyncEnumerable<ClusterManifest> Updates => throw new NotSupportedException();

        public GrainManifest LocalGrainManifest => Empty;
    }
}
