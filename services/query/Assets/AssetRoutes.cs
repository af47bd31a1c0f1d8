using Query.Twins;
using ServiceDefaults;

namespace Query.Assets;

static class AssetRoutes
{
    public static void AddAssets(this IServiceCollection services) =>
        services.AddAssetRegistry().AddSingleton<KnownAssets>().AddHostedService<KeepUp>();

    public static void MapAssets(this IEndpointRouteBuilder api)
    {
        var assets = api.MapGroup("/assets").WithTags("Assets");
        ListAssets.Map(assets);
        GetAsset.Map(assets);
        RegisterAsset.Map(assets);
    }
}
