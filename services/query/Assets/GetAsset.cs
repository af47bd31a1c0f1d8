using Microsoft.Net.Http.Headers;

namespace Query.Assets;

static class GetAsset
{
    public static void Map(IEndpointRouteBuilder assets)
    {
        assets.MapGet("/{id}", (string id, KnownAssets registry) => AssetAnswer.Of(registry.Get(id)))
            .WithName("getAsset").WithSummary("An asset: components, relationships, sensors with units and ranges, limits, connections");
        assets.MapGet("/{id}/model", (string id, KnownAssets registry) =>
            {
                var model = registry.Get(id).Model;
                return TypedResults.Text(model.Source, "application/yaml", System.Text.Encoding.UTF8);
            })
            .Produces<string>(contentType: "application/yaml")
            .WithName("getAssetModel").WithSummary("The asset's model as YAML, exactly as registered");
    }
}
