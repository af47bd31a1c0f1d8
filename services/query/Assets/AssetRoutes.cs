using Query.Registry;
using ServiceDefaults;

namespace Query.Assets;

static class AssetRoutes
{
    public static void AddAssets(this IServiceCollection services) =>
        services.AddAssetRegistry().AddSingleton<KnownAssets>().AddSingleton<RegisterOverBus>().AddSingleton<RegisterAssetEndpoint>()
            .AddSingleton<ImportAssets>().AddSingleton<PastAssets>().AddSingleton<ListAssets>()
            .AddHealthChecks().AddCheck<RegistryHealth>("registry", tags: ["ready"]);

    /// <summary>Answers 503 until the assets are loaded, since "not found" would be wrong then.</summary>
    public static void UseLoadedAssets(this WebApplication app)
    {
        var assets = app.Services.GetRequiredService<KnownAssets>();
        app.Use((context, next) => assets.IsLoaded || !IsApi(context.Request.Path)
            ? next(context)
            : throw new UnavailableException("Assets and twins are not loaded yet; try again."));
    }

    static bool IsApi(PathString path) =>
        path.StartsWithSegments("/api/v1") || path.Value!.StartsWith("/pollux.query.v1.", StringComparison.Ordinal);

    public static void MapAssets(this IEndpointRouteBuilder api)
    {
        var assets = api.MapGroup("/assets").WithTags("Assets");
        ListAssets.Map(assets);
        GetAsset.Map(assets);
        RegisterAssetEndpoint.Map(assets);
        ImportAssets.Map(api);
    }
}
