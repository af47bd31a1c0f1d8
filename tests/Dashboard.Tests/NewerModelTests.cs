using Contracts.Query.V1;
using Dashboard.Live;
using Dashboard.Machine;
using Dashboard.WhatIf;
using Grpc.Core;

namespace Dashboard.Tests;

/// <summary>Models newer than the dashboard: what it cannot read is left out, and the rest works.</summary>
public class NewerModelTests
{
    static readonly string Extruder = Text("extrusion-line");

    static string Text(string model) => File.ReadAllText(Path.Combine(
        typeof(NewerModelTests).Assembly.GetCustomAttributes(typeof(System.Reflection.AssemblyMetadataAttribute), false)
            .Cast<System.Reflection.AssemblyMetadataAttribute>().Single(a => a.Key == "Repository").Value!, "contracts", "assets",
                $"{model}.asset.yaml"));

    public static TheoryData<string, string> Newer => new()
    {
        { "a section", Extruder + "\nacoustics: { microphones: 2 }\n" },
        {
            "a field of a sensor",
            Extruder.Replace("{ id: melt-flow, number: 8,", "{ id: melt-flow, number: 8, colour: red,", StringComparison.Ordinal)
        },
        { "a component of the physics", Extruder.Replace("type: heater-zone", "type: induction-zone", StringComparison.Ordinal) },
        { "another schema", Extruder.Replace("pollux/asset-model/1", "pollux/asset-model/2", StringComparison.Ordinal) },
        { "no YAML at all", "{ ]" },
    };

    [Theory, MemberData(nameof(Newer))]
    public async Task What_is_not_understood_is_said_and_nothing_is_drawn_of_the_physics(string what, string yaml)
    {
        var assets = Known(yaml);
        var axis = AxisSensors.Of(await assets.Model("line-1", CancellationToken.None));
        Assert.True(axis.Misread is { Length: > 0 } misread && misread.StartsWith("extrusion-line:", StringComparison.Ordinal)
            && !misread.Contains('\n'), $"{what}: {axis.Misread}");
        Assert.Equal((0, 0), (axis.Points.Count, axis.Wall.Count));
        Assert.Same(Estimation.None, Estimation.Of(await assets.Model("line-1", CancellationToken.None)));
        Assert.Empty(await new KnownPhysics(assets).Of("line-1", CancellationToken.None));
    }

    [Fact]
    public async Task The_machine_is_drawn_from_what_query_says_of_it()
    {
        var assets = Known(Extruder + "\nacoustics: { microphones: 2 }\n");
        var asset = await assets.Get("line-1", CancellationToken.None);
        Assert.Single(SchematicLayout.Of(asset).Cards);
        Assert.Null((await assets.Model("line-1", CancellationToken.None)).Model);
    }

    [Fact]
    public async Task A_model_that_is_understood_is_read_once()
    {
        var client = new Registry(Extruder);
        var assets = new FindAssets(client, [], TimeProvider.System);
        var read = await assets.Model("line-1", CancellationToken.None);
        Assert.Same(read, await assets.Model("line-1", CancellationToken.None));
        Assert.Equal(1, client.ModelsAsked);
        var axis = AxisSensors.Of(read);
        Assert.Equal((null, 5), (axis.Misread, axis.Wall.Count));
        var physics = new KnownPhysics(assets);
        Assert.Same(await physics.Of("line-1", CancellationToken.None), await physics.Of("line-1", CancellationToken.None));
        Assert.Contains(await physics.Of("line-1", CancellationToken.None), a => a.Id == "screw-speed");
    }

    [Fact]
    public async Task A_model_without_physics_is_understood_and_has_no_axis()
    {
        var assets = Known(Text("pump-loop").Split("\nphysics:")[0]);
        var axis = AxisSensors.Of(await assets.Model("line-1", CancellationToken.None));
        Assert.Same(AxisSensors.None, axis);
        Assert.Null(axis.Misread);
        Assert.Empty(await new KnownPhysics(assets).Of("line-1", CancellationToken.None));
    }

    static FindAssets Known(string yaml) => new(new Registry(yaml), [], TimeProvider.System);

    /// <summary>A query with one asset whose model has this text.</summary>
    sealed class Registry(string yaml) : AssetService.AssetServiceClient
    {
        public int ModelsAsked { get; private set; }

        public override AsyncUnaryCall<GetAssetResponse> GetAssetAsync(
            GetAssetRequest request, Metadata? headers = null, DateTime? deadline = null, CancellationToken cancellationToken = default) =>
            Answer(new GetAssetResponse
            {
                Asset = new()
                {
                    Id = request.AssetId,
                    ModelId = "extrusion-line",
                    ModelHash = "ab12",
                    Components = { new Component { Id = "die", Kind = "die", Name = "Die" } },
                    Sensors =
                    {
                        new Sensor
                        {
                            Id = "melt-flow",
                            Name = "melt flow",
                            Component = "die",
                            Quantity = "mass-flow",
                            Unit = "kg/h",
                            Number = 8,
                        },
                    },
                },
            });

        public override AsyncUnaryCall<GetAssetModelResponse> GetAssetModelAsync(
            GetAssetModelRequest request, Metadata? headers = null, DateTime? deadline = null,
            CancellationToken cancellationToken = default)
        {
            ModelsAsked++;
            return Answer(new GetAssetModelResponse { Hash = "ab12", Yaml = yaml });
        }

        static AsyncUnaryCall<T> Answer<T>(T answer) =>
            new(Task.FromResult(answer), Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => { });
    }
}
