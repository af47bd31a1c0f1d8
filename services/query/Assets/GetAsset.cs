using System.ComponentModel;
using Query.Api;
using Query.Events;

namespace Query.Assets;

static class GetAsset
{
    const string At = "As registered at this time, in ISO 8601.";

    public static void Map(IEndpointRouteBuilder assets)
    {
        assets.MapGet("/{id}", async (
                string id, PastAssets past, [Description(At)] string? validAt, [Description(KnownAt.Meaning)] string? knownAt,
                CancellationToken cancel) =>
                AssetAnswer.Of(await past.Get(id, Input.Time("validAt", validAt), KnownAt.Parse(knownAt), cancel)))
            .WithName("getAsset").WithSummary("An asset: components, relationships, sensors with units and ranges, limits, connections");
        assets.MapGet("/{id}/model", async (
                string id, PastAssets past, [Description(At)] string? validAt, [Description(KnownAt.Meaning)] string? knownAt,
                CancellationToken cancel) =>
            {
                var asset = await past.Get(id, Input.Time("validAt", validAt), KnownAt.Parse(knownAt), cancel);
                return TypedResults.Text(asset.Model.Source, "application/yaml", System.Text.Encoding.UTF8);
            })
            .Produces<string>(contentType: "application/yaml")
            .WithName("getAssetModel").WithSummary("The asset's model as YAML, exactly as registered");
    }
}
